"""The replay buffer: every transition that was collected, in a file that grows with the training and is mapped."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gnomon.baselines.engine.data import STANDARD, Rows


class Replay(Rows):
    """Rows of `STANDARD` in the order of collection; what lies beyond `size` is of no training yet."""

    def __init__(self, path: Path, capacity: int, observation_size: int, action_size: int, keep: bool = False) -> None:
        """Begin a new file, or map that of a training that goes on.

        Args:
            path: of a `.npy` file; its blocks are taken from the disk as they are filled.
            capacity: most rows.
            observation_size: dimension of the observations.
            action_size: dimension of the actions; 0 where an action is one number.
            keep: go on with the file that is there; one of another shape is begun anew.
        """
        widths: dict[str, int] = dict(
            zip(STANDARD, (observation_size, action_size, 0, observation_size, 0), strict=True)
        )
        places, width = _places(widths)
        if keep and path.exists() and np.load(path, mmap_mode="r").shape == (capacity, width):
            self.file: np.memmap = np.lib.format.open_memmap(path, "r+")
        else:
            self.file = np.lib.format.open_memmap(path, "w+", np.float32, (capacity, width))
        super().__init__(torch.from_numpy(self.file), places)
        self.size = 0

    def __len__(self) -> int:
        return self.size

    def add(self, **columns: NDArray) -> None:
        """Append rows, given as the columns of `STANDARD`."""
        count = len(columns["rewards"])
        rows = self.file[self.size : self.size + count]
        for name, place in self.places.items():
            rows[:, place] = columns[name]
        self.size += count

    def flush(self) -> None:
        """Write what was added to the disk."""
        self.file.flush()


def _places(widths: dict[str, int]) -> tuple[dict[str, slice | int], int]:
    """The columns of each name, 0 for one without an axis of its own, and how many there are."""
    places: dict[str, slice | int] = {}
    width = 0
    for name, size in widths.items():
        places[name] = slice(width, width + size) if size else width
        width += max(size, 1)
    return places, width
