"""Windows: runs of consecutive steps of one episode, read where they lie; only the batch that is asked for is copied.

| kind                | rows of a window of length L                                  | for                         |
| ------------------- | ------------------------------------------------------------- | --------------------------- |
| `sequences(length)` | L steps that lie inside one episode, from any first step      | n-step returns, Transformers |
| `histories(length)` | the L steps that end at a step; before an episode, no step    | memory, frame stacks         |
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import Columns
from gnomon.errors import UsageError


@dataclass(frozen=True)
class Window:
    """A batch of B windows of L steps."""

    observations: NDArray[np.float32]  # [B, L, observation dimension]
    actions: NDArray[np.float32]  # [B, L, action dimension]
    rewards: NDArray[np.float32]  # [B, L]
    next_observations: NDArray[np.float32]  # [B, L, observation dimension]
    terminated: NDArray[np.bool_]  # [B, L]
    truncated: NDArray[np.bool_]  # [B, L]
    steps: NDArray[np.int64]  # [B, L] number of each step in its episode, from 0
    inside: NDArray[np.bool_]  # [B, L] false before an episode begins; there, its first step is repeated


@dataclass(frozen=True)
class Windows:
    """M windows over memory-mapped columns; `windows[indices]` reads some of them.

    Attributes:
        columns: what is read.
        last: [M] the last transition of each window.
        length: L.
    """

    columns: Columns
    last: NDArray[np.int64]
    length: int

    def __len__(self) -> int:
        return len(self.last)

    def __getitem__(self, indices: NDArray[np.integer] | slice) -> Window:
        last, offsets = self.last[indices], self.columns["offsets"]
        episode = np.searchsorted(offsets, last, side="right") - 1
        first = offsets[episode][:, None]
        asked = last[:, None] + np.arange(1 - self.length, 1)
        row = np.maximum(asked, first)
        return Window(
            observations=self.columns["observations"][row + episode[:, None]],
            next_observations=self.columns["observations"][row + episode[:, None] + 1],
            **{name: self.columns[name][row] for name in ("actions", "rewards", "terminated", "truncated")},
            steps=row - first,
            inside=asked >= first,
        )


def sequences(columns: Columns, length: int) -> Windows:
    """Every run of `length` steps inside one episode; an episode of T steps has T − length + 1.

    Raises:
        UsageError: no episode is so long.
    """
    lengths = np.diff(columns["offsets"])
    if not 1 <= length <= lengths.max():
        raise UsageError(f"The length of a sequence is 1 to {lengths.max()}, the longest episode, not {length}.")
    transition = np.arange(len(columns["rewards"]))
    step = transition - np.repeat(columns["offsets"][:-1], lengths)
    return Windows(columns, transition[step >= length - 1], length)


def histories(columns: Columns, length: int) -> Windows:
    """For each of the N transitions, the `length` steps that end with it.

    Raises:
        UsageError: the length is less than 1.
    """
    if length < 1:
        raise UsageError(f"The length of a history is at least 1, not {length}.")
    return Windows(columns, np.arange(len(columns["rewards"])), length)
