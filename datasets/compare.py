"""What differs between two datasets: how they were made, what they hold, and where the first other number is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import NAMES
from gnomon.datasets.dataset import Dataset

COMPARED = ("task", "origin", "licence", "episodes", "transitions", "gnomon")
MAPPINGS = ("recipe", "statistics", "versions", "platform")


@dataclass(frozen=True)
class Difference:
    """One thing that two datasets do not have in common."""

    what: str
    first: str
    second: str


def differences(first: Dataset, second: Dataset) -> list[Difference]:
    """Every difference of the manifests, then of the columns; none where the datasets are the same.

    NaN is equal to NaN here, as it is in the content hash.
    """
    return [*_of_manifests(first, second), *_of_columns(first, second)]


def _of_manifests(first: Dataset, second: Dataset) -> Iterator[Difference]:
    one, other = first.manifest, second.manifest
    for name in COMPARED:
        if getattr(one, name) != getattr(other, name):
            yield Difference(name, str(getattr(one, name)), str(getattr(other, name)))
    for name in MAPPINGS:
        yield from _of_mappings(name, getattr(one, name), getattr(other, name))


def _of_mappings(name: str, one: Mapping[Any, Any], other: Mapping[Any, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys([*one, *other]):
        if one.get(key) != other.get(key):
            yield Difference(f"{name} {key}", str(one.get(key, "–")), str(other.get(key, "–")))


def _of_columns(first: Dataset, second: Dataset) -> Iterator[Difference]:
    for name in NAMES:
        one, other = first.columns[name], second.columns[name]
        if (one.shape, one.dtype) != (other.shape, other.dtype):
            yield Difference(f"column {name}", f"{one.dtype} {list(one.shape)}", f"{other.dtype} {list(other.shape)}")
        elif len(rows := _unequal_rows(one, other)):
            place, shown = f"row {rows[0]}", (str(np.array(column[rows[0]])) for column in (one, other))
            yield Difference(f"column {name}, {len(rows):,} rows, the first is {place}", *shown)


def _unequal_rows(one: NDArray, other: NDArray) -> NDArray[np.int64]:
    equal = np.equal(one, other)
    if one.dtype.kind == "f":
        equal |= np.isnan(one) & np.isnan(other)
    return np.flatnonzero(~equal.reshape(len(one), -1).all(1))
