"""Mean over all seeds of all tasks."""

from numpy.typing import NDArray

from gnomon.evaluation.statistics import STATISTICS, Statistic


def mean(scores: NDArray) -> NDArray:
    """The mean of all scores."""
    return scores.mean((-2, -1))


STATISTICS.add(
    "mean",
    Statistic(
        compute=mean,
        label="Mean",
        meaning="The mean score of all runs. Every dataset weighs the same; so does every outlier.",
        formula="Σ score / n",
    ),
)
