"""Shaping: rewards for length and repetition that a trainer adds to a verifier's score. They judge no answer.

Their range is not [0, 1], so they are no verifiers, and no leaderboard counts them.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.errors import UsageError


def cosine_length(
    correct: ArrayLike,
    lengths: ArrayLike,
    longest: int,
    right: tuple[float, float] = (0.5, 1.0),
    wrong: tuple[float, float] = (-1.0, -0.5),
) -> NDArray[np.float64]:
    """A reward that a short right answer and a long wrong one have most of (arXiv 2502.03373, CosFn).

    With t the length, T the longest and (a, b) the rewards at t = T and t = 0 of a right answer, at t = 0 and t = T of
    a wrong one:

        low + ½ (high − low) (1 + cos(π t / T)),    right: low, high = a, b;  wrong: low, high = b, a

    Args:
        correct: [completions] whether each is right.
        lengths: [completions] in the unit of `longest`; longer ones count as `longest`.
        longest: where the cosine ends, above 0.
        right: the least and the most reward of a right answer; the defaults are those of the open-r1 package.
        wrong: the same of a wrong answer.

    >>> cosine_length([True, True, False, False], [0, 100, 0, 100], 100).tolist()
    [1.0, 0.5, -1.0, -0.5]
    """
    if longest <= 0:
        raise UsageError(f"longest is {longest}; give the length above 0 where the cosine ends.")
    is_right, share = np.asarray(correct, bool), np.clip(np.asarray(lengths, float) / longest, 0, 1)
    low = np.where(is_right, right[0], wrong[1])
    high = np.where(is_right, right[1], wrong[0])
    return low + 0.5 * (high - low) * (1 + np.cos(np.pi * share))


def group_length(correct: ArrayLike, lengths: ArrayLike) -> NDArray[np.float64]:
    """The length reward of Kimi k1.5 among the completions of one prompt (arXiv 2501.12599, length penalty).

        λ = ½ − (length − shortest) / (longest − shortest);    right: λ;  wrong: min(0, λ);  equal lengths: 0

    Args:
        correct: [completions of one prompt] whether each is right.
        lengths: [completions of one prompt].

    >>> group_length([True, True, False, False], [10, 30, 10, 20]).tolist()
    [0.5, -0.5, 0.0, 0.0]
    """
    is_right, length = np.asarray(correct, bool), np.asarray(lengths, float)
    spread = length.max() - length.min()
    if spread == 0:
        return np.zeros(length.shape)
    reward = 0.5 - (length - length.min()) / spread
    return np.where(is_right, reward, np.minimum(reward, 0))


def repetition(tokens: Sequence[Hashable], size: int = 3, most: float = 1.0) -> float:
    """A penalty from −`most` to 0: the share of n-grams that stood there before (open-r1 package, repetition penalty).

        most · (distinct n-grams / n-grams − 1);    0 with fewer than `size` tokens

    >>> repetition("a b a b a b".split(), size=2)
    -0.6
    >>> repetition("a b c".split(), size=3)
    0.0
    """
    if size < 1:
        raise UsageError(f"size is {size}; an n-gram has one token or more.")
    grams = [tuple(tokens[start : start + size]) for start in range(len(tokens) - size + 1)]
    return most * (len(set(grams)) / len(grams) - 1) if grams else 0.0
