"""Median over tasks of the mean over seeds."""

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.statistics import STATISTICS


@STATISTICS.register("median")
def median(scores: NDArray) -> NDArray:
    """The median of the tasks' means."""
    return np.median(scores.mean(-2), axis=-1)
