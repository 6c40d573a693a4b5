"""Behaviour cloning: regress the action on the observation.

    L(π) = E (π(s) − a)², over the batch and the action dimensions

Adam 3e-4 and two hidden layers of 256 are the settings that TD3+BC's authors use (arXiv 2106.06860, table 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Budget, OnCheckpoint
from gnomon.baselines.registry import BASELINES
from gnomon.datasets.dataset import Dataset

if TYPE_CHECKING:
    from gnomon.benchmarks.policy_file import NetworkPolicy


@dataclass(frozen=True)
class BCConfig:
    """Hyper-parameters of behaviour cloning."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4


@BASELINES.register("bc")
class BC:
    """Behaviour cloning with a deterministic tanh policy."""

    name = "bc"
    presets: ClassVar[Mapping[str, BCConfig]] = {
        "published": BCConfig(),
        "small": BCConfig(hidden=(128, 128), learning_rate=1e-3),
    }

    def __init__(self, config: BCConfig = BCConfig()) -> None:
        self.config = config

    def train(
        self, dataset: Dataset, seeds: Sequence[int], budget: Budget, on_checkpoint: OnCheckpoint
    ) -> "list[NetworkPolicy]":
        from gnomon.baselines import networks
        from gnomon.baselines.preparation import prepare

        data = prepare(dataset)
        streams = networks.streams(seeds)
        sizes = (data.observations.shape[1], *self.config.hidden, data.actions.shape[1])
        actor = networks.multilayer_perceptron(sizes, streams)
        optimizer = networks.Adam(networks.parameters(actor), self.config.learning_rate)

        for update in range(1, budget.updates + 1):
            rows = networks.batch_indices(len(data.actions), budget.batch_size, streams)
            predicted = networks.forward(actor, data.observations[rows]).tanh()
            losses = (predicted - data.actions[rows]).square().mean((1, 2))  # one a seed
            optimizer.descend(losses.sum())
            if update % 1000 == 0 or update == budget.updates:
                on_checkpoint(update, {"loss": losses.tolist()})
        return data.policies(actor)
