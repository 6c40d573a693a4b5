"""Rewards and endings, computed anew from the stored transitions by the functions that the simulator calls."""

from collections.abc import Iterator

import numpy as np

from gnomon.benchmarks.simulators.transitions import TransitionFunctions, Transitions
from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject

TOLERANCE = 1e-5  # relative and absolute; stored rewards are float32


@rule(
    "recomputed",
    "Rewards and endings are what the task's own functions make of the stored transitions.",
    source="NeoRL-2: the done function of the safe cheetah is not the one that its environment calls",
    needs=("observations", "next_observations", "actions", "rewards", "terminated"),
)
def recomputed(subject: Subject) -> Iterator[Detail]:
    simulator = subject.environment.simulator if subject.environment else None
    if not isinstance(simulator, TransitionFunctions):
        return
    rows = np.setdiff1d(np.arange(len(subject)), subject.action_free)
    moved = Transitions.of(*(subject[name][rows] for name in ("observations", "actions", "next_observations")))
    rewards, ended = simulator.rewards(moved), simulator.terminated(moved)
    wrong = ~np.isclose(subject["rewards"][rows], rewards, TOLERANCE, TOLERANCE)
    if subject.rewarded:
        yield from _first(subject, rows[wrong], "rewards")
    yield from _first(subject, rows[subject["terminated"][rows].astype(bool) != ended], "endings")


def _first(subject: Subject, rows: np.ndarray, what: str) -> Iterator[Detail]:
    if len(rows):
        yield subject.place(int(rows[0])), f"{len(rows):,} {what} are other than the task's function gives; here first."
