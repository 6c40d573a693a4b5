"""The stratified bootstrap: each task's seeds are drawn anew, with replacement, and statistics of the draws computed.

Percentiles of the draws are too narrow with few seeds. The calibrated interval stretches them around the estimate by
√(n / (n − 1)), since resampling n seeds shrinks their variance by (n − 1) / n (Hesterberg 2015, The American
Statistician 69(4), "narrowness bias"), and by t(ν) / z, since the variance itself is estimated.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

BLOCK = 1_000  # resamples drawn in one call; a part of what the stream means, so never changed with the machine

Compute = Callable[..., NDArray]
Draw = Callable[[int, int, int], NDArray[np.integer]]


def drawn_from(stream: np.random.Generator) -> Draw:
    """Draws [resamples, seeds, tasks] of which seed stands where, as the smallest integers that hold them."""

    def draw(resamples: int, seeds: int, tasks: int) -> NDArray[np.integer]:
        kind = np.uint8 if seeds <= 256 else np.uint32
        return stream.integers(0, seeds, (resamples, seeds, tasks), dtype=kind)

    return draw


def resample(scores: NDArray, drawn: NDArray[np.integer]) -> NDArray:
    """[resamples, seeds, tasks] the scores [seeds, tasks] at the drawn seeds."""
    tasks = scores.shape[1]
    places = drawn.astype(np.intp)
    places *= tasks
    places += np.arange(tasks)
    return scores.ravel().take(
        places, mode="clip"
    )  # the default mode checks every place again, and takes twice as long


def blocks(resamples: int, size: int = BLOCK) -> list[slice]:
    """The resamples in blocks of at most `size`, which is at least one."""
    step = max(size, 1)
    return [slice(start, min(start + step, resamples)) for start in range(0, resamples, step)]


def distribution(
    statistics: Sequence[Compute], scores: Sequence[NDArray], draws: Sequence[Draw], resamples: int
) -> NDArray[np.float64]:
    """[statistics, resamples] every statistic of the same resamples.

    Args:
        statistics: each from one array [..., seeds, tasks] an element of `scores` to [...].
        scores: one array [seeds, tasks] an algorithm that the statistics compare.
        draws: where each of them is drawn from.
        resamples: how often.
    """
    found = np.empty((len(statistics), resamples))
    for block in blocks(resamples):
        count = block.stop - block.start
        drawn = [resample(array, draw(count, *array.shape)) for array, draw in zip(scores, draws, strict=True)]
        for row, statistic in enumerate(statistics):
            found[row, block] = statistic(*drawn)
    return found


def spread_lost(*scores: NDArray) -> float:
    """√(n / (n − 1)): how much narrower resampled means of n seeds are than means of n new seeds; n is the fewest."""
    n = min(len(array) for array in scores)
    return float(np.sqrt(n / (n - 1)))


def degrees_of_freedom(*scores: NDArray) -> float:
    """Of the variance of a mean over tasks: n − 1 where one task varies alone, tasks · (n − 1) where all vary alike.

    (Σ v)² / Σ v² / (n − 1) over the columns of all arrays, v = s² / n (Welch 1947, Biometrika 34;
    Satterthwaite 1946, Biometrics Bulletin 2(6)). Where nothing varies, the sum of all n − 1.

    >>> degrees_of_freedom(np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0]]))
    4.0
    """
    variances = np.concatenate([array.var(0, ddof=1) / len(array) for array in scores])
    degrees = np.concatenate([np.full(array.shape[1], len(array) - 1.0) for array in scores])
    largest = variances.max(initial=0)
    if largest == 0:
        return float(degrees.sum())
    shares = variances / largest  # squares of tiny variances would vanish
    return float(shares.sum() ** 2 / (shares**2 / degrees).sum())


def stretch(level: float, *scores: NDArray) -> float:
    """The factor by which a calibrated interval is wider than the percentiles: √(n / (n − 1)) · t(ν) / z.

    >>> round(stretch(0.95, np.array([[1.0], [2.0], [3.0]])), 4)  # √1.5 · 4.3027 / 1.96
    2.6886
    """
    from scipy.special import ndtri, stdtrit

    quantile = (1 + level) / 2
    return spread_lost(*scores) * float(stdtrit(degrees_of_freedom(*scores), quantile) / ndtri(quantile))


def percentiles(drawn: NDArray[np.float64], level: float) -> tuple[float, float]:
    """The middle share `level` of the draws."""
    tail = (1 - level) / 2
    lower, upper = np.percentile(drawn, [100 * tail, 100 * (1 - tail)])
    return float(lower), float(upper)


def calibrated(value: float, drawn: NDArray[np.float64], level: float, *scores: NDArray) -> tuple[float, float]:
    """The percentiles of the draws, stretched around the value."""
    factor = stretch(level, *scores)
    lower, upper = percentiles(drawn, level)
    return value + factor * (lower - value), value + factor * (upper - value)
