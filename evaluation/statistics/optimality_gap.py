"""Optimality gap: how far scores stay below the expert's, with nothing gained by exceeding it."""

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.statistics import STATISTICS, Statistic

EXPERT = 100.0


def optimality_gap(scores: NDArray) -> NDArray:
    """100 − mean of min(score, 100), in score points; lower is better (arXiv 2108.13264, §4.3, γ = 100).

    >>> float(optimality_gap(np.array([[50.0, 150.0]])))
    25.0
    """
    reached = np.minimum(scores, EXPERT)
    return EXPERT - reached.reshape(*scores.shape[:-2], -1).mean(-1)


STATISTICS.add(
    "optimality-gap",
    Statistic(
        compute=optimality_gap,
        label="Optimality gap",
        meaning="How many points the runs stay below the expert on average; a score above 100 earns nothing extra.",
        formula="100 − Σ min(score, 100) / n",
        lower_is_better=True,
    ),
)
