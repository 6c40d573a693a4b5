"""What the linter looks at: transitions end to end, from whatever format they came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import Manifest
from gnomon.datasets.transforms import keeps_rewards

if TYPE_CHECKING:
    from gnomon.benchmarks.environment import TaskEnvironment


@dataclass(frozen=True)
class Subject:
    """Columns of N transitions; which ones there are depends on the format.

    Attributes:
        name: for messages.
        columns: `observations` and `next_observations` [N, dimension], `actions` [N, dimension], `rewards`,
            `terminated`, `truncated`, `success` [N]; `seeds` [episodes].
        task: where it is known, its action box and simulator are used.
        manifest: where there is one, its claims are checked.
        validation: a second set that must not share episodes with this one.
    """

    name: str
    columns: Mapping[str, NDArray]
    task: ControlTask | None = None
    manifest: Manifest | None = None
    validation: "Subject | None" = field(default=None, repr=False)

    def __getitem__(self, column: str) -> NDArray:
        return self.columns[column]

    def __len__(self) -> int:
        return len(self.columns["actions"])

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """The last row of each episode, by the flags; the last row of the data is one, flagged or not."""
        flags = np.zeros(len(self), bool)
        for name in ("terminated", "truncated"):
            flags |= self.columns.get(name, flags).astype(bool)
        flags[-1] = True
        return np.flatnonzero(flags)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The first row of each episode."""
        return np.concatenate([[0], self.ends[:-1] + 1])

    @cached_property
    def inside(self) -> NDArray[np.int64]:
        """The rows whose successor is in the same episode."""
        return np.setdiff1d(np.arange(len(self)), self.ends)

    @cached_property
    def action_free(self) -> NDArray[np.int64]:
        """The rows of the episodes without actions, where the manifest says that there are such."""
        if self.manifest is None or self.manifest.recipe.get("transform") != "action-free":
            return np.array([], np.int64)
        bare = np.logical_and.reduceat(np.isnan(self["actions"]).all(1), self.starts)
        return np.flatnonzero(np.repeat(bare, self.ends + 1 - self.starts))

    @property
    def rewarded(self) -> bool:
        """Whether its rewards and success flags are meant to be the task's."""
        return self.manifest is None or keeps_rewards(self.manifest)

    @cached_property
    def environment(self) -> "TaskEnvironment | None":
        """The task's environment, made once for all rules; none where the task is not known."""
        return self.task.make() if self.task else None

    def place(self, row: int) -> str:
        """A row as `episode e, step t`."""
        episode = int(np.searchsorted(self.ends, row))
        return f"episode {episode}, step {row - int(self.starts[episode])}"


def subject_of(dataset: Dataset) -> Subject:
    """A dataset of ours as the linter sees it."""
    data, arrays = dataset.columns, dataset.transitions()
    return Subject(
        name=dataset.id,
        columns={
            "observations": arrays.observations,
            "next_observations": arrays.next_observations,
            "actions": arrays.actions,
            "rewards": arrays.rewards,
            "terminated": arrays.terminated,
            "truncated": arrays.truncated,
            "success": np.array(data["success"]),
            "seeds": np.array(data["seeds"]),
        },
        task=dataset.task if dataset.manifest.task else None,
        manifest=dataset.manifest,
    )
