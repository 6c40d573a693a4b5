"""TD3+BC: TD3 whose actor is also pulled towards the actions of the dataset (arXiv 2106.06860).

    y     = r + γ (1 − terminated) min_i Q̄_i(s', clip(π̄(s') + clip(ε, −c, c), −1, 1)),   ε ~ N(0, σ²)
    L(Q)  = Σ_i E (Q_i(s, a) − y)²
    L(π)  = −λ E Q_1(s, π(s)) + E (π(s) − a)²,   λ = α / E |Q_1(s, π(s))|, held constant

The actor and the targets move every second pass. The squared error is a mean over batch and action dimensions.
Defaults: table 3 of the paper, tuned by its authors on D4RL returns. AntMaze: rewards minus 1, as in CORL (arXiv
2210.07105).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Draw, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class TD3BCConfig:
    """Hyper-parameters of TD3+BC."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005  # Polyak rate of the targets
    target_noise: float = 0.2  # σ
    target_noise_clip: float = 0.5  # c
    actor_period: int = 2  # passes for each step of the actor
    alpha: float = 2.5
    normalise: bool = True
    reward_shift: float = 0.0


def bootstrap_target(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: TD3BCConfig
) -> "Tensor":
    """Y [batch]: at `terminated` the reward alone; at `truncated` the value goes on."""
    smoothing = (config.target_noise * noise.smoothing).clamp(-config.target_noise_clip, config.target_noise_clip)
    next_actions = (networks.actor_target(batch.next_observations).tanh() + smoothing).clamp(-1, 1)
    next_values = networks.critics_target(batch.next_observations, next_actions).amin(0)
    return batch.rewards + config.discount * (1 - batch.terminated) * next_values


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: TD3BCConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    errors = networks.critics(batch.observations, batch.actions) - bootstrap_target(networks, batch, noise, config)
    loss = errors.square().mean(-1).sum()
    return loss, {"critic loss": loss}


def actor_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: TD3BCConfig
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    actions = networks.actor(batch.observations).tanh()
    values = networks.critics.member(0)(batch.observations, actions)
    weight = config.alpha / values.detach().abs().mean()
    loss = -weight * values.mean() + (actions - batch.actions).square().mean()
    return loss, {"actor loss": loss}


@BASELINES.register("td3-bc")
class TD3BC(OfflineAlgorithm[TD3BCConfig]):
    """TD3 plus behaviour cloning."""

    name = "td3-bc"
    presets: ClassVar[Mapping[str, TD3BCConfig]] = {
        "published": TD3BCConfig(),
        "published/antmaze": TD3BCConfig(reward_shift=-1.0),
        "small": (small := TD3BCConfig(hidden=(128, 128), learning_rate=1e-3)),
        "small/antmaze": replace(small, reward_shift=-1.0),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, on D4RL returns."),
        "small": Tuning(2, 360, "Its authors, on D4RL returns."),  # docs/decisions/small-presets.md
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        hidden, by_hand = self.config.hidden, "gnomon.baselines.gradients.td3_bc:"
        return Learner(
            networks={
                "actor": MLP((observation_size, *hidden, action_size)),
                "critics": MLP((observation_size + action_size, *hidden, 1), ensemble=2, is_value=True),
            },
            targets=("actor", "critics"),
            noise={"smoothing": Draw("normal", (batch_size, action_size))},
            updates=(
                Update("critics", critic_loss, by_hand + "critic_gradient"),
                Update(
                    "actor", actor_loss, by_hand + "actor_gradient", every="actor_period", targets=("actor", "critics")
                ),
            ),
        )
