"""What several baselines do with a dataset before, and with a network after training."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gnomon.baselines.networks import Layers
from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.datasets.columns import has_actions
from gnomon.datasets.dataset import Dataset
from gnomon.errors import DatasetError


@dataclass(frozen=True)
class Prepared:
    """A dataset as tensors: observations normalised, actions in −1 … 1.

    Normalisation is (observation − mean) / (standard deviation + 10⁻³) over the dataset, as in TD3+BC (arXiv
    2106.06860, §5).
    """

    observations: Tensor  # [N, observation dimension]
    actions: Tensor  # [N, action dimension]
    rewards: Tensor  # [N]
    next_observations: Tensor  # [N, observation dimension]
    terminated: Tensor  # [N] float, 0 or 1
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]

    def policies(self, actor: Layers) -> list[NetworkPolicy]:
        """One policy a seed, with the normaliser inside."""
        return [self._policy(actor, seed) for seed in range(len(actor[0][0]))]

    def _policy(self, actor: Layers, seed: int) -> NetworkPolicy:
        arrays = [(weight[seed].detach().numpy(), bias[seed, 0].detach().numpy()) for weight, bias in actor]
        weights, biases = zip(*arrays, strict=True)
        return NetworkPolicy(self.mean, self.scale, weights, biases, self.low, self.high)


def prepare(dataset: Dataset) -> Prepared:
    """Read a dataset and normalise it.

    Raises:
        DatasetError: some of its episodes are without their actions.
    """
    if not has_actions(dataset.columns).all():
        raise DatasetError(f"{dataset.id} has episodes without their actions, which this algorithm would learn from.")
    box = dataset.task.make().action_box
    data = dataset.transitions()
    mean = data.observations.mean(0, dtype=np.float64).astype(np.float32)
    scale = (data.observations.std(0, dtype=np.float64) + 1e-3).astype(np.float32)
    return Prepared(
        observations=torch.from_numpy((data.observations - mean) / scale),
        actions=torch.from_numpy(2 * (data.actions - box.low) / (box.high - box.low) - 1),
        rewards=torch.from_numpy(data.rewards),
        next_observations=torch.from_numpy((data.next_observations - mean) / scale),
        terminated=torch.from_numpy(data.terminated.astype(np.float32)),
        mean=mean,
        scale=scale,
        low=box.low,
        high=box.high,
    )
