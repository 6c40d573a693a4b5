"""pass@k and G-Pass@k: how likely k samples of an item hold a right one, or enough right ones.

Both are expectations over all subsets of k of the n samples that were drawn, so they are unbiased; neither plugs the
mean into a formula (at p = 0.1, n = 16, k = 8 that is 0.491 on average where the truth is 0.570) nor draws with
replacement.
"""

from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.errors import UsageError

SAMPLES_PER_K = 2  # with fewer than 2k samples the estimate of one item is hardly more than 0 or 1


def pass_at_k(correct: ArrayLike, k: int) -> NDArray[np.float64]:
    """1 − C(n − c, k) / C(n, k) of each item, by the product that never overflows (arXiv 2107.03374, eq. 1).

        1 − ∏ (1 − k / i), i = n − c + 1 … n

    Args:
        correct: [items, n samples] whether each is right; n ≥ 2 k.
        k: from 1.

    Returns:
        [items] in [0, 1].

    >>> pass_at_k([[1, 0, 0, 0]], 2)  # 1 − C(3, 2) / C(4, 2)
    array([0.5])
    """
    right, n = _counted(correct, k)
    places = np.arange(1, n + 1)
    factors = np.where(places > n - right[:, None], 1 - k / places, 1.0)
    return np.where(n - right < k, 1.0, 1 - factors.prod(1))


def g_pass_at_k(correct: ArrayLike, k: int, share: float) -> NDArray[np.float64]:
    """The chance that at least ⌈share · k⌉ of k samples are right: G-Pass@k_τ (arXiv 2412.13147).

        Σ C(c, j) C(n − c, k − j) / C(n, k), j = ⌈τ k⌉ … min(c, k)

    Args:
        correct: [items, n samples] whether each is right; n ≥ 2 k.
        k: from 1.
        share: τ, above 0 and at most 1; any τ ≤ 1 / k gives pass@k, 1 asks that all k are right.

    Returns:
        [items] in [0, 1].

    >>> g_pass_at_k([[1, 1, 0, 0]], 2, 1.0).round(6)  # C(2, 2) / C(4, 2)
    array([0.166667])
    """
    from scipy.stats import hypergeom

    if not 0 < share <= 1:
        raise UsageError(f"share is {share}; it must be above 0 and at most 1.")
    right, n = _counted(correct, k)
    least = ceil(round(share * k, 9))
    return np.asarray(hypergeom.sf(least - 1, n, right, k), np.float64)


def mean_g_pass_at_k(correct: ArrayLike, k: int) -> NDArray[np.float64]:
    """G-Pass@k averaged over the shares from a half to 1: mG-Pass@k (arXiv 2412.13147).

        2/k Σ G-Pass@k_{i/k}, i = ⌈k / 2⌉ + 1 … k;    k ≥ 2

    >>> mean_g_pass_at_k([[1, 1, 0, 0]], 2).round(6)  # 2/2 · G-Pass@2 at share 1
    array([0.166667])
    """
    if k < 2:
        raise UsageError(f"k is {k}; mG-Pass@k is defined from 2.")
    shares = [i / k for i in range(ceil(k / 2) + 1, k + 1)]
    return 2 / k * np.sum([g_pass_at_k(correct, k, share) for share in shares], axis=0)


def _counted(correct: ArrayLike, k: int) -> tuple[NDArray[np.int64], int]:
    """How many samples of each item are right, and how many there are."""
    matrix = np.asarray(correct)
    if matrix.ndim != 2 or not np.isin(matrix, (0, 1)).all():
        raise UsageError("Right and wrong samples must be a matrix [items, samples] of true and false.")
    n = matrix.shape[1]
    if k < 1 or n < SAMPLES_PER_K * k:
        raise UsageError(f"k = {k} needs at least {max(SAMPLES_PER_K * k, 2)} samples an item, and there are {n}.")
    return matrix.astype(np.int64).sum(1), n
