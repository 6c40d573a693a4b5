"""Expected Online Performance: the best of n configurations that were tried online, as a function of n."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError
from gnomon.evaluation.bands import CURVE_RESAMPLES, Band, sup_t_band
from gnomon.evaluation.streams import keyed_stream


def expected_online_performance(
    values: NDArray, budgets: Sequence[int], replacement: bool = True
) -> NDArray[np.float64]:
    """E[max of n values], n configurations being drawn uniformly from those that were tried.

    With v(1) ≤ … ≤ v(N): Σ v(i) · ((i/N)ⁿ − ((i − 1)/N)ⁿ) with replacement (Dodge et al. 2019, arXiv 1909.03004;
    Kurenkov and Kolesnikov 2022, arXiv 2110.04156), and Σ v(i) · C(i − 1, n − 1) / C(N, n) without, which is unbiased
    (Tang et al. 2020, arXiv 2004.13705).

    Args:
        values: [..., configurations] the score of each, the mean over its seeds.
        budgets: [budgets] how many configurations may be tried; without replacement, at most all of them.
        replacement: whether one configuration can be drawn twice.

    Returns:
        [..., budgets].

    Raises:
        UsageError: no values, values that are not finite, or budgets that are not whole numbers from 1.

    >>> expected_online_performance(np.array([0.0, 10.0]), [1, 2]).tolist()  # both, 0 and 0: 10 · ¾
    [5.0, 7.5]
    >>> expected_online_performance(np.array([0.0, 10.0]), [1, 2], replacement=False).tolist()
    [5.0, 10.0]
    """
    scores = _checked(values)
    count = scores.shape[-1]
    sizes = _checked_budgets(budgets, np.inf if replacement else count)
    return np.sort(scores, -1) @ np.diff(_share_below(count, sizes, replacement), axis=0)


def ranked_online_performance(values: NDArray, estimated: NDArray, budgets: Sequence[int]) -> NDArray[np.float64]:
    """[budgets] the best of the n configurations that offline estimates put first, one value a configuration.

    Ties of the estimates are broken against the method: the worse configuration comes first.
    """
    scores = _checked(values)
    ahead = _checked(estimated)
    if scores.ndim != 1 or scores.shape != ahead.shape:
        raise UsageError("Values and estimates must be one number a configuration each.")
    sizes = _checked_budgets(budgets, len(scores))
    best_first = scores[np.lexsort((scores, -ahead))]
    return np.maximum.accumulate(best_first)[sizes - 1]


def performance_band(
    values: NDArray, budgets: Sequence[int], replacement: bool = True, resamples: int = CURVE_RESAMPLES
) -> Band:
    """Expected Online Performance with a simultaneous band: configurations are drawn anew, and seeds inside each.

    The band says how far another search of the same size would end, not how sure the best configuration is: no
    resample exceeds the best value that was seen.

    Args:
        values: [configurations, seeds].
        budgets: [budgets].
        replacement: as in `expected_online_performance`.
        resamples: how often.
    """
    scores = _checked(values)
    if scores.ndim != 2:
        raise UsageError("Values must be a matrix [configurations, seeds].")
    stream, (count, seeds) = keyed_stream("expected online performance"), scores.shape
    chosen = stream.integers(0, count, (resamples, count, 1))
    drawn = scores[chosen, stream.integers(0, seeds, (resamples, count, seeds))].mean(-1)
    curves = expected_online_performance(drawn, budgets, replacement)
    return sup_t_band(
        expected_online_performance(scores.mean(1), budgets, replacement), curves, scores.mean(1)[:, None]
    )


def _share_below(count: int, budgets: NDArray, replacement: bool) -> NDArray[np.float64]:
    """[configurations + 1, budgets] the probability that all n drawn are among the i worst, i = 0 … N."""
    worst = np.arange(count + 1)[:, None]
    if replacement:
        return (worst / count) ** budgets
    steps = np.arange(budgets.max())[None, None]  # C(i, n) / C(N, n) = Π (i − k) / (N − k), k = 0 … n − 1
    factors = np.maximum(worst[..., None] - steps, 0) / (count - steps)
    return np.take_along_axis(np.cumprod(factors, -1), np.broadcast_to(budgets - 1, (count + 1, 1, len(budgets))), -1)[
        :, 0
    ]


def _checked(values: NDArray) -> NDArray[np.float64]:
    scores = np.asarray(values, np.float64)
    if scores.size == 0 or not np.isfinite(scores).all():
        raise UsageError("The values of configurations must be finite numbers, at least one.")
    return scores


def _checked_budgets(budgets: Sequence[int], most: float) -> NDArray[np.int64]:
    sizes = np.asarray(budgets)
    if sizes.ndim != 1 or sizes.size == 0 or sizes.dtype.kind not in "iu" or sizes.min() < 1 or sizes.max() > most:
        upper = "" if most == np.inf else f" to {int(most)}, the configurations there are"
        raise UsageError(f"Budgets must be whole numbers from 1{upper}.")
    return sizes.astype(np.int64)
