"""A suite: a named set of datasets that an algorithm is judged on, each on its dataset's task.

The entries are ids alone: a dataset that this version cannot build is an error when the suite is used, not before.
"""

from dataclasses import dataclass

from gnomon.benchmarks.splits import MT10
from gnomon.registry import Registry


@dataclass(frozen=True)
class Suite:
    """A set of datasets, and the protocol that is used where none is named."""

    name: str
    summary: str
    datasets: tuple[str, ...]
    protocol: str


SUITES: Registry[Suite] = Registry("suite")

NEARREAL = (
    "pipeline/cautious glucose/clinical rocket/guidance friction-hopper/linear spring/pid fusion-surrogate/planned "
    "safe-cheetah/cautious hopper-delayed/linear halfcheetah-delayed/linear hopper-masked/linear "
    "halfcheetah-masked/linear"
).split()
REFERENCE = (
    "locomotion/hopper/medium locomotion/hopper/medium-replay locomotion/halfcheetah/medium "
    "locomotion/halfcheetah/medium-replay maze/medium/wander maze/medium/stitch nearreal/pipeline/cautious "
    "nearreal/spring/pid metaworld/drawer-open/scripted metaworld/pick-place/scripted"
).split()
BODIES = ("hopper", "walker2d", "halfcheetah", "ant")
KINDS = ("play", "diverse")
SMALL = ("cartpole", "mountaincar", "lavagap", "dynamic-obstacles", "breakout", "space-invaders")
LEVELS = ("random", "medium", "expert", "medium-replay", "full-replay", "medium-expert")

for _suite in (
    Suite(
        name="quickstart",
        summary="One maze that cloning cannot solve and one manipulation task that it can.",
        datasets=("maze/medium/wander-v1", "metaworld/drawer-open/scripted-v1"),
        protocol="smoke",
    ),
    Suite(
        name="reference-lite",
        summary="Ten sets of four families, on which the results that come with gnomon were computed.",
        datasets=tuple(f"{name}-v1" for name in REFERENCE),
        protocol="lite",
    ),
    Suite(
        name="maze",
        summary="Reaching commanded goals from data that never looked at them, in four mazes.",
        datasets=tuple(f"maze/{name}/wander-v1" for name in ("open", "umaze", "medium", "large")),
        protocol="lite",
    ),
    Suite(
        name="maze-stitch",
        summary="Far goals in two mazes from short trajectories, none of which goes the whole way.",
        datasets=tuple(f"maze/{name}/stitch-v1" for name in ("medium", "large")),
        protocol="lite",
    ),
    Suite(
        name="metaworld-10",
        summary="Ten tasks of a robot arm, those of MT10, from scripted demonstrations.",
        datasets=tuple(f"{task.removesuffix('-v1')}/scripted-v1" for task in MT10),
        protocol="lite",
    ),
    Suite(
        name="nearreal",
        summary="Delays, hidden influences, cautious data and limits: eleven tasks as they are outside the laboratory.",
        datasets=tuple(f"nearreal/{name}-v1" for name in NEARREAL),
        protocol="lite",
    ),
    Suite(
        name="memory",
        summary="Two tasks in which something said at the beginning has to be remembered, from data that forgets it.",
        datasets=tuple(f"memory/{name}/forgetful-v1" for name in ("double-t-maze", "dialogue")),
        protocol="lite",
    ),
    Suite(
        name="antmaze",
        summary="An ant that has to reach goals in three mazes, from data of a planner above a skill.",
        datasets=tuple(f"antmaze/{name}/{kind}-v1" for name in ("umaze", "medium", "large") for kind in KINDS),
        protocol="lite",
    ),
    Suite(
        name="discrete",
        summary="Six small tasks with discrete actions, from data of three qualities.",
        datasets=tuple(f"discrete/{name}/{quality}-v1" for name in SMALL for quality in ("mixed", "noisy", "replay")),
        protocol="lite",
    ),
    Suite(
        name="locomotion",
        summary="Four bodies that run, from data of six qualities.",
        datasets=tuple(f"locomotion/{body}/{level}-v1" for body in BODIES for level in LEVELS),
        protocol="lite",
    ),
):
    SUITES.add(_suite.name, _suite)


def get_suite(name: str) -> Suite:
    """The suite of that name; an unknown one raises UnknownId with the nearest."""
    return SUITES[name]
