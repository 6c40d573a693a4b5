"""What learning online costs after learning offline: regret and dip."""

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError

EXPERT = 100.0
FIRST_SHARE = 0.1  # of the online steps, in which a dip is looked for


def online_regret(scores: NDArray) -> float:
    """Mean over the online training episodes of 1 − score / 100: the share of the expert's score that was given away.

    The cumulative regret of Nakamoto et al. 2023 (Cal-QL, arXiv 2303.05479), with training episodes in place of
    evaluations. Negative where the training beats the expert.

    Args:
        scores: [episodes] of all training episodes.

    >>> online_regret(np.array([0.0, 50.0, 100.0]))
    0.5
    """
    return float((1 - _checked(scores, "training episodes") / EXPERT).mean())


def dip(offline_score: float, steps: NDArray, scores: NDArray, online_steps: int) -> float:
    """Offline score less the lowest score in the first tenth of the online steps; negative where it only rises.

    Args:
        offline_score: before the first online step.
        steps: [evaluations] online steps taken before each evaluation.
        scores: [evaluations].
        online_steps: the budget.

    Raises:
        UsageError: values that are not finite, or no evaluation in the first tenth.

    >>> dip(60.0, np.array([5, 10, 50]), np.array([40.0, 45.0, 10.0]), online_steps=100)
    20.0
    """
    when, what = _checked(steps, "steps"), _checked(scores, "evaluations")
    if when.shape != what.shape or not np.isfinite(offline_score):
        raise UsageError("A dip needs the offline score and one score for each of the steps.")
    early = what[(when > 0) & (when <= FIRST_SHARE * online_steps)]
    if len(early) == 0:
        raise UsageError(
            f"No evaluation lies in the first tenth of the {online_steps} online steps: evaluate more often."
        )
    return float(offline_score - early.min())


def _checked(values: NDArray, kind: str) -> NDArray[np.float64]:
    numbers = np.asarray(values, np.float64)
    if numbers.ndim != 1 or len(numbers) == 0 or not np.isfinite(numbers).all():
        raise UsageError(f"The {kind} must be finite numbers, at least one.")
    return numbers
