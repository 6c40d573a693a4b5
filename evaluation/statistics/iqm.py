"""Interquartile mean: the mean of the middle half of all seeds of all tasks."""

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.statistics import STATISTICS, Statistic


def iqm(scores: NDArray) -> NDArray:
    """Mean after dropping ⌊n/4⌋ scores at each end of the n = seeds · tasks (arXiv 2108.13264, §4.3).

    >>> float(iqm(np.array([[0.0], [0.0], [0.0], [0.0], [10.0], [10.0]])))
    2.5
    """
    flat = np.sort(scores.reshape(*scores.shape[:-2], -1), axis=-1)
    cut = flat.shape[-1] // 4
    return flat[..., cut : flat.shape[-1] - cut].mean(-1)


STATISTICS.add(
    "iqm",
    Statistic(
        compute=iqm,
        label="IQM",
        meaning="The interquartile mean: the lowest and the highest quarter of all runs are dropped, the rest is "
        "averaged. One lucky or broken seed hardly moves it.",
        formula="mean of the scores left when ⌊n/4⌋ are dropped at each end, n = seeds · datasets",
    ),
)
