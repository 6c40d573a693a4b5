"""The rows of the tables that `gnomon results` prints, as values and as text."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast, get_args

from gnomon.baselines.algorithm import Tuning
from gnomon.errors import ComparisonError, UsageError
from gnomon.evaluation.aggregate import compare, estimates, rank
from gnomon.evaluation.applicability import NOT_APPLICABLE, objection
from gnomon.evaluation.comparison import Test
from gnomon.evaluation.declarations import in_short, tuning_over
from gnomon.evaluation.importing import Imported, places_of
from gnomon.evaluation.intervals import LEAST_UNITS, Estimate
from gnomon.evaluation.ranks import ERROR
from gnomon.evaluation.results import Results

Row = dict[str, Any]
NOT_COMPARED = "not compared"


@dataclass(frozen=True)
class Scores:
    """One row of the table of scores.

    Attributes:
        algorithm: its name.
        judged_by: `gnomon`, or `imported` and the first digits of the import's hash; none where only runs are shown.
        seeds: of the place with the fewest.
        iqm: over all datasets; none where one is missing, or the row is imported.
        cells: dataset or task → mean score; none where it has not run.
        tuning: what is declared; none where nothing is.
        not_applicable: the datasets that the algorithm does not run on.
    """

    algorithm: str
    judged_by: str | None
    seeds: int
    iqm: Estimate | None
    cells: Mapping[str, Estimate | None]
    tuning: Tuning | None = None
    not_applicable: tuple[str, ...] = ()


def score_rows(found: Results, datasets: Sequence[str]) -> list[Scores]:
    """A row an algorithm that has run."""
    return [_score_row(found, algorithm, datasets) for algorithm in found.algorithms]


def _score_row(found: Results, algorithm: str, datasets: Sequence[str]) -> Scores:
    cells = {id: found.cell(algorithm, id) if (algorithm, id) in found.scores else None for id in datasets}
    seeds = min((cell.n for cell in cells.values() if cell), default=0)
    records = [record for record in found.records if record.algorithm.name == algorithm]
    takes = records[0].algorithm.takes
    return Scores(
        algorithm=algorithm,
        judged_by=None,
        seeds=seeds,
        iqm=estimates(found, algorithm, list(datasets)).get("iqm"),
        cells=cells,
        tuning=tuning_over(records),
        not_applicable=tuple(id for id, cell in cells.items() if cell is None and objection(takes, id)),
    )


def with_imports(rows: Sequence[Scores], imports: Sequence[Imported], datasets: Sequence[str]) -> list[Scores]:
    """The rows, then a row an import and algorithm; each says who judged it.

    Columns are added for tasks of which there are outcomes but nobody said what was learned from.
    """
    cells = {(one.header.hash, *cell): e for one in imports for cell, e in one.estimates(places_of(datasets)).items()}
    tasks = [place for place in places_of(datasets)[len(datasets) :] if any(cell[2] == place for cell in cells)]
    columns = [*datasets, *tasks]
    own = [replace(row, judged_by="gnomon", cells={place: row.cells.get(place) for place in columns}) for row in rows]
    foreign = [
        Scores(algorithm, f"imported {digest[:8]}", min(e.n for e in found.values()), None, _filled(found, columns))
        for digest, algorithm in dict.fromkeys(cell[:2] for cell in cells)
        for found in [{place: e for (*row, place), e in cells.items() if tuple(row) == (digest, algorithm)}]
    ]
    return [*own, *foreign]


def _filled(found: Mapping[str, Estimate], columns: Sequence[str]) -> dict[str, Estimate | None]:
    return {place: found.get(place) for place in columns}


def as_json_row(row: Scores) -> Row:
    """The row as JSON values."""
    judged = {} if row.judged_by is None else {"judged by": row.judged_by}
    tuning = None if row.tuning is None else asdict(row.tuning)
    numbers = {"iqm": row.iqm, **row.cells}
    return {"algorithm": row.algorithm, **judged, "seeds": row.seeds, "tuning": tuning} | {
        name: asdict(estimate) if estimate else NOT_APPLICABLE if name in row.not_applicable else None
        for name, estimate in numbers.items()
    }


def as_text_row(row: Scores) -> Row:
    """The row as it is printed."""
    judged = {} if row.judged_by is None else {"judged by": row.judged_by}
    is_foreign = row.judged_by not in (None, "gnomon")
    iqm = NOT_COMPARED if is_foreign else estimate_text(row.iqm)
    cells = {
        place: NOT_APPLICABLE if place in row.not_applicable else estimate_text(estimate)
        for place, estimate in row.cells.items()
    }
    return {
        "algorithm": row.algorithm,
        **judged,
        "seeds": row.seeds,
        "iqm": iqm,
        **cells,
        "tuning": in_short(row.tuning),
    }


def estimate_text(estimate: Estimate | None) -> str:
    """A mean with its interval, as tables print it.

    >>> estimate_text(Estimate("mean", 50.04, 40.0, 60.0, "Student", 3, "seeds", 0.95))
    '50.0 [40.0, 60.0]'
    """
    if estimate is None:
        return "not run"
    if estimate.lower is None or estimate.upper is None:
        return f"{estimate.value:.1f} ({'tied' if estimate.n >= LEAST_UNITS else f'n<{LEAST_UNITS}'})"
    return f"{estimate.value:.1f} [{estimate.lower:.1f}, {estimate.upper:.1f}]"


def comparison_rows(found: Results, statistic: str, test: str, as_json: bool) -> list[Row]:
    """A row a pair: algorithm, over, difference, p, Holm's adjusted p, and in words what follows.

    Raises:
        UsageError: there is no such test.
        ComparisonError: fewer than two algorithms have run on all datasets with three seeds.
    """
    if test not in get_args(Test):
        raise UsageError(f"There is no test {test!r}: it is one of {', '.join(get_args(Test))}.")
    rows = compare(found, statistic, cast("Test", test)).to_dict("records")
    if not rows:
        raise ComparisonError(f"A comparison needs two algorithms with {LEAST_UNITS} seeds on every dataset.")
    return cast("list[Row]", rows) if as_json else [_comparison_text(row) for row in rows]


def _comparison_text(row: Mapping[Any, Any]) -> Row:
    return {
        "algorithm": row["algorithm"],
        "over": row["over"],
        "difference": f"{row['difference']:+.1f}",
        "p": _probability(row["p"]),
        "adjusted p": _probability(row["adjusted"]),
        "different": "yes" if row["adjusted"] < ERROR else "not shown",
    }


def ranking_rows(found: Results, statistic: str, as_json: bool) -> list[Row]:
    """A row an algorithm, the best first: rank and its interval, value, P(best), tier.

    Raises:
        ComparisonError: no algorithm has run on all datasets with three seeds.
    """
    rows = rank(found, statistic).to_dict("records")
    if not rows:
        raise ComparisonError(f"A ranking needs an algorithm with {LEAST_UNITS} seeds on every dataset.")
    return cast("list[Row]", rows) if as_json else [_ranking_text(row, statistic) for row in rows]


def _ranking_text(row: Mapping[Any, Any], statistic: str) -> Row:
    return {
        "rank": row["rank"],
        "interval": f"{row['best_rank']}–{row['worst_rank']}",
        "algorithm": row["algorithm"],
        statistic: f"{row['value']:.1f}",
        "P(best)": _probability(row["probability_best"]),
        "tier": row["tier"],
    }


def _probability(p: float) -> str:
    """Three digits, and never zero where it is not.

    >>> _probability(0.04567), _probability(0.0001), _probability(0.0)
    ('0.046', '<0.001', '0')
    """
    if p == 0:
        return "0"
    return f"{p:.3f}" if p >= 0.001 else "<0.001"
