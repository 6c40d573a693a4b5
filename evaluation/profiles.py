"""Performance profiles: which share of the runs, or of the tasks, scores above each threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError
from gnomon.evaluation.bands import CURVE_RESAMPLES, Band, max_deviation_band
from gnomon.evaluation.bootstrap import Draw, blocks, drawn_from, resample
from gnomon.evaluation.streams import keyed_stream


@dataclass(frozen=True)
class Profile:
    """A performance profile at fixed thresholds.

    Attributes:
        thresholds: [thresholds] score points, rising.
        of_averages: whether tasks are counted by the mean of their seeds; else every run counts by itself, which is
            unbiased and varies less (arXiv 2108.13264, §4.2).

    Raises:
        UsageError: thresholds that are not finite or do not rise.
    """

    thresholds: NDArray[np.float64]
    of_averages: bool = False

    def __post_init__(self) -> None:
        thresholds = np.asarray(self.thresholds, np.float64)
        object.__setattr__(self, "thresholds", thresholds)
        if thresholds.ndim != 1 or not np.isfinite(thresholds).all() or not (np.diff(thresholds) > 0).all():
            raise UsageError("The thresholds of a performance profile must be finite numbers that rise.")

    def compute(self, scores: NDArray) -> NDArray[np.float64]:
        """[..., thresholds] the share of scores above each, of scores [..., seeds, tasks].

        >>> Profile(np.array([0.0, 50.0])).compute(np.array([[0.0, 60.0], [40.0, 100.0]]))
        array([0.75, 0.5 ])
        """
        counted = scores.mean(-2) if self.of_averages else scores.reshape(*scores.shape[:-2], -1)
        below = np.searchsorted(self.thresholds, counted)  # a score is above as many thresholds as are below it
        rows = below.reshape(-1, below.shape[-1])
        levels = len(self.thresholds) + 1
        places = rows + levels * np.arange(len(rows))[:, None]
        counts = np.bincount(places.ravel(), minlength=levels * len(rows)).reshape(*scores.shape[:-2], levels)
        above = np.cumsum(counts[..., ::-1], -1)[..., ::-1]
        return above[..., 1:] / counted.shape[-1]

    def resampled(self, scores: NDArray, draw: Draw, resamples: int) -> NDArray[np.float64]:
        """[resamples, thresholds] the profiles of resampled seeds."""
        found = np.empty((resamples, len(self.thresholds)))
        for block in blocks(resamples):
            found[block] = self.compute(resample(scores, draw(block.stop - block.start, *scores.shape)))
        return found

    def band(self, scores: NDArray, resamples: int = CURVE_RESAMPLES) -> Band:
        """The profile of scores [seeds, tasks] with a simultaneous band within 0 … 1."""
        drawn = self.resampled(scores, drawn_from(keyed_stream("profiles")), resamples)
        return max_deviation_band(self.compute(scores), drawn, scores, bounds=(0, 1))
