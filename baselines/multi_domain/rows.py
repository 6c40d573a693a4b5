"""The rows of a multi-domain view as the engine draws them: normalised task by task, with the task's number as ones."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gnomon.baselines.engine.data import Rows
from gnomon.datasets.multi_domain import MultiDomain, MultiDomainBatch
from gnomon.errors import UsageError

_SPREAD = 1e-3  # added to the standard deviation, as where one dataset is packed


class MultiDomainRows(Rows):
    """Transitions that stay on the disk until a batch asks for them.

    Attributes:
        view: what is drawn from.
        means: [tasks, O]; with `scales`, observations are (observation − mean) / scale, which leaves 0 where a task has
            no column.
        scales: [tasks, O].
    """

    def __init__(self, view: MultiDomain) -> None:
        """Read all observations once, for their moments.

        Raises:
            UsageError: two datasets are of one task, which would then have two normalisers.
        """
        tasks = [one.task for one in view.descriptors]
        if len(set(tasks)) < len(tasks):
            raise UsageError("Two of the datasets are of one task; join them into one dataset first.")
        super().__init__(torch.empty(0), {})
        self.view = view
        self.means, spreads = view.moments()
        self.scales = spreads + np.float32(_SPREAD)
        self.scales[~np.stack([one.observation_mask for one in view.descriptors])] = 1

    def only(self, datasets: Sequence[str]) -> Self:
        """The same rows, of which those of these datasets alone are drawn, with the weights that they have.

        Raises:
            UsageError: the view has none of them.
        """
        chosen = type(self).__new__(type(self))
        pairs = zip(self.view.descriptors, self.view.weights, strict=True)
        weights = [weight * (one.dataset in datasets) for one, weight in pairs]
        chosen.__dict__.update(self.__dict__, view=self.view.weighted(weights))
        return chosen

    def __len__(self) -> int:
        return len(self.view)

    def chosen(self, words: Tensor) -> Tensor:
        """[..., batch] row numbers of random words, by the weights of the view."""
        return torch.from_numpy(self.view.chosen(words.numpy()))

    def batch(self, numbers: Tensor) -> SimpleNamespace:
        """The transitions of row numbers [batch].

        Returns:
            `observations` [batch, O] normalised, `tasks` [batch, tasks] with a one at the task, `actions` [batch, A],
            `action_mask` [batch, A]; all float32.
        """
        return self.prepared(self.view.batch(numbers.numpy()))

    def prepared(self, found: MultiDomainBatch) -> SimpleNamespace:
        """What `batch` makes of transitions."""
        return SimpleNamespace(
            observations=torch.from_numpy(self.normalised(found.observations, found.numbers)),
            tasks=torch.from_numpy(np.eye(len(self.means), dtype=np.float32)[found.numbers]),
            actions=torch.from_numpy(found.actions),
            action_mask=torch.from_numpy(found.action_mask.astype(np.float32)),
        )

    def normalised(self, observations: NDArray[np.float32], tasks: NDArray[np.int64]) -> NDArray[np.float32]:
        """[batch, …, O] of the tasks [batch]; what a task has not stays 0."""
        shape = (len(tasks), *[1] * (observations.ndim - 2), -1)
        moved = (observations - self.means[tasks].reshape(shape)) / self.scales[tasks].reshape(shape)
        return moved.astype(np.float32)
