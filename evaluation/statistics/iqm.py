"""Interquartile mean: the mean of the middle half of all seeds of all tasks, in two definitions.

They differ where seeds · tasks is no multiple of four, and by much where it is small: `iqm` of three seeds of one task
is their mean, since no whole score is a quarter of them. Pages show `iqm`, which is rliable's.
"""

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


def iqm_exact(scores: NDArray) -> NDArray:
    """Mean of the middle half by weight: scores at the quarters count with the fraction that is inside.

    2 ∫ F⁻¹(u) du from ¼ to ¾ of the empirical distribution F: the trimmed mean as a functional of the distribution
    (Stigler 1973, Annals of Statistics 1(3)).

    >>> round(float(iqm_exact(np.array([[0.0], [0.0], [0.0], [0.0], [10.0], [10.0]]))), 4)
    1.6667
    """
    flat = np.sort(scores.reshape(*scores.shape[:-2], -1), axis=-1)
    n = flat.shape[-1]
    inside = np.diff(np.clip(np.arange(n + 1), n / 4, 3 * n / 4))
    return flat @ inside / (n / 2)


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
