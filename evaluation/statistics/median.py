"""Median over tasks of the mean over seeds."""

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.statistics import STATISTICS, Statistic


def median(scores: NDArray) -> NDArray:
    """The median of the tasks' means."""
    return np.median(scores.mean(-2), axis=-1)


STATISTICS.add(
    "median",
    Statistic(
        compute=median,
        label="Median",
        meaning="The score on the middle dataset, after the seeds of each dataset are averaged.",
        formula="median over datasets of (Σ score / seeds)",
    ),
)
