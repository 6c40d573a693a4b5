"""A division of things between two parties that value them differently, and what is best for both in closed form."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

import numpy as np

KINDS = "lamp book hat ball cup".split()
TOTAL = 20  # what all things together are worth to each party

Shares = Mapping[str, int]  # kind → how many a party keeps


class Division(NamedTuple):
    """What is divided: kind → how many there are, and what one is worth to each of the two parties."""

    counts: Mapping[str, int]
    values: tuple[Mapping[str, int], Mapping[str, int]]

    def rest(self, kept: Shares) -> dict[str, int]:
        """What the other party gets."""
        return {kind: count - kept[kind] for kind, count in self.counts.items()}

    def worth(self, party: int, kept: Shares) -> int:
        """What shares are worth to a party, 0 to 20."""
        return sum(self.values[party][kind] * number for kind, number in kept.items())

    @property
    def best_total(self) -> int:
        """The most that both can have together: every kind goes to whom it is worth more.

        Worth is additive, so the sum over both parties is greatest kind by kind: Σ count · max(value, other value).
        """
        one, other = self.values
        return sum(count * max(one[kind], other[kind]) for kind, count in self.counts.items())

    def is_efficient(self, kept: Shares) -> bool:
        """Whether no division is better for one party and no worse for the other (Pareto), if party 0 keeps these."""
        one, other = self.worth(0, kept), self.worth(1, self.rest(kept))
        for shares in every_share(self.counts):
            more, less = self.worth(0, shares), self.worth(1, self.rest(shares))
            if more >= one and less >= other and more + less > one + other:
                return False
        return True


def every_share(counts: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Every way in which one party can keep some of the things.

    >>> [tuple(shares.values()) for shares in every_share({"hat": 1, "cup": 1})]
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    for numbers in product(*(range(count + 1) for count in counts.values())):
        yield dict(zip(counts, numbers, strict=True))


def draw_division(stream: np.random.Generator, kinds: int) -> Division:
    """So many kinds, one to three of each, the first alone; all together are worth 20 to each party."""
    names = KINDS[:kinds]
    counts = {name: 1 if place == 0 else int(stream.integers(1, 4)) for place, name in enumerate(names)}
    return Division(counts, (_values(stream, counts), _values(stream, counts)))


def _values(stream: np.random.Generator, counts: Mapping[str, int]) -> dict[str, int]:
    """Values from 0, drawn until the thing that there is one of can make up the total."""
    first, *others = counts
    while True:
        values = {kind: int(stream.integers(0, 8)) for kind in others}
        rest = TOTAL - sum(counts[kind] * value for kind, value in values.items())
        if 0 <= rest <= TOTAL // 2:
            return {first: rest, **values}
