"""maj@k: how likely the commonest answer among k samples of an item is right; a tie is shared.

The expectation over all subsets of k of the n samples is computed exactly, by dynamic programming over the answers; no
subset is drawn, and the order of the samples does not matter.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError


def majority_at_k(
    answers: Sequence[Sequence[Hashable | None]], correct: Sequence[Sequence[bool]], k: int
) -> NDArray[np.float64]:
    """The chance that a vote among k samples elects a right answer; a tie of t answers elects each with 1 / t.

    Args:
        answers: [items][n samples] the answer of each sample; None where it gave none, which is no vote.
        correct: [items][n samples] whether it is right; equal answers are equally right.
        k: voters, from 1 to n.

    Returns:
        [items] in [0, 1]; 0 where nobody votes.

    Raises:
        UsageError: shapes differ, k is not from 1 to n, or one answer is right in one sample and wrong in another.

    >>> majority_at_k([["a", "a", "b"]], [[True, True, False]], 2)  # {a, a}: 1; {a, b} twice: a half
    array([0.66666667])
    """
    if len(answers) != len(correct) or any(len(a) != len(c) for a, c in zip(answers, correct, strict=False)):
        raise UsageError("Answers and whether they are right must have one shape: [items][samples].")
    return np.array([_of_item(given, right, k) for given, right in zip(answers, correct, strict=True)])


def _of_item(answers: Sequence[Hashable | None], correct: Sequence[bool], k: int) -> float:
    if not 1 <= k <= len(answers):
        raise UsageError(f"k = {k} voters cannot be chosen from {len(answers)} samples.")
    votes = Counter(answer for answer in answers if answer is not None)
    right = {answer for answer, is_right in zip(answers, correct, strict=True) if is_right and answer is not None}
    wrong = {answer for answer, is_right in zip(answers, correct, strict=True) if not is_right}
    if contrary := right & wrong:
        raise UsageError(f"The answer {next(iter(contrary))!r} is right in one sample and wrong in another.")
    silent = len(answers) - votes.total()
    return sum(_elected(votes, answer, silent, k) for answer in right) / comb(len(answers), k)


def _elected(votes: Counter[Hashable], winner: Hashable, silent: int, k: int) -> float:
    """The number of subsets of k samples that elect `winner`, a tie of t counting 1 / t."""
    others = [count for answer, count in votes.items() if answer != winner]
    total = 0.0
    for most in range(1, min(votes[winner], k) + 1):
        ways = _ways(others, silent, k - most, most)
        shares = 1 / np.arange(1, len(ways) + 1)
        total += comb(votes[winner], most) * float(ways @ shares)
    return total


def _ways(others: Sequence[int], silent: int, draws: int, most: int) -> NDArray[np.float64]:
    """[ties] the ways to draw from the other answers, none more than `most` times, and how many have just `most`."""
    table = np.zeros((draws // most + 1, draws + 1))  # [ties, drawn]
    table[0, : silent + 1] = [comb(silent, drawn) for drawn in range(min(silent, draws) + 1)]
    for count in others:
        before, table = table, table.copy()
        for times in range(1, min(count, most, draws) + 1):
            ways, tied = comb(count, times), int(times == most)
            table[tied:, times:] += ways * before[: len(before) - tied, : draws + 1 - times]
    return table[:, draws]
