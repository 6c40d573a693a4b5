"""Behaviour cloning: regress the action on the observation.

    L(π) = E (π(s) − a)², over the batch and the action dimensions

Adam 3e-4 and two hidden layers of 256 are the settings that TD3+BC's authors use (arXiv 2106.06860, table 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class BCConfig:
    """Hyper-parameters of behaviour cloning."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    normalise: bool = True


def loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: BCConfig
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    value = (networks.actor(batch.observations).tanh() - batch.actions).square().mean()
    return value, {"loss": value}


@BASELINES.register("bc")
class BC(OfflineAlgorithm[BCConfig]):
    """Behaviour cloning with a deterministic tanh policy."""

    name = "bc"
    columns = ("observations", "actions")
    presets: ClassVar[Mapping[str, BCConfig]] = {
        "published": BCConfig(),
        "small": BCConfig(hidden=(128, 128), learning_rate=1e-3),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Settings of the authors of TD3+BC."),
        "small": Tuning(1, 0, "The learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        actor = MLP((observation_size, *self.config.hidden, action_size))
        return Learner({"actor": actor}, (Update("actor", loss, "gnomon.baselines.gradients.bc:gradient"),))
