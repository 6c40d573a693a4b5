"""Scores of many completions: a place for each, whatever a verifier does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import get_verifier
from gnomon.errors import UsageError


@dataclass(frozen=True)
class Scores:
    """Scores of completions.

    Attributes:
        values: [completions] float64 in [0, 1]; 0 where the verifier raised an error.
        errors: place of a completion → the error that its verifier raised.
    """

    values: NDArray[np.float64]
    errors: dict[int, str]


def score_completions(
    completions: Sequence[str | None],
    items: Sequence[Item],
    verifier: Callable[[str | None, Item], float] | None = None,
) -> Scores:
    """Score each completion against the item at its place; an error costs its own completion and no other.

    Args:
        completions: what a model wrote; None where it wrote nothing.
        items: as many.
        verifier: scores all of them; the item's own by default.

    Raises:
        UsageError: the lengths differ, or an item names a verifier that does not exist.
    """
    if len(completions) != len(items):
        raise UsageError(f"There are {len(completions)} completions of {len(items)} items; give one for each.")
    functions = [verifier or get_verifier(item.verifier) for item in items]
    values, errors = np.zeros(len(items)), dict[int, str]()
    for place, (score, completion, item) in enumerate(zip(functions, completions, items, strict=True)):
        try:
            values[place] = score(completion, item)
        except Exception as error:  # whatever a foreign verifier raises
            errors[place] = f"{type(error).__name__}: {error}"
    return Scores(values, errors)
