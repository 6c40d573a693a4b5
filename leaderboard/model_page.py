"""The tracks of ready models on tasks of language or pictures: a page each, beside those of the boards.

An item is the unit here, not a seed: a fixed model is asked the same items as every other, and intervals, ranks and
tiers say what other items might have changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gnomon.evaluation.intervals import LEVEL, Estimate
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS, LanguageProtocol
from gnomon.evaluation.language.record import LanguageRecord
from gnomon.evaluation.language.results import (
    LanguageResults,
    accuracy,
    majority,
    pass_rates,
    read_language_results,
    tokens,
)
from gnomon.evaluation.language.suites import LANGUAGE_SUITES
from gnomon.evaluation.ranks import Ranked, ranking
from gnomon.evaluation.statistics import STATISTICS
from gnomon.files import canonical_json, write_atomically
from gnomon.leaderboard.entrants import LOCAL, Submitted, Tombstone, Trust
from gnomon.leaderboard.model_entrants import model_entrants
from gnomon.leaderboard.site.build import Tab, environment
from gnomon.leaderboard.site.svg import Interval, interval_plot
from gnomon.leaderboard.site.text import number
from gnomon.leaderboard.tracks import MODEL_TRACKS, ModelTrack


@dataclass(frozen=True)
class ModelRow:
    """One model.

    Attributes:
        standing: rank, its interval, P(best) and tier; none where a task was not asked (then `missing` says which).
        accuracy: mean score over all items and samples, in percent, with its interval over items.
        passes: k → pass@k in percent.
        majority: maj@n in percent.
        answered, truncated: shares of the completions, in percent.
        tokens: written for each right completion.
        cells: task → accuracy on it.
        trust: how far its runs can be trusted.
    """

    model: str
    standing: Ranked | None
    missing: str
    accuracy: Estimate
    passes: dict[int, float]
    majority: float
    answered: float
    truncated: float
    tokens: float | None
    cells: dict[str, Estimate]
    facts: dict[str, str]
    command: str
    trust: Trust = LOCAL


@dataclass(frozen=True)
class ModelBoard:
    """The track's ranking, and everything that its page shows; `tombstones` are submissions that are not ranked."""

    track: str
    title: str
    summary: str
    protocol: str
    protocol_hash: str
    rules: dict[str, Any]
    tasks: tuple[str, ...]
    rows: tuple[ModelRow, ...]
    tombstones: tuple[Tombstone, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The board as JSON values; the ks of pass@k become texts."""
        return asdict(self) | {
            "rows": [asdict(row) | {"passes": {str(k): rate for k, rate in row.passes.items()}} for row in self.rows]
        }


def model_board(
    track: ModelTrack,
    results: LanguageResults,
    trust: Mapping[str, Trust] | None = None,
    tombstones: tuple[Tombstone, ...] = (),
) -> ModelBoard:
    """Rank the models that were asked every task by the track's statistic of their accuracy; the others follow by name.

    Args:
        track: whose board it is.
        results: the runs.
        trust: model → how far its runs can be trusted; those of nobody's submission are local.
        tombstones: submissions that are not ranked any more.
    """
    trusted = trust or {}
    complete = {model: results.matrix(model) for model in results.models if results.is_complete(model)}
    standings = {one.algorithm: one for one in ranking(complete, STATISTICS[track.statistic])} if complete else {}
    names = [*standings, *(model for model in results.models if model not in standings)]
    return ModelBoard(
        track=track.id,
        title=track.title,
        summary=track.summary,
        protocol=results.protocol.name,
        protocol_hash=results.protocol.hash,
        rules=results.protocol.rules,
        tasks=results.suite.tasks,
        rows=tuple(replace(_row(results, name, standings.get(name)), trust=trusted.get(name, LOCAL)) for name in names),
        tombstones=tombstones,
    )


def _row(results: LanguageResults, model: str, standing: Ranked | None) -> ModelRow:
    records = results.of(model)
    asked = {record.task.task for record in records}
    return ModelRow(
        model=model,
        standing=standing,
        missing=", ".join(task for task in results.suite.tasks if task not in asked),
        accuracy=accuracy(records),
        passes=pass_rates(records),
        majority=majority(records),
        answered=_percent(records, "answered"),
        truncated=_percent(records, "truncated"),
        tokens=tokens(records),
        cells={record.task.task: accuracy([record]) for record in records},
        facts=records[0].model.facts,
        command=records[0].command,
    )


def _percent(records: list[LanguageRecord], rate: str) -> float:
    return 100 * sum(getattr(record.rates, rate) for record in records) / len(records)


def home_model_boards(known: Sequence[Submitted] = ()) -> list[ModelBoard]:
    """The boards of all such tracks that have something to show; `known` are the submissions of a register."""
    tracks = [track for track in MODEL_TRACKS.values() if track.suite_name in LANGUAGE_SUITES]
    return [board for track in tracks if (board := home_model_board(track, known=known)) is not None]


def home_model_board(
    track: ModelTrack, protocol: LanguageProtocol | None = None, known: Sequence[Submitted] = ()
) -> ModelBoard | None:
    """The board of the models that have run in this home or were submitted; none where there is nothing to show.

    Args:
        track: one whose suite is of language tasks.
        protocol: whose runs count; the suite's own by default.
        known: the submissions of a register.
    """
    suite = LANGUAGE_SUITES[track.suite_name]
    local = read_language_results(suite, protocol or LANGUAGE_PROTOCOLS[suite.protocol])
    found = model_entrants(track.id, local, known)
    board = model_board(track, found.results, found.trust, found.tombstones)
    return board if board.rows or board.tombstones else None


def write_model_page(board: ModelBoard, folder: Path, tabs: Sequence[Tab]) -> None:
    """Write the track's `.html` and `.json` beside the pages and style sheets of `build_site`."""
    write_atomically(folder / f"{board.track}.json", canonical_json(board.as_json()))
    write_atomically(folder / f"{board.track}.html", render(board, tabs))


def render(board: ModelBoard, tabs: Sequence[Tab]) -> str:
    """The page as HTML; `tabs` are what the navigation lists."""
    lines = [Interval(row.model, row.accuracy, ranked=row.standing is not None) for row in board.rows]
    named = ", ".join(f"{line.name} {number(line.estimate.value)}" for line in lines)
    return environment().get_template("ready_models.html").render(
        board=board,
        tabs=tabs,
        figure=interval_plot(lines, f"Accuracy and its interval: {named}"),
        ks=sorted({k for row in board.rows for k in row.passes}),
        level=LEVEL,
    )  # fmt: skip
