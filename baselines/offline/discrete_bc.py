"""Behaviour cloning of numbered actions: classify the action by the observation.

    L(π) = −E log softmax(f(s))_a

The policy takes the likeliest action. Sizes and optimiser are those that the authors of discrete BCQ use on small
observations (arXiv 1910.01708): two hidden layers of 256, Adam 3e-4.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.discrete import of_actions
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.bc import BCConfig
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


def loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: BCConfig
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    value = -of_actions(networks.actor(batch.observations).log_softmax(-1), batch.actions).mean()
    return value, {"loss": value}


@BASELINES.register("discrete-bc")
class DiscreteBC(OfflineAlgorithm[BCConfig]):
    """Behaviour cloning with a policy over numbered actions."""

    name = "discrete-bc"
    head = "argmax"
    columns = ("observations", "actions")
    presets: ClassVar[Mapping[str, BCConfig]] = {
        "published": BCConfig(),
        "small": BCConfig(hidden=(128, 128), learning_rate=1e-3),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Settings of the authors of discrete BCQ."),
        "small": Tuning(1, 0, "The learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        actor = MLP((observation_size, *self.config.hidden, action_size))
        return Learner({"actor": actor}, (Update("actor", loss),))
