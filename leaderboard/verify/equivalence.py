"""The tests of a re-evaluation, over policies that are given: what varies is the episode.

A policy's claimed episodes and its re-run ones are two samples. Their difference D is the mean over datasets of the
mean over runs of (mean of the one − mean of the other), in score points, and its variance the same mean of
s²/n + s²/m, with Welch's and Satterthwaite's degrees of freedom (Welch 1947, Biometrika 34, 28; Satterthwaite 1946,
Biometrics Bulletin 2, 110). Where the seeds are the same, episodes are paired and the variance is that of the pairs'
differences.

* Equivalent: both one-sided tests reject that |D| is the margin or more (TOST: Schuirmann 1987, J. Pharmacokinet.
  Biopharm. 15, 657), that is, the interval of D at level 1 − 2α lies inside the margin.
* Different: the two-sided test of D = 0, corrected for the number of datasets (Holm 1979, Scand. J. Statist. 6, 65).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

EQUIVALENCE_ERROR = 0.05  # of each one-sided test
DIFFERENCE_ERROR = 0.01  # of all datasets together


@dataclass(frozen=True)
class Difference:
    """A difference in score points, its standard error and the degrees of freedom of that.

    Attributes:
        lower, upper: the interval at level 1 − 2 `EQUIVALENCE_ERROR`.
        p: of the two-sided test that there is none.
    """

    value: float
    error: float
    degrees: float
    lower: float
    upper: float
    p: float

    def is_within(self, margin: float) -> bool:
        """Whether the two samples are equivalent."""
        return -margin < self.lower and self.upper < margin


@dataclass(frozen=True)
class _Part:
    """A difference of means, and Satterthwaite's terms: variance, and variance²/degrees of freedom."""

    value: float
    variance: float
    spread: float

    @classmethod
    def mean(cls, parts: Sequence["_Part"]) -> "_Part":
        count = len(parts)
        return cls(
            sum(part.value for part in parts) / count,
            sum(part.variance for part in parts) / count**2,
            sum(part.spread for part in parts) / count**4,
        )

    def difference(self) -> Difference:
        """With zero variance the difference is taken for exact."""
        if self.variance == 0:
            return Difference(self.value, 0.0, np.inf, self.value, self.value, float(self.value == 0))
        error, degrees = sqrt(self.variance), self.variance**2 / self.spread
        reach = float(stdtrit(degrees, 1 - EQUIVALENCE_ERROR)) * error
        p = 2 * float(stdtr(degrees, -abs(self.value) / error))
        return Difference(self.value, error, degrees, self.value - reach, self.value + reach, p)


Runs = Sequence[tuple[ArrayLike, ArrayLike]]  # a run each: scores of re-run and of claimed episodes


def of_pairs(datasets: Mapping[str, Runs]) -> Difference:
    """The difference of episodes with the same seeds, re-run less claimed."""
    return _Part.mean([_Part.mean([_paired(*run) for run in runs]) for runs in datasets.values()]).difference()


def of_samples(datasets: Mapping[str, Runs]) -> Difference:
    """The difference of episodes with other seeds, re-run less claimed."""
    return _Part.mean([_Part.mean([_unpaired(*run) for run in runs]) for runs in datasets.values()]).difference()


def _paired(again: ArrayLike, claimed: ArrayLike) -> _Part:
    differences = np.asarray(again, float) - np.asarray(claimed, float)
    return _Part(float(differences.mean()), *_terms(differences))


def _unpaired(again: ArrayLike, claimed: ArrayLike) -> _Part:
    one, other = np.asarray(again, float), np.asarray(claimed, float)
    terms = np.add(_terms(one), _terms(other)).tolist()
    return _Part(float(one.mean() - other.mean()), *terms)


def _terms(values: NDArray[np.float64]) -> tuple[float, float]:
    """s²/n and (s²/n)²/(n − 1); one episode alone has none."""
    if len(values) < 2:
        return 0.0, 0.0
    variance = float(values.var(ddof=1)) / len(values)
    return variance, variance**2 / (len(values) - 1)
