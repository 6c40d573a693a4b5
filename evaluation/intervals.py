"""Estimates with intervals: the calibrated bootstrap over seeds and tasks, and intervals over one kind of unit.

How often each interval covers the truth is tabulated in docs/statistics.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError
from gnomon.evaluation.bootstrap import Compute, calibrated, distribution, drawn_from
from gnomon.evaluation.streams import keyed_stream

LEVEL = 0.95
RESAMPLES = 10_000
LEAST_UNITS = 3  # with fewer seeds an interval would say more than is known

Bounds = tuple[float, float]
ANYWHERE: Bounds = (-np.inf, np.inf)


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


def bootstrap_estimates(
    statistics: Mapping[str, Compute],
    *scores: NDArray,
    bounds: Mapping[str, Bounds] | None = None,
    resamples: int = RESAMPLES,
) -> dict[str, Estimate]:
    """Statistics of the same scores with calibrated stratified bootstrap intervals, all from the same resamples.

    Equal scores give an equal interval to the last bit, whatever else is computed.

    Args:
        statistics: name → function from one array [..., seeds, tasks] an element of `scores` to [...].
        scores: one array [seeds, tasks] an algorithm that the statistics compare.
        bounds: name → the least and the most that the statistic can be; intervals are clipped to it.
        resamples: how often the seeds are drawn anew.

    Raises:
        UsageError: a score is not a finite number, or there is none.
    """
    matrices = [_checked(array) for array in scores]
    n = min(len(array) for array in matrices)
    values = {name: float(statistic(*matrices)) for name, statistic in statistics.items()}
    if n < LEAST_UNITS:
        return {name: Estimate(name, value, None, None, "calibrated bootstrap", n) for name, value in values.items()}
    draws = [drawn_from(keyed_stream("bootstrap", place)) for place in range(len(matrices))]
    drawn = distribution(list(statistics.values()), matrices, draws, resamples)
    return {
        name: interval_estimate(name, value, row, *matrices, bounds=(bounds or {}).get(name, ANYWHERE))
        for (name, value), row in zip(values.items(), drawn, strict=True)
    }


def bootstrap_estimate(name: str, statistic: Compute, *scores: NDArray, bounds: Bounds = ANYWHERE) -> Estimate:
    """`bootstrap_estimates` of one statistic."""
    return bootstrap_estimates({name: statistic}, *scores, bounds={name: bounds})[name]


def interval_estimate(name: str, value: float, drawn: NDArray, *scores: NDArray, bounds: Bounds = ANYWHERE) -> Estimate:
    """The calibrated interval of a statistic of the scores [seeds, tasks], from its bootstrap distribution."""
    n = min(len(array) for array in scores)
    ends = calibrated(value, drawn, LEVEL, *scores) if n >= LEAST_UNITS else (None, None)
    return Estimate(name, value, *_shown(*ends, bounds), "calibrated bootstrap", n)


def student_estimate(values: NDArray, bounds: Bounds = ANYWHERE, unit: str = "seeds") -> Estimate:
    """The mean of independent values with Student's interval, clipped to the range that the metric can take.

    >>> round(student_estimate(np.array([1.0, 2.0, 3.0])).upper, 4)  # 2 + 4.3027 / √3
    4.4841
    """
    from scipy.special import stdtrit

    n, mean = len(values), float(np.mean(values))
    if n < LEAST_UNITS:
        return Estimate("mean", mean, None, None, "Student", n, unit)
    reach = float(stdtrit(n - 1, (1 + LEVEL) / 2) * np.std(values, ddof=1) / np.sqrt(n))
    return Estimate("mean", mean, *_shown(mean - reach, mean + reach, bounds), "Student", n, unit)


def item_estimate(values: NDArray, bounds: Bounds = ANYWHERE) -> Estimate:
    """The mean of a fixed model over items, which are the unit: more samples of one item are not more items.

    Wilson's score interval where every item is 0 or 1 (Wilson 1927, JASA 22), Student's elsewhere.

    Args:
        values: [items], or [items, samples], which are averaged first.
        bounds: the range of the metric.

    >>> estimate = item_estimate(np.array([1, 1, 1, 0]))  # (3 + z²/2 ± z √(3 · 1 / 4 + z²/4)) / (4 + z²)
    >>> round(estimate.lower, 4), round(estimate.upper, 4)
    (0.3006, 0.9544)
    """
    items = _checked(np.asarray(values, float).reshape(len(values), -1)).mean(1)
    if not np.isin(items, (0, 1)).all():
        return student_estimate(items, bounds, "items")
    return Estimate("mean", float(items.mean()), *wilson(int(items.sum()), len(items)), "Wilson", len(items), "items")


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927, JASA 22)."""
    from scipy.special import ndtri

    z = float(ndtri((1 + LEVEL) / 2))
    centre = (successes + z**2 / 2) / (trials + z**2)
    reach = z * np.sqrt(successes * (trials - successes) / trials + z**2 / 4) / (trials + z**2)
    return max(float(centre - reach), 0.0), min(float(centre + reach), 1.0)


def _checked(scores: NDArray) -> NDArray[np.float64]:
    matrix = np.ascontiguousarray(scores, np.float64)
    if matrix.ndim != 2 or matrix.size == 0:
        raise UsageError(f"Scores must be a matrix [seeds, tasks] with at least one of each, not {matrix.shape}.")
    if not np.isfinite(matrix).all():
        raise UsageError("Scores must be finite numbers: leave out what did not run, or give it a score.")
    return matrix


def _shown(lower: float | None, upper: float | None, bounds: Bounds) -> tuple[float | None, float | None]:
    """The ends inside the bounds; none where all units agree, which is no certainty."""
    if lower is None or upper is None or np.isclose(lower, upper, rtol=1e-9, atol=1e-9):
        return None, None
    return max(lower, bounds[0]), min(upper, bounds[1])
