"""Demonstrations of mixed quality: completions of items, right and wrong in the ways of learners, with their scores.

Offline learning from logged completions needs more than gold: each item gets one completion, of a kind that its own
stream draws. What it earns is what the item's verifier says.
"""

import re
from collections.abc import Sequence
from itertools import cycle
from random import Random

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.verifiers.answers import written
from gnomon.datasets.problems import Example
from gnomon.errors import UsageError

FARTHEST = 6  # pixels by which a place is off


def mixed_demonstrations(items: Sequence[Item], seed: int) -> list[Example]:
    """One example an item; the same ones for the same items and seed.

    Args:
        items: two or more, with answers on a line of their own.
        seed: another one draws other kinds.

    Raises:
        UsageError: there are fewer than two items, so that no other has an answer to be mistaken.
    """
    if len(items) < 2:
        raise UsageError(f"There are {len(items)} items; give two or more, as wrong answers are those of others.")
    completions = [_completion(items, place, seed) for place in range(len(items))]
    scores = score_completions(completions, items).values.tolist()
    return [Example(*example) for example in zip(items, completions, scores, strict=True)]


def _completion(items: Sequence[Item], place: int, seed: int) -> str:
    """Of the item at a place: its solution, its answer alone, another's answer, or its own a few pixels off."""
    item = items[place]
    stream = Random(seed_of("collect", f"demonstrations/{item.id}", seed))  # noqa: S311  # no secret is drawn
    other = items[(place + stream.randint(1, len(items) - 1)) % len(items)]
    kinds = [item.solution, item.answer, written(other.answer)]
    return stream.choice([*kinds, written(_moved(item.answer, stream))] if "," in item.answer else kinds)


def _moved(answer: str, stream: Random) -> str:
    """A place or boxes, all moved by up to `FARTHEST` pixels to one side, and up or down."""
    moves = cycle([stream.randint(-FARTHEST, FARTHEST), stream.randint(-FARTHEST, FARTHEST)])
    return re.sub("[0-9]+", lambda number: str(max(int(number[0]) + next(moves), 0)), answer)
