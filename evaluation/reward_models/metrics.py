"""Metrics of a reward model against true utilities and true probabilities; a tie of two scores counts half.

Best of four is RewardBench 2's (arXiv 2506.01937), with ties as in its code (allenai/reward-bench): a tie for the first
place is worth the chance of drawing the best one. Calibration is against p*, the probability that the data was labelled
with, not against drawn labels.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.errors import UsageError

BINS = 10


def hits(better: ArrayLike, worse: ArrayLike) -> NDArray[np.float64]:
    """[pairs] 1 where the better one has the higher score, ½ where the scores are equal.

    >>> hits([2, 1, 0], [1, 1, 1]).tolist()
    [1.0, 0.5, 0.0]
    """
    left, right = np.asarray(better, np.float64), np.asarray(worse, np.float64)
    if left.shape != right.shape or left.size == 0:
        raise UsageError(f"There are scores {left.shape} and {right.shape}; give one of each a pair.")
    return (left > right) + 0.5 * (left == right)


def bayes_accuracy(p_star: ArrayLike) -> float:
    """E max(p*, 1 − p*): the accuracy on drawn labels that who knows the truth has, and nobody beats.

    >>> bayes_accuracy([0.75, 0.0])
    0.875
    """
    p = np.asarray(p_star, np.float64)
    return float(np.maximum(p, 1 - p).mean())


def best_of_list(scores: ArrayLike, utilities: ArrayLike) -> float:
    """The chance that a candidate with the highest score, drawn evenly, has the highest utility.

    >>> best_of_list([3, 3, 1, 0], [1, 0, 0, 0]), best_of_list([3, 3, 1, 0], [0, 0, 1, 0])
    (0.5, 0.0)
    """
    proxy, gold = np.asarray(scores, np.float64), np.asarray(utilities, np.float64)
    return float((gold[proxy == proxy.max()] == gold.max()).mean())


def regret(scores: ArrayLike, utilities: ArrayLike) -> float:
    """The utility that is lost by taking a candidate with the highest score, drawn evenly among ties.

    >>> regret([3, 3, 1], [1, 0, 4])
    3.5
    """
    proxy, gold = np.asarray(scores, np.float64), np.asarray(utilities, np.float64)
    return float(gold.max() - gold[proxy == proxy.max()].mean())


def kendall(scores: ArrayLike, utilities: ArrayLike) -> float | None:
    """Kendall's τ-b of scores and utilities; 0 where all scores tie, none where all utilities do.

    >>> round(kendall([1, 2, 3, 4], [1, 2, 4, 3]), 4)  # five of six pairs agree, one does not
    0.6667
    """
    from scipy.stats import kendalltau

    if len(np.unique(utilities)) < 2:
        return None
    return 0.0 if len(np.unique(scores)) < 2 else float(kendalltau(scores, utilities)[0])  # pyright: ignore[reportArgumentType]


def calibration_error(predicted: ArrayLike, p_star: ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error: Σ over bins of predictions of (share) · |mean prediction − mean p*|.

    Args:
        predicted: [pairs] σ(r_first − r_second).
        p_star: [pairs] the true probability that the first is preferred.
        bins: of equal width over [0, 1].

    >>> round(calibration_error([0.95, 0.95, 0.15, 0.05], [0.9, 0.8, 0.15, 0.25]), 4)  # ½ · 0.10 + ¼ · 0 + ¼ · 0.20
    0.1
    """
    p, truth = np.asarray(predicted, np.float64), np.asarray(p_star, np.float64)
    place = np.minimum((p * bins).astype(int), bins - 1)
    gaps = np.bincount(place, p - truth, bins)
    return float(np.abs(gaps).sum() / len(p))


def probability_error(predicted: ArrayLike, p_star: ArrayLike) -> float:
    """Mean |prediction − p*|: 0 only where every single probability is right, which no binning can hide.

    >>> round(probability_error([0.5, 0.5], [0.9, 0.1]), 4)  # calibrated in its bin, and wrong on both
    0.4
    """
    return float(np.abs(np.asarray(predicted, np.float64) - np.asarray(p_star, np.float64)).mean())


def auroc(scores: ArrayLike, positive: ArrayLike) -> float | None:
    """The chance that a positive scores higher than a negative, ties half (Mann and Whitney); none where one lacks.

    >>> auroc([3, 1, 2, 0], [True, True, False, False])  # three of four pairs
    0.75
    """
    from scipy.stats import rankdata

    values, is_positive = np.asarray(scores, np.float64), np.asarray(positive, bool)
    count = int(is_positive.sum())
    if count in (0, len(values)):
        return None
    ranks = rankdata(values)[is_positive].sum()
    return float((ranks - count * (count + 1) / 2) / (count * (len(values) - count)))


def first_error(log_odds: Sequence[float], threshold: float = 0.0) -> int | None:
    """The first step that scores below the threshold; none where no step does.

    >>> first_error([2.0, -1.0, 3.0]), first_error([1.0])
    (1, None)
    """
    return next((place for place, value in enumerate(log_odds) if value < threshold), None)


def first_error_f1(found: Sequence[int | None], true: Sequence[int | None]) -> float | None:
    """Harmonic mean of the accuracy on solutions with an error and on those without (arXiv 2412.06559).

    None where the solutions lack one of the two kinds.

    >>> first_error_f1([1, 0, None], [1, 2, None])  # ½ with an error, 1 without
    0.6666666666666666
    """
    wrong = [guess == truth for guess, truth in zip(found, true, strict=True) if truth is not None]
    right = [guess is None for guess, truth in zip(found, true, strict=True) if truth is None]
    if not wrong or not right:
        return None
    one, other = sum(wrong) / len(wrong), sum(right) / len(right)
    return 2 * one * other / (one + other) if one + other else 0.0
