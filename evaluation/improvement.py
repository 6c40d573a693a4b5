"""Probability of improvement: how often a seed of one algorithm beats a seed of another on the same task."""

from numpy.typing import NDArray


def probability_of_improvement(scores: NDArray, others: NDArray) -> NDArray:
    """Mean over tasks of P(X > Y) + ½ P(X = Y) over all pairs of seeds (arXiv 2108.13264, §4.3).

    Args:
        scores: [..., seeds, tasks].
        others: [..., other seeds, tasks].

    Returns:
        [...] in 0 … 1.

    >>> import numpy as np
    >>> float(probability_of_improvement(np.array([[1.0], [3.0]]), np.array([[2.0], [3.0]])))
    0.375
    """
    mine, theirs = scores[..., :, None, :], others[..., None, :, :]
    return ((mine > theirs) + 0.5 * (mine == theirs)).mean((-3, -2, -1))
