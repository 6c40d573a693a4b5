"""A suite: a named set of datasets that an algorithm is judged on, each on its dataset's task."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from gnomon.errors import UnknownId


@dataclass(frozen=True)
class Suite:
    """A set of datasets, and the protocol that is used where none is named."""

    name: str
    summary: str
    datasets: tuple[str, ...]
    protocol: str


SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
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
    )
}


def get_suite(name: str) -> Suite:
    """The suite of that name; an unknown one raises UnknownId with the nearest."""
    if name not in SUITES:
        near = get_close_matches(name, SUITES, n=1, cutoff=0.3)
        raise UnknownId(f"There is no suite {name!r}. Did you mean {(near or [*SUITES])[0]}?")
    return SUITES[name]
