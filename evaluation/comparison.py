"""Pairwise tests of algorithms on the same tasks, corrected for how many pairs are tested."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import ComparisonError, UsageError
from gnomon.evaluation.bootstrap import Compute, blocks, degrees_of_freedom, distribution, drawn_from, spread_lost
from gnomon.evaluation.intervals import LEAST_UNITS, RESAMPLES
from gnomon.evaluation.streams import keyed_stream

Test = Literal["welch", "permutation"]


@dataclass(frozen=True)
class Sample:
    """One algorithm's scores and what the bootstrap says about its statistic.

    Attributes:
        name: of the algorithm.
        scores: [seeds, tasks].
        value: the statistic.
        drawn: [resamples] the statistic of resampled seeds, around the value as widely as that of new seeds would be.
        degrees: ν of its variance.
    """

    name: str
    scores: NDArray[np.float64]
    value: float
    drawn: NDArray[np.float64]
    degrees: float

    @cached_property
    def error(self) -> float:
        """The standard error of the value."""
        return float(self.drawn.std())


@dataclass(frozen=True)
class Comparison:
    """A two-sided test of whether two algorithms differ in a statistic.

    Attributes:
        algorithm, over: the pair.
        difference: the statistic of the one less that of the other.
        p: of this test alone.
        adjusted: Holm's, over all pairs that were compared together.
    """

    algorithm: str
    over: str
    difference: float
    p: float
    adjusted: float


def samples(scores: Mapping[str, NDArray], statistic: Compute, resamples: int = RESAMPLES) -> list[Sample]:
    """The sample of every algorithm with at least three seeds a task; each depends on its own name and scores alone.

    Raises:
        ComparisonError: the algorithms have not run on equally many tasks.
    """
    if len({matrix.shape[1] for matrix in scores.values()}) > 1:
        raise ComparisonError("Only algorithms that have run on the same tasks can be compared: drop the others.")
    return [
        _sample(name, matrix, statistic, resamples) for name, matrix in scores.items() if len(matrix) >= LEAST_UNITS
    ]


def _sample(name: str, scores: NDArray, statistic: Compute, resamples: int) -> Sample:
    value = float(statistic(scores))
    (drawn,) = distribution([statistic], [scores], [drawn_from(keyed_stream("bootstrap", name))], resamples)
    widened = value + spread_lost(scores) * (drawn - drawn.mean())
    return Sample(name, scores, value, widened, degrees_of_freedom(scores))


def compare(algorithms: Sequence[Sample], statistic: Compute, test: Test = "welch") -> list[Comparison]:
    """Test every pair of algorithms, in the order given, and adjust the p-values by Holm's method."""
    tests: dict[str, Callable[[Sample, Sample, Compute], float]] = {"welch": welch, "permutation": permutation}
    if test not in tests:
        raise UsageError(f"There is no test {test!r}: it is one of {', '.join(tests)}.")
    pairs = list(combinations(algorithms, 2))
    raw = [tests[test](one, other, statistic) for one, other in pairs]
    return [
        Comparison(one.name, other.name, one.value - other.value, p, adjusted)
        for (one, other), p, adjusted in zip(pairs, raw, holm(raw), strict=True)
    ]


def welch(one: Sample, other: Sample, statistic: Compute) -> float:
    """Two-sided p of Welch's t of the two values, with bootstrap standard errors, stratified by task.

    t = (a − b) / √(e²ₐ + e²ᵦ) with ν = (e²ₐ + e²ᵦ)² / (e⁴ₐ/νₐ + e⁴ᵦ/νᵦ) (Welch 1947, Biometrika 34). For the mean
    of one task it is Welch's t-test. Where neither varies, it is the permutation test: no variance is not certainty.
    """
    from scipy.special import stdtr

    scale = max(one.error, other.error)
    if scale <= 1e-9 * max(1.0, abs(one.value), abs(other.value)):
        return permutation(one, other, statistic)
    mine, theirs = (one.error / scale) ** 2, (other.error / scale) ** 2
    degrees = (mine + theirs) ** 2 / (mine**2 / one.degrees + theirs**2 / other.degrees)
    return float(2 * stdtr(degrees, -abs(one.value - other.value) / scale / np.sqrt(mine + theirs)))


def permutation(one: Sample, other: Sample, statistic: Compute, resamples: int = RESAMPLES) -> float:
    """Two-sided p of the difference when each task's seeds are dealt to the two at random.

    Exact where the two score alike on every task, whatever the distribution; (1 + how many are as large) / (1 + dealt)
    (Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9(1)).
    """
    stream = keyed_stream("permutation", *sorted((one.name, other.name)))
    first, second = sorted((one, other), key=lambda sample: sample.name)
    pooled = np.concatenate([first.scores, second.scores])
    least = abs(one.value - other.value) - 1e-9 * max(1.0, float(np.abs(pooled).max()))
    extreme = 0
    for block in blocks(resamples):
        dealt = stream.permuted(np.broadcast_to(pooled, (block.stop - block.start, *pooled.shape)), axis=1)
        differences = statistic(dealt[:, : len(first.scores)]) - statistic(dealt[:, len(first.scores) :])
        extreme += int((np.abs(differences) >= least).sum())
    return (1 + extreme) / (1 + resamples)


def holm(p: Sequence[float]) -> list[float]:
    """P-values adjusted so that all tests together err at most as often as one (Holm 1979, Scand. J. Statistics 6).

    >>> holm([0.01, 0.04, 0.03])  # 3 · 0.01, then 2 · 0.03, then no less than before
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(np.asarray(p, float)[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted.tolist()
