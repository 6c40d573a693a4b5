"""One long table of scores → a matrix [seeds, tasks] an algorithm, with every gap decided by name and said aloud."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import ComparisonError, UsageError

if TYPE_CHECKING:
    import pandas

Missing = Literal["refuse", "drop algorithm", "drop task"]
Matrices = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class ScoreTable:
    """Scores of algorithms on the same tasks.

    Attributes:
        tasks: the columns of every matrix, in the order of their names.
        matrices: algorithm → [seeds, tasks], in the order of the names and, down a column, of the seeds.
        left_out: a sentence for everything that the table has and the matrices have not.
    """

    tasks: tuple[str, ...]
    matrices: Matrices
    left_out: tuple[str, ...]


def score_table(table: "pandas.DataFrame | Mapping[str, Sequence[Any]]", missing: Missing = "refuse") -> ScoreTable:
    """Read a long table, one row a score.

    An algorithm's matrix has as many seeds as its shortest task: the ones with the lowest numbers, never the best.

    Args:
        table: columns `algorithm`, `dataset` (or `task` where there is none), `seed` and `score`; with an `episode`, a
            seed's score is the mean of its episodes. A `metric` must be the same in all rows; others are ignored.
        missing: what to do where an algorithm has not run on a task that another has run on.

    Raises:
        UsageError: a column is missing, a score is not a finite number, a name or seed is empty or ambiguous, or there
            are no rows.
        ComparisonError: two rows of one cell, two metrics, a missing cell under `refuse`, or nothing left.
    """
    import pandas

    if missing not in get_args(Missing):
        raise UsageError(
            f"There is no policy {missing!r} for missing cells: it is one of {', '.join(get_args(Missing))}."
        )
    cells = _cells(_columns(pandas.DataFrame(table)))
    kept, dropped = _complete(cells, missing)
    tasks = tuple(sorted({task for _, task in kept}))
    columns = {name: [kept[name, task] for task in tasks] for name in sorted({name for name, _ in kept})}
    matrices = {name: np.stack([column[: _shortest(own)] for column in own], 1) for name, own in columns.items()}
    return ScoreTable(tasks, matrices, (*dropped, *_unused(columns)))


def _columns(table: "pandas.DataFrame") -> "pandas.DataFrame":
    """The columns that count, with clean names and numbers, each cell's rows once."""
    import pandas

    unit = "dataset" if "dataset" in table else "task"
    wanted = ["algorithm", unit, "seed", "score"] + [name for name in ("episode",) if name in table]
    if absent := [name for name in wanted if name not in table]:
        raise UsageError(f"A table of scores has the columns algorithm, task, seed and score: {absent[0]} is missing.")
    if len(table) == 0:
        raise UsageError("The table of scores has no rows.")
    _check_one_metric(table)
    clean = pandas.DataFrame({name: table[name].to_numpy() for name in wanted}).rename(columns={unit: "task"})
    for name in ("algorithm", "task"):
        clean[name] = _names(clean[name], name)
    for name in wanted[2:]:
        clean[name] = _numbers(clean[name], name)
    _check_counted_once(clean)
    return clean


def _names(column: "pandas.Series", kind: str) -> "pandas.Categorical[str]":
    """The names as text; two that print alike would be two rows that nobody can tell apart."""
    import pandas

    codes, values = pandas.factorize(column)
    if (codes < 0).any():
        raise UsageError(f"Row {int(np.argmax(codes < 0))} of the scores has no {kind}.")
    names = [unicodedata.normalize("NFC", str(value)).strip() for value in values]
    if len(set(names)) < len(names) or not all(names):
        twice = next(name for name in names if names.count(name) > 1 or not name)
        raise UsageError(f"The scores have two {kind}s that are both written {twice!r}, or one without a name.")
    return pandas.Categorical.from_codes(codes, pandas.Index(names))


def _numbers(column: "pandas.Series", kind: str) -> NDArray[np.float64] | NDArray[np.int64]:
    """Finite numbers; whole ones, except of scores."""
    import pandas

    numbers = np.asarray(pandas.to_numeric(column, errors="coerce"), np.float64)
    whole = kind != "score"
    wrong = ~np.isfinite(numbers) | (whole & (numbers != np.floor(numbers)))
    if wrong.any():
        row = int(np.argmax(wrong))
        kindly = "a whole number" if whole else "a finite number (leave out what did not run, or give it a score)"
        raise UsageError(f"Row {row} of the scores has the {kind} {column.iloc[row]}, which is not {kindly}.")
    return numbers.astype(np.int64) if whole else numbers


def _check_one_metric(table: "pandas.DataFrame") -> None:
    metrics = sorted(map(str, table["metric"].unique())) if "metric" in table else []
    if len(metrics) > 1:
        raise ComparisonError(f"Scores of different metrics cannot share a table: {metrics[0]} and {metrics[1]}.")


def _check_counted_once(clean: "pandas.DataFrame") -> None:
    keys = [name for name in clean.columns if name != "score"]
    twice = clean.duplicated(keys).to_numpy()
    if twice.any():
        row = clean.iloc[int(np.argmax(twice))]
        what = f"seed {row['seed']} of {row['algorithm']} on {row['task']}"
        raise ComparisonError(f"Two rows of the scores are {what}{' in one episode' if 'episode' in clean else ''}.")


def _cells(clean: "pandas.DataFrame") -> dict[tuple[str, str], NDArray[np.float64]]:
    """(algorithm, task) → the score of every seed, in their order."""
    grouped = clean.groupby(["algorithm", "task", "seed"], observed=True, sort=True)["score"].mean()
    index = cast("Any", grouped.index)
    codes = np.stack([index.codes[0], index.codes[1]], 1)
    ends = np.flatnonzero((np.diff(codes, axis=0) != 0).any(1)) + 1
    algorithms, tasks = index.levels[0], index.levels[1]
    starts = [0, *ends.tolist()]
    scores = np.split(grouped.to_numpy(), ends)
    return {
        (str(algorithms[codes[start, 0]]), str(tasks[codes[start, 1]])): column
        for start, column in zip(starts, scores, strict=True)
    }


def _complete(
    cells: dict[tuple[str, str], NDArray], missing: Missing
) -> tuple[dict[tuple[str, str], NDArray], list[str]]:
    """The cells of a grid without gaps, and what was dropped for it."""
    algorithms, tasks = sorted({name for name, _ in cells}), sorted({task for _, task in cells})
    gaps = [(name, task) for name in algorithms for task in tasks if (name, task) not in cells]
    if gaps and missing == "refuse":
        raise ComparisonError(
            f"{gaps[0][0]} has not run on {gaps[0][1]} ({len(gaps)} of {len(algorithms) * len(tasks)} cells are "
            "missing): run it, or choose to drop the algorithm or the task."
        )
    place = 0 if missing == "drop algorithm" else 1
    dropped = {gap[place]: gap for gap in reversed(gaps)}
    kept = {cell: scores for cell, scores in cells.items() if cell[place] not in dropped}
    if not kept:
        raise ComparisonError(f"Nothing is left: every {missing.removeprefix('drop ')} has a missing cell.")
    return kept, [f"{name} is left out: {gap[0]} has not run on {gap[1]}." for name, gap in sorted(dropped.items())]


def _shortest(columns: list[NDArray]) -> int:
    return min(map(len, columns))


def _unused(columns: Mapping[str, list[NDArray]]) -> list[str]:
    return [
        f"{unused} scores of {name} are not used: its shortest task has {_shortest(own)} seeds."
        for name, own in columns.items()
        if (unused := sum(map(len, own)) - len(own) * _shortest(own))
    ]
