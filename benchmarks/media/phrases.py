"""Phrases for the things of a scene: a kind (`small red disc`), and the one of a kind at a place (`leftmost`)."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from gnomon.benchmarks.media.scenes import Thing

PLACES = {  # what can be said of a thing among others → its sort key: the least is meant
    "leftmost": lambda thing: thing.x,
    "rightmost": lambda thing: -thing.x,
    "uppermost": lambda thing: thing.y,
    "lowest": lambda thing: -thing.y,
}
MARGIN = 4  # pixels from the first to the next; more than radii differ, so that centres and edges have one order


class Kind(NamedTuple):
    """What is said of a thing; empty where nothing is.

    >>> str(Kind("small", "", "disc")), str(Kind("", "red", ""))
    ('small disc', 'red thing')
    """

    size: str
    colour: str
    shape: str

    def fits(self, thing: Thing) -> bool:
        """Whether all that is said is true of the thing."""
        return all(said in ("", own) for said, own in zip(self, thing, strict=False))

    def __str__(self) -> str:
        return " ".join(filter(None, (self.size, self.colour, self.shape or "thing")))


def draw_kind(stream: Random, properties: Sequence[str], said: int) -> Kind:
    """So many of size, colour and shape."""
    spoken = stream.sample(range(3), said)
    return Kind(*(properties[place] if place in spoken else "" for place in range(3)))


def fitting(scene: Sequence[Thing], kind: Kind, place: str) -> list[Thing]:
    """The things of a kind, the one at the place first."""
    things = [thing for thing in scene if kind.fits(thing)]
    return sorted(things, key=PLACES[place]) if place else things


def is_clear(things: Sequence[Thing], place: str) -> bool:
    """Whether the first of two or more things, in the order of a place, is ahead of the next by `MARGIN`."""
    keys = [PLACES[place](thing) for thing in things]
    return len(keys) > 1 and keys[1] - keys[0] >= MARGIN
