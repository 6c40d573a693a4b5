"""Rows: the data of a file as it lies there, and what the file says of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import DatasetError


@dataclass(frozen=True, kw_only=True)
class Rows:
    """N rows end to end, in the types of the file.

    Attributes:
        columns: `observations`, `actions` [N, dimension], `terminated`, `truncated` [N]; where the file has them,
            `next_observations` [N, dimension], `rewards`, `success` [N], and of the episode that a row is in its number
            `episode` and its `seed` [N]. Flags that a format does not have are false.
        files: what was read.
        changed: sentences on what reading changed or left out.
        ends_hold_no_transition: the last row of an episode is its final observation; its action was never taken.
        missing_cuts: the array that would say where episodes were cut, where the file lacks it.
    """

    columns: Mapping[str, NDArray]
    files: tuple[Path, ...]
    changed: tuple[str, ...] = ()
    ends_hold_no_transition: bool = False
    missing_cuts: str = ""


def with_flags(columns: Mapping[str, NDArray]) -> dict[str, NDArray]:
    """The columns, and false flags where there are none."""
    nowhere = np.zeros(len(columns["actions"]), bool)
    return {"terminated": nowhere, "truncated": nowhere, **columns}


def renamed(arrays: Mapping[str, NDArray], names: Mapping[str, str]) -> dict[str, NDArray]:
    """The arrays whose names are keys of `names`, under the values.

    Raises:
        DatasetError: there are no observations or no actions among them.
    """
    columns = {ours: arrays[theirs] for theirs, ours in names.items() if theirs in arrays}
    for theirs, ours in names.items():
        if ours in ("observations", "actions") and ours not in columns:
            raise DatasetError(f"The data has no array {theirs!r}, so there is nothing to learn from.")
    return columns
