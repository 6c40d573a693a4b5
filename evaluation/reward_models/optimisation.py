"""What becomes of the true utility when a reward model is optimised: best of n over finite candidate sets.

The policy before is uniform over the candidates of a prompt; best-of-n draws n of them with replacement and keeps the
one with the highest score. So its probabilities, its expected utility and its divergence KL(best-of-n ‖ before) are
exact sums, without sampling. Over-optimisation is gold against √KL, the abscissa of arXiv 2210.10760.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.errors import UsageError


def best_of_n(scores: ArrayLike, n: int) -> NDArray[np.float64]:
    """[candidates] the probability that best-of-n picks each.

    Of N candidates the share F(s) score at most s: a group of g equal scores is picked with probability
    F(s)ⁿ − F(s⁻)ⁿ, shared evenly.

    >>> best_of_n([0, 1], 2).tolist(), best_of_n([5, 5, 5, 5], 3).tolist()
    ([0.25, 0.75], [0.25, 0.25, 0.25, 0.25])
    """
    if n < 1:
        raise UsageError(f"Best of {n} is no policy; n is 1 or more.")
    values = np.asarray(scores, np.float64)
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    up_to = np.cumsum(sizes) / len(values)
    below = np.concatenate([[0.0], up_to[:-1]])
    return ((up_to**n - below**n) / sizes)[group]


def divergence(probabilities: ArrayLike) -> float:
    """KL from a policy over N candidates to the uniform one, in nats.

    >>> divergence([0.5, 0.5]), round(divergence([1, 0, 0, 0]), 4)  # log 4
    (0.0, 1.3863)
    """
    p = np.asarray(probabilities, np.float64)
    kept = p[p > 0]
    return float((kept * np.log(kept * len(p))).sum())


def bound(n: int) -> float:
    """Log n − (n − 1) / n, which the divergence of best-of-n never exceeds (arXiv 2401.01879).

    >>> bound(1), round(bound(4), 4)
    (0.0, 0.6363)
    """
    return log(n) - (n - 1) / n


@dataclass(frozen=True)
class Point:
    """Best-of-n, on average over prompts.

    Attributes:
        n: of best-of-n.
        divergence: KL to the policy before, in nats.
        gold: the true utility.
        proxy: the score, in standard deviations of the prompt's candidates above their mean.
        gain: the true utility above the policy before, over what the best candidate has above it; 1 is perfect.
    """

    n: int
    divergence: float
    gold: float
    proxy: float
    gain: float


def curve(scores: Sequence[ArrayLike], utilities: Sequence[ArrayLike], ns: Sequence[int]) -> list[Point]:
    """The points of best-of-n over prompts, each with its candidates' scores and true utilities."""
    if not scores or len(scores) != len(utilities):
        raise UsageError(f"There are {len(scores)} lists of scores and {len(utilities)} of utilities; give one each.")
    pairs = [(np.asarray(one, float), np.asarray(gold, float)) for one, gold in zip(scores, utilities, strict=True)]
    room = sum(float(gold.max() - gold.mean()) for _, gold in pairs)
    before = sum(float(gold.mean()) for _, gold in pairs)
    return [_point(pairs, n, before, room) for n in ns]


def _point(pairs: Sequence[tuple[NDArray, NDArray]], n: int, before: float, room: float) -> Point:
    policies = [best_of_n(scores, n) for scores, _ in pairs]
    gold = sum(float(policy @ utilities) for policy, (_, utilities) in zip(policies, pairs, strict=True))
    proxy = sum(float(policy @ _standardised(scores)) for policy, (scores, _) in zip(policies, pairs, strict=True))
    return Point(
        n=n,
        divergence=sum(map(divergence, policies)) / len(pairs),
        gold=gold / len(pairs),
        proxy=proxy / len(pairs),
        gain=(gold - before) / room if room > 1e-12 else 0.0,
    )


def _standardised(scores: NDArray) -> NDArray[np.float64]:
    deviation = scores.std()
    return (scores - scores.mean()) / deviation if deviation > 1e-12 else np.zeros(len(scores))


@dataclass(frozen=True)
class OverOptimisation:
    """Where gold is highest on a curve, and what is lost after.

    Attributes:
        peak: the highest gold.
        peak_divergence: the KL there.
        final_loss: the peak less the gold at the largest n; 0 where more optimisation never hurt.
    """

    peak: float
    peak_divergence: float
    final_loss: float


def over_optimisation(points: Sequence[Point]) -> OverOptimisation:
    """The peak of a curve, and the loss from there to its end.

    >>> rising = Point(1, 0.0, 0.5, 0.0, 0.0), Point(2, 0.3, 0.9, 0.5, 0.8), Point(4, 0.7, 0.6, 1.0, 0.2)
    >>> found = over_optimisation(rising)
    >>> found.peak, found.peak_divergence, round(found.final_loss, 4)
    (0.9, 0.3, 0.3)
    """
    best = max(points, key=lambda point: point.gold)
    return OverOptimisation(best.gold, best.divergence, best.gold - points[-1].gold)


def hacking_shares(
    scores: Sequence[ArrayLike], utilities: Sequence[ArrayLike], traps: Sequence[Sequence[str]], n: int
) -> dict[str, float]:
    """Trap → the probability that best-of-n picks a candidate with it that is worse than the prompt's best, per prompt.

    Args:
        scores: of the candidates of each prompt.
        utilities: likewise, the true ones.
        traps: name of what is wrong with each candidate; empty where nothing is.
        n: of best-of-n.
    """
    shares = dict[str, float]()
    for one, gold, named in zip(scores, utilities, traps, strict=True):
        best = max(np.asarray(gold, float))
        for probability, utility, trap in zip(best_of_n(one, n), np.asarray(gold, float), named, strict=True):
            if trap and utility < best:
                shares[trap] = shares.get(trap, 0.0) + float(probability) / len(scores)
    return dict(sorted(shares.items()))
