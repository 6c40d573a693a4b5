"""Aggregates over datasets: one line an algorithm, each number with its interval."""

from typing import TYPE_CHECKING

from gnomon.evaluation.intervals import Estimate, bootstrap_estimate
from gnomon.evaluation.results import Results
from gnomon.evaluation.statistics import STATISTICS

if TYPE_CHECKING:
    import pandas


def estimates(results: Results, algorithm: str, datasets: list[str]) -> dict[str, Estimate]:
    """Every registered statistic of an algorithm that has run on all of the datasets; empty where it has not."""
    matrix = results.matrix(algorithm, datasets)
    if matrix is None:
        return {}
    return {name: bootstrap_estimate(name, statistic.compute, matrix) for name, statistic in STATISTICS.items()}


def aggregate(results: Results) -> "pandas.DataFrame":
    """A table of statistics, one row an algorithm and statistic: value, lower, upper, seeds.

    Algorithms that have not run on every dataset of the results are left out: an average over fewer is another thing.
    """
    import pandas

    rows = [
        {
            "algorithm": algorithm,
            "statistic": name,
            "value": e.value,
            "lower": e.lower,
            "upper": e.upper,
            "seeds": e.n,
        }
        for algorithm in results.algorithms
        for name, e in estimates(results, algorithm, results.datasets).items()
    ]
    return pandas.DataFrame(rows, columns=pandas.Index(["algorithm", "statistic", "value", "lower", "upper", "seeds"]))
