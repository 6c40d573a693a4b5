"""What the page of the track `interactive` says: the records of this home under the usual rules, by game and level."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS, InteractiveTask
from gnomon.evaluation.interactive.metrics import (
    event_rate,
    feedback_gain,
    mean_turns,
    recovery_rate,
    score_of,
    success_rate,
    success_within,
)
from gnomon.evaluation.interactive.record import InteractiveRecord
from gnomon.evaluation.interactive.run import Rules
from gnomon.evaluation.intervals import Estimate, student_estimate

WITHOUT_FEEDBACK = "tool-chat-none"  # the game that others with the same problems gain by feedback over


@dataclass(frozen=True)
class InteractiveReport:
    """What a player reached in one task.

    Attributes:
        player: its name.
        game, level: which task.
        limit: turns that the task allows.
        score: 0 what the random script reaches, 100 the expert; none where the task has no scale.
        success, early: shares of problems that are solved, and that are solved in half the turns.
        gain: by feedback, over the same problems without; none where there is nothing to compare with.
        invalid, error: shares of turns.
        recovery: how often the turn after a fault is without one; none where there was no fault.
        turns: a problem.
        scores: of each problem.
    """

    player: str
    game: str
    level: int
    limit: int
    score: Estimate | None
    success: Estimate
    early: Estimate
    gain: Estimate | None
    invalid: Estimate
    error: Estimate
    recovery: Estimate | None
    turns: Estimate
    scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A player's mean score over the problems of the tasks that all players have played; none where there are none."""

    player: str
    tasks: int
    mean: Estimate | None


def reports_of(records: Iterable[InteractiveRecord]) -> tuple[InteractiveReport, ...]:
    """A report a record under the usual rules, by game and level, the best score first."""
    usual = Rules().protocol.hash
    kept = [one for one in records if one.protocol.hash == usual and one.task.id in INTERACTIVE_TASKS]
    bare = {
        (record.player.reference, record.task.problems): record
        for record in kept
        if game_of(INTERACTIVE_TASKS[record.task.id]) == WITHOUT_FEEDBACK
    }
    found = [_report(record, bare.get((record.player.reference, record.task.problems))) for record in kept]
    return tuple(sorted(found, key=lambda one: (one.game, one.level, -_value(one), one.player)))


def game_of(task: InteractiveTask) -> str:
    """The task's name without its level.

    >>> game_of(INTERACTIVE_TASKS["interactive/text-dom-form-2-v1"])
    'text-dom-form'
    """
    return task.id.removeprefix("interactive/").rpartition(f"-{task.level}-v")[0]


def _value(report: InteractiveReport) -> float:
    return (report.score or report.success).value


def _report(record: InteractiveRecord, bare: InteractiveRecord | None) -> InteractiveReport:
    task, played = INTERACTIVE_TASKS[record.task.id], record.episodes
    compared = bare if bare is not None and bare.task.id != task.id else None
    values = [one.total_reward if task.metric == "return" else float(one.success) for one in played]
    return InteractiveReport(
        player=record.player.name,
        game=game_of(task),
        level=task.level,
        limit=task.horizon,
        score=score_of(played, task),
        success=success_rate(played),
        early=success_within(played, task.horizon // 2),
        gain=feedback_gain(played, compared.episodes) if compared else None,
        invalid=event_rate(played, "invalid"),
        error=event_rate(played, "error"),
        recovery=recovery_rate(played),
        turns=mean_turns(played),
        scores=tuple(task.score(values).tolist()) if task.has_scale else (),
    )


def standings(reports: Sequence[InteractiveReport]) -> list[Standing]:
    """The players, the highest mean score first."""
    by_player = _by_player(reports)
    common = set.intersection(*(set(scored) for scored in by_player.values())) if by_player else set()
    found = [
        Standing(player, len(scored), _mean([scored[task].scores for task in sorted(common)]))
        for player, scored in by_player.items()
    ]
    return sorted(found, key=lambda one: (-(one.mean.value if one.mean else -np.inf), one.player))


def _by_player(reports: Sequence[InteractiveReport]) -> dict[str, dict[tuple[str, int], InteractiveReport]]:
    """Player → task → report, of the tasks with a score."""
    ordered = sorted(reports, key=lambda one: one.player)
    return {
        player: {(one.game, one.level): one for one in own if one.scores}
        for player, own in groupby(ordered, lambda one: one.player)
    }


def _mean(scores: Sequence[Sequence[float]]) -> Estimate | None:
    """Over the problems of tasks with equally many."""
    return student_estimate(np.concatenate(scores), unit="items") if scores else None


def games_of(reports: Sequence[InteractiveReport]) -> Mapping[str, list[InteractiveReport]]:
    """Game → its reports, level by level."""
    return {game: list(own) for game, own in groupby(reports, lambda one: one.game)}


def scores_by_game(reports: Sequence[InteractiveReport]) -> dict[str, dict[str, Estimate]]:
    """Game → player → mean score over those of its levels that the player has played, where there are any."""
    return {
        game: {
            player: mean
            for player, own in _by_player(found).items()
            if (mean := _mean([one.scores for one in own.values()])) is not None
        }
        for game, found in games_of(reports).items()
    }
