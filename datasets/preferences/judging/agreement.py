"""How far a judge agrees with itself: Cohen's κ, Krippendorff's α, and what the order of the answers does."""

from collections import Counter
from collections.abc import Sequence

import numpy as np


def cohen_kappa(one: Sequence[int], other: Sequence[int]) -> float | None:
    """Cohen's κ = (p_o − p_e) / (1 − p_e) of two labellings of the same units (Cohen 1960, Educ. Psychol. Meas. 20).

    None where chance alone agrees always: both have one label, or there are no units.

    >>> round(cohen_kappa([1] * 20 + [1] * 5 + [0] * 10 + [0] * 15, [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15), 4)
    0.4
    """
    n = len(one)
    counts, others = Counter(one), Counter(other)
    by_chance = sum(counts[label] * others[label] for label in counts) / n**2 if n else 1.0
    if by_chance == 1.0:
        return None
    agreed = sum(left == right for left, right in zip(one, other, strict=True)) / n
    return (agreed - by_chance) / (1 - by_chance)


def krippendorff_alpha(units: Sequence[Sequence[float]]) -> float | None:
    """Krippendorff's α = 1 − D_o / D_e of values on an interval scale (Krippendorff 2011, Computing α-Reliability).

    D_o is the mean squared difference of two values of one unit, each unit weighted by how many values it has; D_e that
    of any two values of all units that have at least two.

    Args:
        units: the values that each unit was given, by however many judges or votes.

    Returns:
        At most 1; none where no unit has two values, or all values are equal.
    """
    paired = [np.asarray(unit, np.float64) for unit in units if len(unit) > 1]
    values = np.concatenate(paired) if paired else np.empty(0)
    expected = _squared_differences(values) / (len(values) * (len(values) - 1)) if len(values) else 0.0
    if expected == 0.0:
        return None
    observed = sum(_squared_differences(unit) / (len(unit) - 1) for unit in paired) / len(values)
    return float(1 - observed / expected)


def _squared_differences(values: np.ndarray) -> float:
    """Σ over ordered pairs of (x − y)², which is 2 n Σ (x − mean)²."""
    return float(2 * len(values) * np.square(values - values.mean()).sum())
