"""A ranking that says how sure it is: intervals of ranks, the probability of being best, and tiers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.comparison import Comparison, Sample, Test, compare, samples
from gnomon.evaluation.statistics import Statistic

ERROR = 0.05  # how often, at most, one of all the statements of a ranking is wrong


@dataclass(frozen=True)
class Ranked:
    """One algorithm in a ranking.

    Attributes:
        value: the statistic that ranks.
        rank: from 1; equal values share one.
        best_rank, worst_rank: one more than the algorithms that are significantly better, and as many as are not
            significantly worse. All intervals of a ranking hold together in 95 % of rankings, at least.
        probability_best: share of bootstrap draws of all algorithms in which this one is best; ties are shared.
        tier: from 1. The best algorithm and all that are not significantly worse than it are tier 1; the best of the
            rest and all that are not significantly worse than it are tier 2; and so on.
    """

    algorithm: str
    value: float
    rank: int
    best_rank: int
    worst_rank: int
    probability_best: float
    tier: int


def ranking(scores: Mapping[str, NDArray], statistic: Statistic, test: Test = "welch") -> list[Ranked]:
    """The algorithms that have at least three seeds, from the best on; equals by name.

    The intervals are those of pairwise tests at Holm's 5 % (Mogstad, Romano, Shaikh and Wilhelm 2024, Review of
    Economic Studies 91(1)): the bootstrap of ranks themselves is too sure where algorithms are nearly equal (Hall
    and Miller 2009, Annals of Statistics 37(6B)). They depend on which algorithms are ranked, as ranks do.

    Args:
        scores: algorithm → [seeds, tasks] on the same tasks.
        statistic: what ranks.
        test: how two algorithms are compared.

    Raises:
        ComparisonError: the algorithms have not run on equally many tasks.
    """
    sign = 1 if statistic.lower_is_better else -1
    drawn = sorted(samples(scores, statistic.compute), key=lambda sample: (sign * sample.value, sample.name))
    worse = _significantly_worse(compare(drawn, statistic.compute, test))
    tiers, best = _tiers([sample.name for sample in drawn], worse), probabilities_best(drawn, sign)
    values = [sign * sample.value for sample in drawn]
    return [
        Ranked(
            algorithm=sample.name,
            value=sample.value,
            rank=1 + sum(value < sign * sample.value for value in values),
            best_rank=1 + sum((other.name, sample.name) in worse for other in drawn),
            worst_rank=len(drawn) - sum((sample.name, other.name) in worse for other in drawn),
            probability_best=best[sample.name],
            tier=tiers[sample.name],
        )
        for sample in drawn
    ]


def probabilities_best(drawn: Sequence[Sample], sign: int) -> dict[str, float]:
    """Algorithm → share of the draws in which sign · statistic is the least of all; ties are shared equally."""
    if not drawn:
        return {}
    values = sign * np.stack([sample.drawn for sample in drawn])
    first = values == values.min(0)
    return {sample.name: float(row.mean()) for sample, row in zip(drawn, first / first.sum(0), strict=True)}


def _significantly_worse(comparisons: Sequence[Comparison]) -> set[tuple[str, str]]:
    """(better, worse), of algorithms that were compared from the best on."""
    return {(pair.algorithm, pair.over) for pair in comparisons if pair.adjusted < ERROR}


def _tiers(ordered: Sequence[str], worse: set[tuple[str, str]]) -> dict[str, int]:
    tiers: dict[str, int] = {}
    rest = list(ordered)
    while rest:
        leader = rest[0]
        tiers |= dict.fromkeys(
            (name for name in rest if (leader, name) not in worse), max(tiers.values(), default=0) + 1
        )
        rest = [name for name in rest if name not in tiers]
    return tiers
