"""Tables of what many scores say: aggregates over datasets, comparisons of pairs, and a ranking."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from gnomon.evaluation.bootstrap import Compute
from gnomon.evaluation.comparison import Test, samples
from gnomon.evaluation.comparison import compare as compare_samples
from gnomon.evaluation.intervals import ANYWHERE, Bounds, Estimate, bootstrap_estimates
from gnomon.evaluation.ranks import ranking
from gnomon.evaluation.results import Results
from gnomon.evaluation.score_table import Matrices, Missing, score_table
from gnomon.evaluation.statistics import STATISTICS

if TYPE_CHECKING:
    import pandas

    Scores = Results | pandas.DataFrame


def estimates(results: Results, algorithm: str, datasets: Sequence[str]) -> dict[str, Estimate]:
    """Every registered statistic of an algorithm that has run on all of the datasets; empty where it has not."""
    matrix = results.matrix(algorithm, datasets)
    return (
        {} if matrix is None else bootstrap_estimates(_functions(), matrix, bounds=_bounds(*_range(results, datasets)))
    )


def aggregate(scores: "Scores", missing: Missing = "drop algorithm") -> "pandas.DataFrame":
    """A table of statistics, one row an algorithm and statistic: value, lower, upper, seeds.

    Args:
        scores: results, or a long table (see `gnomon.evaluation.score_table.score_table`).
        missing: what happens where an algorithm has not run on a dataset. Of results, the algorithm is always left out:
            an average over fewer datasets is another thing.
    """
    import pandas

    bounds = _bounds(*(_range(scores, scores.datasets) if isinstance(scores, Results) else ANYWHERE))
    rows = [
        {"algorithm": algorithm, "statistic": name, "value": e.value, "lower": e.lower, "upper": e.upper, "seeds": e.n}
        for algorithm, matrix in _matrices(scores, missing).items()
        for name, e in bootstrap_estimates(_functions(), matrix, bounds=bounds).items()
    ]
    return pandas.DataFrame(rows, columns=pandas.Index(["algorithm", "statistic", "value", "lower", "upper", "seeds"]))


def compare(
    scores: "Scores", statistic: str = "iqm", test: Test = "welch", missing: Missing = "refuse"
) -> "pandas.DataFrame":
    """A table of tests, one row a pair: algorithm, over, difference, p and Holm's adjusted p.

    Args:
        scores: results, or a long table.
        statistic: a name in `STATISTICS`.
        test: `welch` or `permutation`.
        missing: what happens where an algorithm has not run on a dataset.
    """
    import pandas

    compute = STATISTICS[statistic].compute
    rows = compare_samples(samples(_matrices(scores, missing), compute), compute, test)
    return pandas.DataFrame(
        [asdict(row) for row in rows], columns=pandas.Index(["algorithm", "over", "difference", "p", "adjusted"])
    )


def rank(scores: "Scores", statistic: str = "iqm", missing: Missing = "refuse") -> "pandas.DataFrame":
    """A table of ranks, one row an algorithm, the fields of `gnomon.evaluation.ranks.Ranked`.

    Args:
        scores: results, or a long table.
        statistic: a name in `STATISTICS`.
        missing: what happens where an algorithm has not run on a dataset.
    """
    import pandas

    return pandas.DataFrame([asdict(row) for row in ranking(_matrices(scores, missing), STATISTICS[statistic])])


def _functions() -> dict[str, Compute]:
    return {name: statistic.compute for name, statistic in STATISTICS.items()}


def _bounds(lowest: float, highest: float) -> dict[str, Bounds]:
    """What each statistic can be where all scores lie between the two: statistics rise or fall with every score."""
    ends = np.array([[[lowest]], [[highest]]])
    return {name: (min(found), max(found)) for name, f in _functions().items() if (found := f(ends).tolist())}


def _range(results: Results, datasets: Sequence[str]) -> Bounds:
    """The lowest and the highest score that any of the tasks allows."""
    tasks = [record.task for record in results.records if record.dataset.id in datasets]
    ranges = [task.scale.range_of(task.metric) for task in tasks] or [ANYWHERE]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _matrices(scores: "Scores", missing: Missing) -> Matrices:
    if not isinstance(scores, Results):
        return score_table(scores, missing).matrices
    found = {name: scores.matrix(name, scores.datasets) for name in scores.algorithms}
    return {name: matrix for name, matrix in found.items() if matrix is not None}
