"""Mean over all seeds of all tasks."""

from numpy.typing import NDArray

from gnomon.evaluation.statistics import STATISTICS, Statistic


def mean(scores: NDArray) -> NDArray:
    """The mean over tasks of the mean over seeds, summed in rliable's order."""
    return scores.mean(-2).mean(-1)


STATISTICS.add(
    "mean",
    Statistic(
        compute=mean,
        label="Mean",
        meaning="The mean score of all runs. Every dataset weighs the same; so does every outlier.",
        formula="Σ score / n",
    ),
)
