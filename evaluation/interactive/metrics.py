"""Metrics of episodes in turns, each with an interval whose unit is the episode.

Success within k turns, its slope in k and the gain by feedback are MINT's (arXiv 2309.10691, sections 2.2 and 3), which
gives them without intervals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.interactive import InteractiveTask
from gnomon.benchmarks.interactive.plays import Turns
from gnomon.errors import UsageError
from gnomon.evaluation.intervals import Estimate, student_estimate
from gnomon.evaluation.language.averages import average_at_k, paired_difference

MOST_TURNS: float = np.inf


def success_rate(played: Sequence[Turns]) -> Estimate:
    """The share of episodes that reach the goal."""
    return average_at_k(_column([play.success for play in played]))


def success_within(played: Sequence[Turns], turns: int) -> Estimate:
    """The share of episodes that reach the goal in their first `turns` turns.

    It is no more than SR@k: who knows that only k turns are left may hurry. For that, play `task.limited(k)`.
    """
    return average_at_k(_column([0 < play.solved_at <= turns for play in played]))


def gain_per_turn(played: Mapping[int, Sequence[Turns]]) -> Estimate:
    """The least-squares slope of SR@k in k, from the same problems under several limits k.

    The slope is a weighted sum of each problem's successes, so its interval is that of a mean over problems.

    Args:
        played: k → episodes of `task.limited(k)` on the same seeds; two limits or more.
    """
    _refuse_unpaired(list(played.values()))
    if len(played) < 2:
        raise UsageError("A slope needs episodes under two limits of turns or more.")
    limits = np.array(list(played), np.float64) - np.mean(list(played))
    success = np.array([[play.success for play in episodes] for episodes in played.values()], np.float64)
    return student_estimate(limits @ success / np.sum(limits**2), unit="items")


def feedback_gain(with_feedback: Sequence[Turns], without: Sequence[Turns]) -> Estimate:
    """How much higher the success rate is with feedback, on the same problems."""
    _refuse_unpaired([with_feedback, without])
    items = [str(play.seed) for play in without]
    first, second = (_column([play.success for play in played]) for played in (with_feedback, without))
    return paired_difference(first, second, (items, items))


def event_rate(played: Sequence[Turns], event: str) -> Estimate:
    """The share of all turns with this event, such as `invalid`; turns of one episode are one cluster."""
    turns = [(number, name == event) for number, play in enumerate(played) for name in play.events]
    return average_at_k(_column([flag for _, flag in turns]), [number for number, _ in turns])


def recovery_rate(played: Sequence[Turns]) -> Estimate | None:
    """After how many of the faulty turns the next one was without fault; None where no fault had a next turn.

    A fault is an action that is no command, or one that failed. Turns of one episode are one cluster.
    """
    after = [
        (number, not following)
        for number, play in enumerate(played)
        for fault, following in zip(play.faults[:-1], play.faults[1:], strict=True)
        if fault
    ]
    return average_at_k(_column([flag for _, flag in after]), [number for number, _ in after]) if after else None


def mean_turns(played: Sequence[Turns]) -> Estimate:
    """Turns an episode, solved or not."""
    return student_estimate(np.array([len(play.events) for play in played], np.float64), (1, MOST_TURNS), "items")


def mean_return(played: Sequence[Turns]) -> Estimate:
    """The undiscounted sum of rewards."""
    return student_estimate(np.array([play.total_reward for play in played], np.float64), unit="items")


def score_of(played: Sequence[Turns], task: InteractiveTask) -> Estimate | None:
    """The mean score, 0 what the random script reaches and 100 the expert's; None where the task has no scale."""
    if not task.has_scale:
        return None
    measured = mean_return(played) if task.metric == "return" else success_rate(played)
    lower, upper = (None if end is None else float(task.score(end)) for end in (measured.lower, measured.upper))
    return replace(measured, value=float(task.score(measured.value)), lower=lower, upper=upper)


def summary(played: Sequence[Turns]) -> dict[str, Estimate | None]:
    """The metrics that every interactive task has."""
    return {
        "success": success_rate(played),
        "return": mean_return(played),
        "turns": mean_turns(played),
        "invalid": event_rate(played, "invalid"),
        "error": event_rate(played, "error"),
        "recovery": recovery_rate(played),
    }


def _column(values: ArrayLike) -> NDArray[np.float64]:
    """[items, 1]"""
    return np.asarray(values, np.float64)[:, None]


def _refuse_unpaired(groups: Sequence[Sequence[Turns]]) -> None:
    seeds = [[play.seed for play in group] for group in groups]
    if not seeds or any(other != seeds[0] for other in seeds):
        raise UsageError("The episodes are not of the same problems in the same order; play them with the same seeds.")
