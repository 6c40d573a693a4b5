"""Expected Online Performance over the seeds of one algorithm: the best of n of its policies, each tried online.

Who deploys can train several seeds and keep the policy that does best in the task. The curve says what that is worth,
averaged over datasets; its first point is the mean.
"""

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.bands import CURVE_RESAMPLES, Band, sup_t_band
from gnomon.evaluation.bootstrap import blocks, drawn_from, resample
from gnomon.evaluation.selection.expected_performance import expected_online_performance
from gnomon.evaluation.streams import keyed_stream


def best_of_policies(scores: NDArray, resamples: int = CURVE_RESAMPLES) -> Band:
    """Mean over tasks of E[max of n seeds], n from 1 to all seeds, drawn with replacement, with a simultaneous band.

    The expectation is that of `expected_online_performance` (arXiv 2110.04156), and the band, sup-t over draws of each
    task's seeds, says how far other seeds would have ended; no draw exceeds the best seed that was seen.

    Args:
        scores: [seeds, tasks].
        resamples: how often the seeds are drawn anew.

    >>> best_of_policies(np.array([[0.0], [10.0]])).value.tolist()  # 5, and 10 · ¾
    [5.0, 7.5]
    """
    matrix = np.asarray(scores, np.float64)
    draw, curves = drawn_from(keyed_stream("best of policies")), np.empty((resamples, len(matrix)))
    for block in blocks(resamples):
        curves[block] = _curve(resample(matrix, draw(block.stop - block.start, *matrix.shape)))
    return sup_t_band(_curve(matrix), curves, matrix)


def _curve(scores: NDArray) -> NDArray[np.float64]:
    """[..., n] of scores [..., seeds, tasks]."""
    budgets = range(1, scores.shape[-2] + 1)
    return expected_online_performance(np.swapaxes(scores, -1, -2), budgets).mean(-2)
