"""Rliable's intervals, bit for bit on the same random numbers, in a fraction of its time.

Rliable 1.2 draws from NumPy's global state, whatever `random_state` it is given, one resample and one algorithm after
another (github.com/google-research/rliable, library.py, `update_indices`). Here the state is a seed that is passed in:
the numbers are those of rliable after `np.random.seed(seed)`. The price of that equality is that an interval depends
on the algorithms before it; nothing else in gnomon does.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError
from gnomon.evaluation.bootstrap import distribution, percentiles
from gnomon.evaluation.improvement import probability_of_improvement
from gnomon.evaluation.intervals import LEVEL
from gnomon.evaluation.profiles import Profile
from gnomon.evaluation.statistics import STATISTICS

RESAMPLES = 50_000  # rliable's own numbers
PROFILE_RESAMPLES = 2_000


class GlobalDraws:
    """What `np.random.choice(n, shape)` draws after `np.random.seed(seed)`, many resamples at a time."""

    def __init__(self, seed: int) -> None:
        if not 0 <= seed < 2**32:
            raise UsageError(f"A seed of rliable's is a number from 0 to 2³² − 1, not {seed}.")
        self.state = np.random.RandomState(seed)
        self.words = np.empty(0, np.uint32)

    def __call__(self, resamples: int, seeds: int, tasks: int) -> NDArray[np.integer]:
        """[resamples, seeds, tasks] of 0 … seeds − 1.

        NumPy's legacy generator takes a 32-bit word a number, keeps the lowest bits that can hold `seeds` − 1, and
        takes another word where the result is too large (numpy/random/src/distributions, masked rejection).
        """
        count = resamples * seeds * tasks
        if seeds == 1:
            return np.zeros((resamples, 1, tasks), np.uint8)
        mask = np.uint32(2 ** int(seeds - 1).bit_length() - 1)
        likely = int(1.02 * count * (int(mask) + 1) / seeds) + 64  # words for so many numbers
        while len(accepted := np.flatnonzero(self.words & mask < seeds)) < count:
            more = np.frombuffer(self.state.bytes(4 * max(likely - len(self.words), count)), "<u4")
            self.words = np.concatenate([self.words, more])
        drawn = self.words[accepted[:count]] & mask
        self.words = self.words[accepted[count - 1] + 1 :]
        return drawn.reshape(resamples, seeds, tasks)


def rliable_intervals(
    scores: Mapping[str, NDArray], statistics: Sequence[str], seed: int, resamples: int = RESAMPLES
) -> dict[str, NDArray[np.float64]]:
    """What `rliable.library.get_interval_estimates` returns as intervals: algorithm → [2, statistics].

    Args:
        scores: algorithm → [seeds, tasks], in the order in which rliable would be given them.
        statistics: some of `STATISTICS`; of the optimality gap, rliable's with γ = 100.
        seed: of NumPy's global state.
        resamples: `reps`.
    """
    draws = GlobalDraws(seed)
    functions = [_iqm if name == "iqm" else STATISTICS[name].compute for name in statistics]
    return {
        algorithm: np.array(
            [percentiles(row, LEVEL) for row in distribution(functions, [matrix], [draws], resamples)]
        ).T
        for algorithm, matrix in scores.items()
    }


def rliable_improvement(
    pairs: Mapping[str, tuple[NDArray, NDArray]], seed: int, resamples: int = PROFILE_RESAMPLES
) -> dict[str, tuple[float, float]]:
    """Rliable's intervals of the probability of improvement: pair → lower and upper end.

    Args:
        pairs: name → scores [seeds, tasks] of the one and of the other.
        seed: of NumPy's global state.
        resamples: `reps`.
    """
    state = np.random.RandomState(seed)
    return {name: _improvement(*pair, state, resamples) for name, pair in pairs.items()}


def _improvement(one: NDArray, other: NDArray, state: np.random.RandomState, resamples: int) -> tuple[float, float]:
    """The two are drawn in turn, a resample at a time."""
    found = np.empty(resamples)
    for place in range(resamples):
        mine, theirs = (
            np.take_along_axis(array, state.randint(0, len(array), array.shape), 0) for array in (one, other)
        )
        found[place] = probability_of_improvement(mine, theirs)
    return percentiles(found, LEVEL)


def rliable_profiles(
    scores: Mapping[str, NDArray], profile: Profile, seed: int, resamples: int = PROFILE_RESAMPLES
) -> dict[str, NDArray[np.float64]]:
    """What `rliable.library.create_performance_profile` returns as intervals: algorithm → [2, thresholds]."""
    draws, tail = GlobalDraws(seed), (1 - LEVEL) / 2
    return {
        algorithm: np.percentile(profile.resampled(matrix, draws, resamples), [100 * tail, 100 * (1 - tail)], axis=0)
        for algorithm, matrix in scores.items()
    }


def _iqm(scores: NDArray) -> NDArray:
    """`iqm`, summed in the order in which NumPy's partition leaves the scores, as `scipy.stats.trim_mean` does."""
    flat = scores.reshape(*scores.shape[:-2], -1)
    cut = int(0.25 * flat.shape[-1])
    kept = slice(cut, flat.shape[-1] - cut)
    return np.partition(flat, (cut, flat.shape[-1] - cut - 1), -1)[..., kept].mean(-1)
