"""What a sequence of tasks did to each of them, by the definitions of Continual World (arXiv 2105.10919).

    p_i(t)   performance on task i at time t, 0 to 1; task i of N is learned from (i − 1) Δ to i Δ, and T = N Δ
    P(t)   = Σ_i p_i(t) / N                                    average performance
    F_i    = p_i(i Δ) − p_i(T)                                 forgetting; below 0, later tasks helped an earlier one
    A_i    = 1/Δ ∫ p_i(t) dt  from (i − 1) Δ to i Δ            area under the curve of a task while it is learned
    FT_i   = (A_i − B_i) / (1 − B_i)                           forward transfer; B_i is A_i of learning it from nothing

Forgetting and forward transfer are averaged over tasks. An area is the mean of evenly spaced evaluations, as in the
authors' code; it averages curves over seeds before it compares them.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.errors import UsageError

Array = NDArray[np.float64]


def average_performance(performance: ArrayLike) -> Array:
    """P(t) of performance [..., tasks] at one time: [...].

    >>> float(average_performance([1.0, 0.5, 0.0]))
    0.5
    """
    return np.asarray(performance, np.float64).mean(-1)


def forgetting(after_learning: ArrayLike, at_the_end: ArrayLike) -> Array:
    """F_i, [..., tasks].

    Args:
        after_learning: [..., tasks] performance on each task when its own part of the sequence ended.
        at_the_end: [..., tasks] performance on each when the sequence ended.

    >>> forgetting([0.9, 0.6, 0.8], [0.5, 0.7, 0.8]).round(3).tolist()
    [0.4, -0.1, 0.0]
    """
    return np.asarray(after_learning, np.float64) - np.asarray(at_the_end, np.float64)


def forward_transfer(curves: ArrayLike, from_nothing: ArrayLike) -> Array:
    """FT_i, [..., tasks]; 0 where the sequence was of no use, 1 where the task was solved from its first moment.

    Args:
        curves: [..., tasks, points] performance on each task at evenly spaced times while it was learned.
        from_nothing: [..., tasks, points] the same where it was learned alone; the points may be other ones.

    Raises:
        UsageError: a task that is learned from nothing has an area of 1 or more, so nothing could be gained.

    >>> forward_transfer([[0.5, 1.0]], [[0.0, 1.0]]).tolist()
    [0.5]
    """
    area, reference = (np.asarray(values, np.float64).mean(-1) for values in (curves, from_nothing))
    if (reference >= 1).any():
        raise UsageError("A task that is solved all the time when it is learned from nothing has no forward transfer.")
    return (area - reference) / (1 - reference)
