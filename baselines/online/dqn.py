"""DQN: Q-learning with a deep network, a replay buffer and a target that is copied now and then (Mnih et al. 2015).

    y     = r + γ (1 − terminated) max_a' Q̄(s', a')
    L(Q)  = E huber(Q(s, a) − y),   huber(x) = x² / 2 up to 1, |x| − 1/2 beyond

(doi 10.1038/nature14236: algorithm 1, and the clipped error of its methods section.) It explores with ε-greedy actions;
ε falls on a line from 1 to 0.05 over the first fifth of the steps. Every fourth environment step makes one pass, and
the target is copied every 500 passes. Learning rate and sizes are for small observations, not for the paper's Atari
screens: they are ours.

The preset `minigrid` looks less far ahead (γ = 0.95). At 0.99 turning on the spot is worth all but a hundredth of going
on, and greedy policies turned: in LavaGapS7 `published` had a return of 0 after 65,000 steps and `small` after 25,000,
`minigrid` 0.67 after 25,000.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.engine.learner import MLP, Draw, Learner, Metrics, Update
from gnomon.baselines.engine.online import OnlineAlgorithm, OnlineConfig
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class DQNConfig(OnlineConfig):
    """Hyper-parameters of DQN."""

    hidden: tuple[int, ...] = (128, 128)
    learning_rate: float = 2.5e-4
    target_rate: float = 1.0
    target_period: int = 500  # passes
    batch_size: int = 128
    environments: int = 4
    passes_per_step: float = 0.25
    random_steps: int = 1000
    exploration_share: float = 0.2  # of the steps, over which ε falls
    least_exploration: float = 0.05


def loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: DQNConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    targets = batch.rewards + config.discount * (1 - batch.terminated) * networks.actor_target(
        batch.next_observations
    ).amax(-1)
    values = networks.actor(batch.observations)
    errors = (values.gather(-1, batch.actions.long()[:, None]).squeeze(-1) - targets).abs()
    inside = errors.clamp(max=1)
    value = (inside * (errors - inside / 2)).mean()
    return value, {"loss": value, "value": values.amax(-1).mean()}


@BASELINES.register("dqn")
class DQN(OnlineAlgorithm[DQNConfig]):
    """Deep Q-network; its network `actor` gives the values of all actions."""

    name = "dqn"
    head = "argmax"
    presets: ClassVar[Mapping[str, DQNConfig]] = {
        "published": DQNConfig(),
        "small": DQNConfig(hidden=(64, 64), learning_rate=1e-3, batch_size=64, random_steps=500, target_period=100),
        "minigrid": DQNConfig(discount=0.95, learning_rate=1e-3, batch_size=64, random_steps=500, target_period=100),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        return Learner(
            networks={"actor": MLP((observation_size, *self.config.hidden, action_size))},
            targets=("actor",),
            updates=(Update("actor", loss, targets=("actor",), targets_every="target_period"),),
        )

    def exploration(self, lanes: int, action_size: int) -> Draw:
        return Draw("uniform", (lanes, 2))

    def explore(self, outputs: "Tensor", drawn: "Tensor", progress: float) -> "Tensor":
        fallen = min(1.0, progress / self.config.exploration_share)
        exploration = 1 + fallen * (self.config.least_exploration - 1)
        uniform = (drawn[:, 1] * outputs.shape[1]).long().clamp(max=outputs.shape[1] - 1)
        return outputs.argmax(1).where(drawn[:, 0] >= exploration, uniform)
