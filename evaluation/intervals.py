"""Estimates with intervals: the stratified bootstrap over seeds, and Student's interval for one task."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
RESAMPLES = 10_000
LEAST_UNITS = 3  # with fewer seeds an interval would say more than is known


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        statistic: what was computed, such as `iqm`.
        value: the point estimate.
        lower, upper: ends of the interval; none where there are fewer than three units, or all of them tie.
        level, method, unit: nominal coverage, how it was computed, what varies.
        n: number of units.
    """

    statistic: str
    value: float
    lower: float | None
    upper: float | None
    method: str
    n: int
    unit: str = "seeds"
    level: float = LEVEL


def stratified_indices(seeds: int, tasks: int, resamples: int, stream: np.random.Generator) -> NDArray[np.int64]:
    """[resamples, seeds, tasks] which seed stands where: each task's seeds are drawn anew, with replacement."""
    return stream.integers(0, seeds, (resamples, seeds, tasks))


def stratified_bootstrap(
    statistic: Callable[..., NDArray], *scores: NDArray, indices: Sequence[NDArray[np.int64]]
) -> tuple[float, float]:
    """Percentile interval of `statistic` over resampled seeds (arXiv 2108.13264, §4.1).

    Args:
        statistic: from one array [..., seeds, tasks] a `scores` argument to [...].
        scores: one array [seeds, tasks] an algorithm that the statistic compares.
        indices: what `stratified_indices` drew for each of them.
    """
    resampled = [np.take_along_axis(array[None], index, 1) for array, index in zip(scores, indices, strict=True)]
    tail = 100 * (1 - LEVEL) / 2
    lower, upper = np.percentile(statistic(*resampled), [tail, 100 - tail])
    return float(lower), float(upper)


def bootstrap_estimate(name: str, statistic: Callable[..., NDArray], *scores: NDArray) -> Estimate:
    """An estimate with a stratified bootstrap interval; the same scores give the same interval to the last bit."""
    stream = np.random.default_rng(0)
    n = min(len(array) for array in scores)
    value = float(statistic(*scores))
    if n < LEAST_UNITS:
        return Estimate(name, value, None, None, "stratified bootstrap", n)
    indices = [stratified_indices(array.shape[0], array.shape[1], RESAMPLES, stream) for array in scores]
    lower, upper = stratified_bootstrap(statistic, *scores, indices=indices)
    return Estimate(name, value, *_unless_tied(lower, upper), "stratified bootstrap", n)


def student_estimate(values: NDArray, bounds: tuple[float, float] = (-np.inf, np.inf), unit: str = "seeds") -> Estimate:
    """The mean of independent values with Student's interval, clipped to the range that the metric can take.

    >>> round(student_estimate(np.array([1.0, 2.0, 3.0])).upper, 4)  # 2 + 4.3027 / √3
    4.4841
    """
    from scipy.stats import t

    n, mean = len(values), float(np.mean(values))
    if n < LEAST_UNITS:
        return Estimate("mean", mean, None, None, "Student", n, unit)
    reach = float(t.ppf((1 + LEVEL) / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    lower, upper = max(mean - reach, bounds[0]), min(mean + reach, bounds[1])
    return Estimate("mean", mean, *_unless_tied(lower, upper), "Student", n, unit)


def _unless_tied(lower: float, upper: float) -> tuple[float | None, float | None]:
    """An interval of no width would claim certainty where all units merely agree."""
    return (None, None) if np.isclose(lower, upper, rtol=1e-9, atol=1e-9) else (lower, upper)
