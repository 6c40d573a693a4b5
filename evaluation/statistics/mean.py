"""Mean over all seeds of all tasks."""

from numpy.typing import NDArray

from gnomon.evaluation.statistics import STATISTICS


@STATISTICS.register("mean")
def mean(scores: NDArray) -> NDArray:
    """The mean of all scores."""
    return scores.mean((-2, -1))
