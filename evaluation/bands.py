"""Simultaneous bands: the whole curve lies inside with the stated probability, not each of its points by itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError
from gnomon.evaluation.bootstrap import Compute, blocks, stretch
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
        critical: how many bootstrap standard deviations the band reaches at each point; 1.96 would be pointwise.
        n: number of seeds.
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
    drawn = _resampled_curves(scores, statistic, resamples)
    ends = scores.reshape(len(scores), -1)  # a column a task and point: the tasks' points vary alike, so ν is theirs
    return sup_t_band(statistic(np.moveaxis(scores, -1, 0)), drawn, _at_widest(scores, ends), bounds)


def sup_t_band(value: NDArray, drawn: NDArray, scores: NDArray, bounds: Bounds = ANYWHERE) -> Band:
    """value ± c · sd at each point, c the 95 % quantile over resamples of the largest deviation in units of the sd.

    The plug-in sup-t band with bootstrap draws (Montiel Olea and Plagborg-Møller 2019, Journal of Applied Econometrics
    34(1), §3), stretched as the calibrated intervals are.

    Args:
        value: [points].
        drawn: [resamples, points], the bootstrap distribution.
        scores: [seeds, tasks], what decides by how much the band is stretched.
        bounds: the range of the curve.
    """
    if len(scores) < LEAST_UNITS:
        return Band(value, None, None, None, len(scores))
    deviation = drawn.std(0)
    varies = deviation > 1e-12 * np.abs(value).max(initial=1)
    largest = (np.abs(drawn - value)[:, varies] / deviation[varies]).max(1, initial=0)
    critical = float(np.quantile(largest, LEVEL)) * stretch(LEVEL, scores)
    reach = np.where(varies, critical * deviation, 0)
    return Band(value, np.maximum(value - reach, bounds[0]), np.minimum(value + reach, bounds[1]), critical, len(scores))
