"""Simultaneous bands: the whole curve lies inside with the stated probability, not each of its points by itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError
from gnomon.evaluation.bootstrap import Compute, blocks, degrees_of_freedom, spread_lost, stretch
from gnomon.evaluation.intervals import ANYWHERE, LEAST_UNITS, LEVEL, Bounds
from gnomon.evaluation.streams import keyed_stream

CURVE_RESAMPLES = 2_000
LARGEST_BLOCK = 4_000_000  # numbers in memory at a time


@dataclass(frozen=True)
class Band:
    """A curve with a simultaneous band.

    Attributes:
        value: [points] the curve.
        lower, upper: [points]; none with fewer than three seeds. Of no width where all seeds agree.
        critical: how many bootstrap standard deviations a sup-t band reaches at each point; 1.96 would be pointwise.
        n: number of seeds, configurations or policies.
    """

    value: NDArray[np.float64]
    lower: NDArray[np.float64] | None
    upper: NDArray[np.float64] | None
    critical: float | None
    n: int


def curve_band(
    curves: NDArray, statistic: Compute, bounds: Bounds = ANYWHERE, resamples: int = CURVE_RESAMPLES
) -> Band:
    """The band of a learning curve: whole seeds are drawn anew within each task, so a seed's points stay together.

    Args:
        curves: [seeds, tasks, points], every seed at the same points.
        statistic: from [..., seeds, tasks] to [...], such as `iqm`.
        bounds: the range of the scores.
        resamples: how often the seeds are drawn anew.

    Raises:
        UsageError: another shape, or a score that is not a finite number.
    """
    scores = np.asarray(curves, np.float64)
    if scores.ndim != 3 or scores.size == 0 or not np.isfinite(scores).all():
        raise UsageError("Curves must be finite numbers [seeds, tasks, points], every seed at the same points.")
    stream = keyed_stream("bands")
    drawn = np.empty((resamples, scores.shape[-1]))
    for block in blocks(resamples, LARGEST_BLOCK // scores.size):
        places = stream.integers(0, len(scores), (block.stop - block.start, *scores.shape[:2], 1))
        drawn[block] = statistic(np.moveaxis(np.take_along_axis(scores[None], places, 1), -1, 1))
    return sup_t_band(statistic(np.moveaxis(scores, -1, 0)), drawn, scores.mean(-1), bounds)


def sup_t_band(value: NDArray, drawn: NDArray, scores: NDArray, bounds: Bounds = ANYWHERE) -> Band:
    """Value ± c · sd at each point, c the 95 % quantile over resamples of the largest deviation in units of the sd.

    The plug-in sup-t band with bootstrap draws (Montiel Olea and Plagborg-Møller 2019, Journal of Applied Econometrics
    34(1)). For few seeds c is carried over to Student's distribution, √(n / (n − 1)) · t(Φ(c); ν), as the
    calibrated intervals are.

    Args:
        value: [points].
        drawn: [resamples, points], the bootstrap distribution.
        scores: [seeds, tasks], which decides n and ν.
        bounds: the range of the curve.
    """
    if len(scores) < LEAST_UNITS:
        return Band(value, None, None, None, len(scores))
    deviation = drawn.std(0)
    varies = deviation > 1e-12 * np.abs(value).max(initial=1)
    largest = (np.abs(drawn - value)[:, varies] / deviation[varies]).max(1, initial=0)
    critical = _students(float(np.quantile(largest, LEVEL)), scores)
    reach = np.where(varies, critical * deviation, 0)
    return Band(
        value, np.maximum(value - reach, bounds[0]), np.minimum(value + reach, bounds[1]), critical, len(scores)
    )


def max_deviation_band(value: NDArray, drawn: NDArray, scores: NDArray, bounds: Bounds = ANYWHERE) -> Band:
    """Value ± c, c the 95 % quantile over resamples of the largest deviation of the whole curve, stretched.

    For shares, which sup-t would be certain of wherever no run happened to fall (Bickel and Krieger 1989, JASA 84, for
    the distribution function). The arguments are those of `sup_t_band`.
    """
    if len(scores) < LEAST_UNITS:
        return Band(value, None, None, None, len(scores))
    reach = float(np.quantile(np.abs(drawn - value).max(1), LEVEL)) * stretch(LEVEL, scores)
    return Band(value, np.maximum(value - reach, bounds[0]), np.minimum(value + reach, bounds[1]), None, len(scores))


def _students(critical: float, scores: NDArray) -> float:
    from scipy.special import ndtr, stdtrit

    return -spread_lost(scores) * float(stdtrit(degrees_of_freedom(scores), ndtr(-critical)))
