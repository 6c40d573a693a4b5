"""Probability of improvement: how often a seed of one algorithm beats a seed of another on the same task."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.bootstrap import blocks, drawn_from
from gnomon.evaluation.intervals import LEAST_UNITS, RESAMPLES, Estimate, interval_estimate
from gnomon.evaluation.streams import keyed_stream

NAME = "probability of improvement"
Pair = tuple[str, str]


def probability_of_improvement(scores: NDArray, others: NDArray) -> NDArray:
    """Mean over tasks of P(X > Y) + ½ P(X = Y) over all pairs of seeds (arXiv 2108.13264, §4.3).

    Args:
        scores: [..., seeds, tasks].
        others: [..., other seeds, tasks].

    Returns:
        [...] in 0 … 1.

    >>> float(probability_of_improvement(np.array([[1.0], [3.0]]), np.array([[2.0], [3.0]])))
    0.375
    """
    return _wins(scores, others).mean((-3, -2)).mean(-1)


def improvements(scores: Mapping[str, NDArray], resamples: int = RESAMPLES) -> dict[Pair, Estimate]:
    """(algorithm, over) → the probability of improvement, of all pairs both ways, with calibrated intervals.

    Each algorithm's draws are its own and shared by all of its pairs: a pair's interval depends on the two alone, and
    the interval of the reversed pair is its mirror image.

    Args:
        scores: algorithm → [seeds, tasks] on the same tasks.
        resamples: how often the seeds of every algorithm are drawn anew.
    """
    drawn = _distributions({name: matrix for name, matrix in scores.items() if len(matrix) >= LEAST_UNITS}, resamples)
    found: dict[Pair, Estimate] = {}
    for one, other in combinations(scores, 2):
        value = float(probability_of_improvement(scores[one], scores[other]))
        row = drawn.get((one, other), np.empty(0))
        estimate = interval_estimate(NAME, value, row, scores[one], scores[other], bounds=(0, 1))
        found |= {(one, other): estimate, (other, one): _reversed(estimate)}
    return found


def _wins(scores: NDArray, others: NDArray) -> NDArray[np.float64]:
    """[..., seeds, other seeds, tasks] 1 for a win, ½ for a tie."""
    mine, theirs = scores[..., :, None, :], others[..., None, :, :]
    return (mine > theirs) + 0.5 * (mine == theirs)


def _distributions(scores: Mapping[str, NDArray], resamples: int) -> dict[Pair, NDArray[np.float64]]:
    """Pair → [resamples]. A resample is how often each seed was drawn: its wins are counts · wins · counts.

    In float32 the products are exact, being multiples of ½ far below 2²³.
    """
    draws = {name: drawn_from(keyed_stream("bootstrap", name)) for name in scores}
    pairs = list(combinations(scores, 2))
    wins = {pair: np.moveaxis(_wins(scores[pair[0]], scores[pair[1]]), -1, 0).astype(np.float32) for pair in pairs}
    found = {pair: np.empty(resamples) for pair in pairs}
    for block in blocks(resamples):
        length = block.stop - block.start
        counts = {name: _counts(draw(length, *scores[name].shape), len(scores[name])) for name, draw in draws.items()}
        for (one, other), matrix in wins.items():
            won = np.einsum("tbn,tbn->bt", counts[one] @ matrix, counts[other])
            found[one, other][block] = (won.astype(np.float64) / matrix[0].size).mean(-1)
    return found


def _counts(drawn: NDArray[np.integer], seeds: int) -> NDArray[np.float32]:
    """[tasks, resamples, seeds] how often each seed was drawn."""
    resamples, _, tasks = drawn.shape
    cells = seeds * np.arange(tasks * resamples).reshape(tasks, resamples, 1)
    places = np.moveaxis(drawn, 2, 0) + cells
    return np.bincount(places.ravel(), minlength=cells.size * seeds).reshape(tasks, resamples, seeds).astype(np.float32)


def _reversed(pair: Estimate) -> Estimate:
    """The same estimate seen from the other side: 1 − p."""
    lower, upper = (None if end is None else 1 - end for end in (pair.upper, pair.lower))
    return replace(pair, value=1 - pair.value, lower=lower, upper=upper)
