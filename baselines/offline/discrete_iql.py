"""IQL for numbered actions: implicit Q-learning with a softmax policy (arXiv 2110.06169).

    u     = min_i Q̄_i(s, a) − V(s)
    L(V)  = E |τ − 1(u < 0)| u²
    L(π)  = −E min(exp(β u), 100) log softmax(f(s))_a
    L(Q)  = Σ_i E (r + γ (1 − terminated) V(s') − Q_i(s, a))²

One pass is V, π, Q, then the targets, as in `gnomon.baselines.offline.iql`; the policy takes the likeliest action. τ
and β are IQL's for locomotion, 0.7 and 3; sizes and optimiser are its too. Difference: the paper has continuous
actions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.discrete import of_actions
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.iql import MOST_WEIGHT, advantage, value_loss
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class DiscreteIQLConfig:
    """Hyper-parameters of IQL for numbered actions."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    expectile: float = 0.7  # τ
    temperature: float = 3.0  # β
    normalise: bool = True


def target_values(networks: SimpleNamespace, batch: SimpleNamespace) -> "Metrics":
    """min_i Q̄_i(s, a) [batch], which V and π both need."""
    return {"target_values": of_actions(networks.critics_target(batch.observations), batch.actions).amin(0)}


def actor_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: DiscreteIQLConfig
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    weight = (config.temperature * advantage(networks, batch)).exp().clamp(max=MOST_WEIGHT)
    loss = -(weight * of_actions(networks.actor(batch.observations).log_softmax(-1), batch.actions)).mean()
    return loss, {"actor loss": loss}


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: DiscreteIQLConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    targets = batch.rewards + config.discount * (1 - batch.terminated) * networks.value(batch.next_observations)
    values = of_actions(networks.critics(batch.observations), batch.actions)
    loss = (values - targets).square().mean(-1).sum()
    return loss, {"critic loss": loss}


@BASELINES.register("discrete-iql")
class DiscreteIQL(OfflineAlgorithm[DiscreteIQLConfig]):
    """Implicit Q-learning with a policy over numbered actions."""

    name = "discrete-iql"
    head = "argmax"
    presets: ClassVar[Mapping[str, DiscreteIQLConfig]] = {
        "published": (published := DiscreteIQLConfig()),
        "small": replace(published, hidden=(128, 128), learning_rate=1e-3),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "The authors of IQL, on D4RL returns of continuous tasks."),
        "small": Tuning(1, 0, "The authors of IQL; with the learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        inner = (observation_size, *self.config.hidden)
        return Learner(
            networks={
                "value": MLP((*inner, 1), is_value=True),
                "actor": MLP((*inner, action_size)),
                "critics": MLP((*inner, action_size), ensemble=2),
            },
            targets=("critics",),
            shared=target_values,
            updates=(
                Update("value", value_loss),
                Update("actor", actor_loss),
                Update("critics", critic_loss, targets=("critics",)),
            ),
        )
