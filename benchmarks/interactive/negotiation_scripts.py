"""Scripts that negotiate: they concede with time, early, late or hardly; and one says anything.

What a conceder wants falls from everything to a least share with time t out of T (Faratin, Sierra and Jennings 1998,
Robotics and Autonomous Systems 24, the polynomial time-dependent tactic): 1 − (1 − least) · (t / T)^(1 / β).
"""

import re

import numpy as np

from gnomon.benchmarks.interactive.division import TOTAL, Shares, every_share
from gnomon.benchmarks.interactive.text import Page

_THINGS = re.compile(r"^Things: (.+)$", re.MULTILINE)
_WORTH = re.compile(r"^Worth of one to you: (.+)$", re.MULTILINE)
_PROPOSED = re.compile(r"The partner proposes that you keep ([a-z0-9= ]+)\.")
_CLOSEST = 0.5  # how much a unit nearer to the partner's proposal weighs against a unit of worth


def written(shares: Shares) -> str:
    """Shares as a command has them.

    >>> written({"hat": 1, "cup": 0})
    'hat=1 cup=0'
    """
    return " ".join(f"{kind}={number}" for kind, number in shares.items())


def _numbers(text: str) -> dict[str, int]:
    return {kind: int(number) for kind, number in (part.split(" ") for part in text.split(", "))}


def problem_of(text: str) -> tuple[dict[str, int], dict[str, int], dict[str, int] | None]:
    """How many things there are, what one is worth, and what the partner proposes to leave, of a page."""
    things, worth, proposed = _THINGS.search(text), _WORTH.search(text), _PROPOSED.search(text)
    assert things is not None
    assert worth is not None
    offer = {part.split("=")[0]: int(part.split("=")[1]) for part in proposed[1].split(" ")} if proposed else None
    return _numbers(things[1]), _numbers(worth[1]), offer


class Conceder:
    """Accepts what is worth what it wants by now; else proposes such a division, near to the partner's proposal."""

    least, beta = 0.3, 1.0

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        counts, worth, offer = problem_of(page.text)
        wanted = TOTAL * (1 - (1 - self.least) * ((page.taken + 1) / page.turns) ** (1 / self.beta))
        if offer is not None and _worth(worth, offer) >= wanted:
            return "accept"
        enough = [shares for shares in every_share(counts) if _worth(worth, shares) >= wanted]
        return f"propose {written(min(enough, key=lambda shares: self._cost(shares, worth, offer)))}"

    def _cost(self, shares: Shares, worth: Shares, offer: Shares | None) -> tuple[float, float]:
        """Things kept that the partner wants, and worth that is given away; ties fall by chance."""
        taken = sum(max(0, number - (offer or {}).get(kind, 0)) for kind, number in shares.items())
        return taken - _CLOSEST * _worth(worth, shares) / TOTAL, self._stream.random()


def _worth(worth: Shares, shares: Shares) -> int:
    return sum(worth[kind] * number for kind, number in shares.items())


class Patient(Conceder):
    """Concedes as much as a conceder, but late."""

    beta = 0.4


class Tough(Conceder):
    """Concedes late, and never below 0.7: it gets more from who concedes, and often no deal from its like."""

    least, beta = 0.7, 0.3


class RandomBargainer:
    """Proposes any division; accepts a proposal one time in ten."""

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        counts, _, offer = problem_of(page.text)
        if offer is not None and self._stream.random() < 0.1:
            return "accept"
        return f"propose {written({kind: int(self._stream.integers(count + 1)) for kind, count in counts.items()})}"
