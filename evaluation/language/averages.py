"""avg@k of a fixed model and paired differences of two, with intervals over items or over clusters of items.

More samples of one item are not more items, and items of one cluster (a template, or one problem in several wordings)
are not independent (arXiv 2411.00640).
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.errors import UsageError
from gnomon.evaluation.intervals import LEVEL, Bounds, Estimate, item_estimate

SHARE: Bounds = (0.0, 1.0)
DIFFERENCE: Bounds = (-1.0, 1.0)
LEAST_CLUSTERS = 3


def average_at_k(scores: ArrayLike, clusters: Sequence[Hashable] | None = None, bounds: Bounds = SHARE) -> Estimate:
    """The mean score over the samples of each item, then over items.

    Args:
        scores: [items, samples] in [0, 1].
        clusters: [items] which cluster each belongs to; every item is one of its own by default.
        bounds: the range of a score, which the interval stays in.
    """
    matrix = np.asarray(scores, np.float64)
    if matrix.ndim != 2 or matrix.size == 0:
        raise UsageError(f"Scores must be a matrix [items, samples] with at least one of each, not {matrix.shape}.")
    return item_estimate(matrix, bounds) if clusters is None else _clustered(matrix.mean(1), clusters, bounds)


def paired_difference(
    first: ArrayLike,
    second: ArrayLike,
    items: tuple[Sequence[str], Sequence[str]],
    clusters: Sequence[Hashable] | None = None,
) -> Estimate:
    """How much higher the first model's mean score is on the same items (arXiv 2411.00640, paired differences).

    Args:
        first: [items, samples] scores of the first model.
        second: [items, samples] scores of the second; it may have another number of samples.
        items: ids of the items of both, which must agree.
        clusters: as in `average_at_k`.
    """
    if list(items[0]) != list(items[1]):
        raise UsageError(
            "The two models were not asked the same items in the same order; pair their common items first."
        )
    one, other = (np.asarray(scores, np.float64).mean(1, keepdims=True) for scores in (first, second))
    if len(one) != len(items[0]) or len(other) != len(one):
        raise UsageError(f"There are {len(items[0])} items, and scores of {len(one)} and {len(other)}.")
    return average_at_k(one - other, clusters, DIFFERENCE)


def _clustered(values: NDArray[np.float64], clusters: Sequence[Hashable], bounds: Bounds) -> Estimate:
    """Student's interval with the cluster-robust standard error, G clusters, G − 1 degrees of freedom.

    SE² = G / (G − 1) · Σ over clusters of (Σ over its items of (value − mean))² / n² (arXiv 2411.00640, clustered
    standard errors, with the usual correction for few clusters).
    """
    from scipy.special import stdtrit

    if len(clusters) != len(values):
        raise UsageError(f"There are {len(values)} items and {len(clusters)} clusters of items; name one an item.")
    names = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}
    sums = np.bincount([names[cluster] for cluster in clusters], values - values.mean())
    count, mean = len(sums), float(values.mean())
    reach = float(
        np.sqrt(count / max(count - 1, 1) * np.sum(sums**2)) / len(values) * stdtrit(count - 1, (1 + LEVEL) / 2)
    )
    if count < LEAST_CLUSTERS or reach < 1e-9:  # too few to say, or all agree, which is no certainty
        return Estimate("mean", mean, None, None, "clustered Student", count, "clusters")
    ends = max(mean - reach, bounds[0]), min(mean + reach, bounds[1])
    return Estimate("mean", mean, *ends, "clustered Student", count, "clusters")
