"""A suite: a named set of datasets that an algorithm is judged on, each on its dataset's task."""

from dataclasses import dataclass

from gnomon.registry import Registry


@dataclass(frozen=True)
class Suite:
    """A set of datasets, and the protocol that is used where none is named."""

    name: str
    summary: str
    datasets: tuple[str, ...]
    protocol: str


SUITES: Registry[Suite] = Registry("suite")

for _suite in (
    Suite(
        name="quickstart",
        summary="One maze that cloning cannot solve and one manipulation task that it can.",
        datasets=("maze/medium/wander-v1", "metaworld/drawer-open/scripted-v1"),
        protocol="smoke",
    ),
    Suite(
        name="maze",
        summary="Reaching commanded goals from data that never looked at them, in four mazes.",
        datasets=tuple(f"maze/{name}/wander-v1" for name in ("open", "umaze", "medium", "large")),
        protocol="lite",
    ),
):
    SUITES.add(_suite.name, _suite)


def get_suite(name: str) -> Suite:
    """The suite of that name; an unknown one raises UnknownId with the nearest."""
    return SUITES[name]
