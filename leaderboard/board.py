"""A board: everything that a leaderboard page shows, computed from records and the manifests of the datasets."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC
from typing import Any

from gnomon.baselines.algorithm import Takes
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.cards.citation import cite
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.store import is_built, load_dataset
from gnomon.evaluation.aggregate import estimates
from gnomon.evaluation.applicability import NOT_APPLICABLE, objection
from gnomon.evaluation.declarations import in_full, tuning_over
from gnomon.evaluation.gains import data_score
from gnomon.evaluation.improvement import improvements
from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.online import OnlineRow, online_rows
from gnomon.evaluation.ranks import Ranked, ranking
from gnomon.evaluation.record import Record
from gnomon.evaluation.results import Results
from gnomon.evaluation.score_table import Matrices
from gnomon.evaluation.selection.policies_tried import best_of_policies
from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.entrants import LOCAL, Tombstone, Trust
from gnomon.leaderboard.tracks import Track

MOST_NAMED = 3  # datasets that keep an algorithm from a rank
MOST_COMPARED = 24  # a matrix of more algorithms is neither read nor computed quickly


@dataclass(frozen=True)
class TriedPoint:
    """The expected score of the best of so many policies, each tried online, with a simultaneous band."""

    policies: int
    value: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Row:
    """One algorithm.

    Attributes:
        rank: from 1; none where a dataset or seeds are missing (then `missing` says which).
        standing: how sure the rank is: its interval, P(best), tier; none where there is no rank.
        estimates: statistic → estimate over all datasets; empty where a dataset is missing.
        seeds: of the dataset with the fewest.
        reference, digest, config: what ran.
        command: does the first of its runs again.
        training_seconds: mean of what one run took, shared time counted once.
        tuning: what its author declares of choosing the configuration.
        trust: how far its runs can be trusted.
        finished: when the last of its runs ended, as an ISO time.
        hardware: what its runs ran on and with, by name.
        best_of: Expected Online Performance over its seeds; empty where a dataset is missing.
    """

    algorithm: str
    rank: int | None
    standing: Ranked | None
    missing: str
    estimates: dict[str, Estimate]
    seeds: int
    reference: str
    digest: str
    config: dict[str, Any]
    command: str
    training_seconds: float
    tuning: str = in_full(None)
    trust: Trust = LOCAL
    finished: str = ""
    hardware: Mapping[str, str] = field(default_factory=dict)
    best_of: tuple[TriedPoint, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One algorithm on one dataset: the mean score, and the seed, the score and the key of each run."""

    algorithm: str
    dataset: str
    mean: Estimate
    seeds: tuple[int, ...]
    scores: tuple[float, ...]
    keys: tuple[str, ...] = ()

    @property
    def by_seed(self) -> dict[int, float]:
        """Seed → score."""
        return dict(zip(self.seeds, self.scores, strict=True))


@dataclass(frozen=True)
class DatasetLine:
    """What a dataset is, and the score of the policy that collected it (mean over its episodes)."""

    id: str
    summary: str
    task: str
    metric: str
    recipe_hash: str
    content_hashes: tuple[str, ...]
    data_score: float | None
    transitions: int | None
    episodes: int | None
    citation: str = ""


@dataclass(frozen=True)
class Improvement:
    """Probability that a seed of `algorithm` beats a seed of `over` on the same dataset."""

    algorithm: str
    over: str
    probability: Estimate


@dataclass(frozen=True)
class Board:
    """The ranking of one suite of a track; an empty one where nothing has run.

    Attributes:
        track: id of the ranking, which is that of the track where the suite is its first.
        part_of: id of the track, where the suite is a further one.
        command: what to run for a first row.
        datasets, rows, cells: what there is.
        improvements: between the first `MOST_COMPARED` ranked algorithms, both ways.
        online: score, regret and dip on each dataset, where the protocol grants steps in the task.
        tombstones: submissions that are not ranked any more.
    """

    track: str
    suite: str
    title: str
    summary: str
    statistic: str
    least_seeds: int
    protocol: str
    protocol_hash: str
    rules: dict[str, Any]
    datasets: tuple[DatasetLine, ...]
    rows: tuple[Row, ...]
    cells: tuple[Cell, ...]
    improvements: tuple[Improvement, ...]
    tombstones: tuple[Tombstone, ...] = ()
    part_of: str = ""
    command: str = ""
    online: tuple[OnlineRow, ...] = ()

    @property
    def group(self) -> str:
        """Id of the track."""
        return self.part_of or self.track

    def as_json(self) -> dict[str, Any]:
        """The board as JSON values."""
        return asdict(self)


def make_board(
    track: Track, results: Results, trust: Mapping[str, Trust] | None = None, tombstones: tuple[Tombstone, ...] = ()
) -> Board:
    """Rank what has run. Rows are ordered by the track's statistic; incomplete ones follow, by name.

    Args:
        track: what is ranked, and by what.
        results: the runs.
        trust: algorithm → how far its runs can be trusted; those of nobody's submission are local.
        tombstones: submissions that are not ranked any more.
    """
    datasets, trusted = list(track.suite.datasets), trust or {}
    rows = [
        replace(_row(track, results, algorithm, datasets), trust=trusted.get(algorithm, LOCAL))
        for algorithm in results.algorithms
    ]
    ranked = _ranked([row for row in rows if not row.missing], _matrices(results, rows, datasets), track.statistic)
    return Board(
        track=track.id,
        suite=track.suite_name,
        title=track.title,
        summary=track.summary,
        statistic=track.statistic,
        least_seeds=track.least_seeds,
        protocol=track.protocol.name,
        protocol_hash=track.protocol.hash,
        rules=track.protocol.rules,
        datasets=tuple(_dataset_line(dataset, results) for dataset in datasets),
        rows=(*ranked, *(row for row in rows if row.missing)),
        cells=tuple(_cell(results, *cell) for cell in sorted(results.scores)),
        improvements=tuple(
            Improvement(*pair, probability)
            for pair, probability in improvements(_matrices(results, ranked[:MOST_COMPARED], datasets)).items()
        ),
        tombstones=tombstones,
        part_of=track.part_of,
        command=track.first_command,
        online=tuple(online_rows(results)),
    )


def _ranked(rows: list[Row], matrices: Matrices, statistic: str) -> list[Row]:
    """The rows from the best on, with their ranks and how sure they are; equal values share one."""
    by_name = {row.algorithm: row for row in rows}
    return [
        replace(by_name[standing.algorithm], rank=standing.rank, standing=standing)
        for standing in ranking(matrices, STATISTICS[statistic])
    ]


def _row(track: Track, results: Results, algorithm: str, datasets: list[str]) -> Row:
    records = [record for record in results.records if record.algorithm.name == algorithm]
    seeds = {dataset: len(results.scores.get((algorithm, dataset), ())) for dataset in datasets}
    first = records[0]
    return Row(
        algorithm=algorithm,
        rank=None,
        standing=None,
        missing=_missing(seeds, track.least_seeds, first.algorithm.takes),
        estimates=estimates(results, algorithm, datasets),
        seeds=min(seeds.values()),
        reference=first.algorithm.reference,
        digest=first.algorithm.digest,
        config=first.algorithm.config,
        command=first.command,
        training_seconds=sum(r.training.seconds / r.training.seeds_stacked for r in records) / len(records),
        tuning=in_full(tuning_over(records)),
        finished=max(record.finished for record in records).astimezone(UTC).isoformat(timespec="seconds"),
        hardware=_hardware(records),
        best_of=_best_of(results, algorithm, datasets),
    )


def _hardware(records: list[Record]) -> dict[str, str]:
    """What the runs ran on and with; a name that differs between them has every value."""
    facts = [{"gnomon": r.gnomon, **r.versions, **r.platform, **r.hardware} for r in records]
    names = dict.fromkeys(name for fact in facts for name in fact)
    return {name: ", ".join(sorted({fact[name] for fact in facts if name in fact})) for name in names}


def _best_of(results: Results, algorithm: str, datasets: list[str]) -> tuple[TriedPoint, ...]:
    matrix = results.matrix(algorithm, datasets)
    if matrix is None:
        return ()
    band, least = best_of_policies(matrix), [None] * len(matrix)
    lower, upper = (least if end is None else end.tolist() for end in (band.lower, band.upper))
    return tuple(map(TriedPoint, range(1, len(matrix) + 1), band.value.tolist(), lower, upper))


def _missing(seeds: dict[str, int], least: int, takes: Takes) -> str:
    """What keeps an algorithm from a rank, and on which datasets; empty where nothing does."""
    found = defaultdict[str, list[str]](list)
    for dataset, count in sorted(seeds.items(), key=lambda item: item[1]):
        if count == 0:
            found[NOT_APPLICABLE if objection(takes, dataset) else "not run"].append(dataset)
        elif count < least:
            found[f"{count} of {least} seeds"].append(dataset)
    return "; ".join(f"{reason} on {_some_of(datasets)}" for reason, datasets in found.items())


def _some_of(datasets: Sequence[str]) -> str:
    """The datasets by name, if there are few.

    >>> _some_of(["a", "b"]), _some_of(["a", "b", "c", "d"])
    ('a and b', '4 datasets, a among them')
    """
    if len(datasets) > MOST_NAMED:
        return f"{len(datasets)} datasets, {datasets[0]} among them"
    *others, last = datasets
    return f"{', '.join(others)} and {last}" if others else last


def _cell(results: Results, algorithm: str, dataset: str) -> Cell:
    records = [r for r in results.records if (r.algorithm.name, r.dataset.id) == (algorithm, dataset)]
    return Cell(
        algorithm,
        dataset,
        results.cell(algorithm, dataset),
        tuple(record.seed for record in records),
        tuple(record.score for record in records),
        tuple(record.key for record in records),
    )


def _dataset_line(id: str, results: Results) -> DatasetLine:
    recipe, task = RECIPES[id], TASKS[RECIPES[id].task].judged
    manifest = load_dataset(id).manifest if is_built(id) else None
    return DatasetLine(
        id=id,
        summary=recipe.summary,
        task=task.id,
        metric=task.metric,
        recipe_hash=recipe.hash,
        content_hashes=tuple(sorted({r.dataset.content_hash for r in results.records if r.dataset.id == id})),
        data_score=data_score(manifest) if manifest else None,
        transitions=manifest.transitions if manifest else None,
        episodes=manifest.episodes if manifest else None,
        citation=cite([id]),
    )


def _matrices(results: Results, rows: list[Row], datasets: list[str]) -> Matrices:
    """The scores [seeds, datasets] of the algorithms that miss nothing."""
    found = {row.algorithm: results.matrix(row.algorithm, datasets) for row in rows if not row.missing}
    return {algorithm: matrix for algorithm, matrix in found.items() if matrix is not None}
