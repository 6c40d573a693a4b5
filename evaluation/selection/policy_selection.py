"""How well offline estimates select policies (DOPE: Fu et al. 2021, arXiv 2103.16596)."""

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError


def regret_at_k(values: NDArray, estimated: NDArray, k: int = 1, normalised: bool = True) -> float:
    """What is lost by deploying only the k policies with the highest estimates and keeping the best of them.

    max V − max of V over the k, divided by max V − min V where `normalised` (arXiv 2103.16596). Ties of
    the estimates are broken against the method, so the order of the policies does not matter.

    Args:
        values: [policies] true values.
        estimated: [policies] offline estimates, in any unit.
        k: from 1 to all policies.
        normalised: regret as a share of the range, 0 … 1; it is 0 where all policies are equal.

    Raises:
        UsageError: arrays that do not match, values that are not finite, or another k.

    >>> regret_at_k(np.array([0.0, 50.0, 100.0]), np.array([1.0, 3.0, 2.0]), k=1)
    0.5
    """
    true, guess = _checked(values, estimated)
    if not 1 <= k <= len(true):
        raise UsageError(f"k must be from 1 to {len(true)}, the number of policies, not {k}.")
    deployed = true[np.lexsort((true, -guess))][:k]
    regret, reach = float(true.max() - deployed.max()), float(true.max() - true.min())
    return regret / reach if normalised and reach > 0 else regret


def rank_correlation(values: NDArray, estimated: NDArray) -> float:
    """Spearman's ρ: the correlation of the ranks, equal values sharing their mean rank (arXiv 2103.16596).

    Raises:
        UsageError: as in `regret_at_k`, or all values, or all estimates, are equal, so that there is no order.

    >>> round(rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])), 9)  # 1 − 6 · 2 / (3 · 8)
    0.5
    """
    from scipy.stats import rankdata

    true, guess = (rankdata(array) for array in _checked(values, estimated))
    if np.ptp(true) == 0 or np.ptp(guess) == 0:
        raise UsageError("A rank correlation needs policies that differ in value and in estimate.")
    return float(np.corrcoef(true, guess)[0, 1])


def absolute_error(values: NDArray, estimated: NDArray) -> float:
    """Mean over policies of |estimate − value|, in their common unit (arXiv 2103.16596).

    The value is then a discounted one, where the estimate is (see `discounted_return`).

    Raises:
        UsageError: as in `regret_at_k`.

    >>> absolute_error(np.array([1.0, 2.0]), np.array([1.5, 1.0]))
    0.75
    """
    true, guess = _checked(values, estimated)
    return float(np.abs(guess - true).mean())


def discounted_return(rewards: NDArray, discount: float) -> float:
    """Σ γᵗ r_t of one episode's rewards [T]; its mean over episodes is the value that fitted Q evaluation estimates.

    >>> discounted_return(np.array([1.0, 0.0, 4.0]), 0.5)
    2.0
    """
    return float(np.asarray(rewards, np.float64) @ discount ** np.arange(len(rewards)))


def _checked(values: NDArray, estimated: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    true, guess = np.asarray(values, np.float64), np.asarray(estimated, np.float64)
    if true.ndim != 1 or true.shape != guess.shape or len(true) == 0:
        raise UsageError("Values and estimates must be one number a policy each.")
    if not (np.isfinite(true).all() and np.isfinite(guess).all()):
        raise UsageError("Values and estimates of policies must be finite numbers.")
    return true, guess
