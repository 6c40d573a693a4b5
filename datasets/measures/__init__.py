"""The measures: each file registers functions from a dataset to what it is like, and what a page says about them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import Columns, transition_rows
from gnomon.datasets.dataset import Dataset
from gnomon.registry import Registry

CHUNK = 2**14  # rows; a chunk of forty columns stays in the processor's cache

Value = float | Mapping[str, Any]  # a JSON value: a number, or a few named ones


@dataclass(frozen=True)
class Measure:
    """A measure of a dataset.

    Attributes:
        compute: from a dataset to a finite JSON value; None where the measure does not apply to its task.
        label, meaning, formula: heading, sentences and formula on a page.
        source: the paper that defines it; empty where gnomon does.
    """

    compute: Callable[[Dataset], Value | None]
    label: str
    meaning: str
    formula: str
    source: str = ""


MEASURES: Registry[Measure] = Registry("measure", __name__)


def state_actions(data: Columns) -> Iterator[NDArray[np.float64]]:
    """The rows observation ⊕ action of all N transitions in order, a chunk at a time.

    An episode's final observation is in no row: no action was taken there. A discrete action is one column, its number.
    """
    row, actions = transition_rows(data), data["actions"].reshape(len(data["rewards"]), -1)
    for first in range(0, len(row), CHUNK):
        part = slice(first, first + CHUNK)
        yield np.hstack([data["observations"][row[part]], actions[part]]).astype(np.float64)
