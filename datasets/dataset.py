"""A dataset that is on disk: its manifest, its task, and its data as arrays or tensors."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask, Episode
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets import columns, minari_file, windows
from gnomon.datasets.columns import Columns
from gnomon.datasets.manifest import Manifest
from gnomon.datasets.windows import Windows
from gnomon.errors import DatasetError, UsageError
from gnomon.files import hash_arrays

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Transitions:
    """N transitions in the order of collection. No transition crosses an episode.

    A value ends at `terminated` only; at `truncated` the true next observation is there to bootstrap from.
    """

    observations: NDArray[np.float32]  # [N, observation dimension]
    actions: NDArray[np.float32]  # [N, action dimension]
    rewards: NDArray[np.float32]  # [N]
    next_observations: NDArray[np.float32]  # [N, observation dimension]
    terminated: NDArray[np.bool_]  # [N]
    truncated: NDArray[np.bool_]  # [N]

    def __len__(self) -> int:
        return len(self.rewards)


@dataclass(frozen=True)
class Dataset:
    """A finished dataset folder."""

    path: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def task(self) -> ControlTask:
        """The task; imported data may have none, which raises DatasetError."""
        if self.manifest.task is None:
            raise DatasetError(f"{self.id} was imported without a task; name one with: gnomon datasets import --task")
        return TASKS[self.manifest.task]

    @cached_property
    def columns(self) -> Columns:
        """The memory-mapped column store (see `gnomon.datasets.columns`); made again when it was deleted.

        Raises:
            DatasetError: its shapes are not what the manifest says.
        """
        folder = self.path / "columns"
        if not folder.exists():
            columns.save(self._stored(), folder)
        try:
            loaded = columns.load(folder)
        except (OSError, ValueError, KeyError) as error:
            raise DatasetError(f"The columns of {self.id} in {folder} cannot be read ({error}). {_CURE}") from error
        if (len(loaded["rewards"]), len(loaded["seeds"])) != (
            self.manifest.transitions,
            self.manifest.episodes,
        ):
            raise DatasetError(f"The columns of {self.id} do not have the size that the manifest says. {_CURE}")
        return loaded

    def holding(self, data: Columns) -> "Dataset":
        """A dataset in memory that holds some of this one's episodes, under the same manifest."""
        view = Dataset(self.path, self.manifest)
        view.__dict__["columns"] = data  # in place of what the cached property would read
        return view

    def transitions(self) -> Transitions:
        """All transitions as arrays."""
        data, row = self.columns, columns.transition_rows(self.columns)
        return Transitions(
            observations=data["observations"][row],
            actions=np.array(data["actions"]),
            rewards=np.array(data["rewards"]),
            next_observations=data["observations"][row + 1],
            terminated=np.array(data["terminated"]),
            truncated=np.array(data["truncated"]),
        )

    def sequences(self, length: int) -> Windows:
        """Every run of `length` steps inside one episode, read when indexed (see `gnomon.datasets.windows`)."""
        return windows.sequences(self.columns, length)

    def histories(self, length: int) -> Windows:
        """For each transition the `length` steps that end with it (see `gnomon.datasets.windows`)."""
        return windows.histories(self.columns, length)

    def to_torch(self, device: str = "cpu") -> "dict[str, torch.Tensor]":
        """All transitions as tensors on a device, under the names of `Transitions`.

        Raises:
            UsageError: there is no such device here.
        """
        import torch

        arrays = self.transitions()
        try:
            torch.empty(0, device=device)
        except (RuntimeError, AssertionError) as error:  # what PyTorch raises for an unknown or an absent device
            raise UsageError(
                f"There is no device {device!r} here; use cpu, or see torch.cuda.is_available()."
            ) from error
        return {field.name: torch.from_numpy(getattr(arrays, field.name)).to(device) for field in fields(arrays)}

    def to_d4rl(self) -> dict[str, NDArray]:
        """All transitions under the names of `d4rl.qlearning_dataset` (see `gnomon.datasets.formats.d4rl`)."""
        from gnomon.datasets.formats.d4rl import to_d4rl

        return to_d4rl(self)

    def episodes(self) -> Iterator[Episode]:
        """The episodes in order, as views of the memory-mapped columns."""
        yield from columns.to_episodes(self.columns)

    def verify(self) -> None:
        """Recompute the content hash from the HDF5 file and from the column store.

        Raises:
            DatasetError: either is not the manifest's.
        """
        self._check("HDF5 file", self._stored())
        self.verify_columns()

    def verify_columns(self) -> None:
        """Recompute the content hash of the column store, which is what training reads; milliseconds a megabyte.

        Raises:
            DatasetError: it is not the manifest's.
        """
        self._check("column store", self.columns)

    def _stored(self) -> Columns:
        try:
            return minari_file.read(self.path)
        except (OSError, KeyError, ValueError) as error:
            raise DatasetError(f"{self.path / minari_file.DATA} cannot be read ({error}). {_CURE}") from error

    def _check(self, name: str, data: Columns) -> None:
        if hash_arrays(data) != self.manifest.content_hash:
            raise DatasetError(f"The {name} of {self.id} does not have the content hash of its manifest. {_CURE}")


_CURE = "Delete the folder and make it again."
