"""ReBRAC: TD3+BC with a penalty in the critic too, larger batches and layer normalisation (arXiv 2305.09836).

    y     = r + γ (1 − terminated) [min_i Q̄_i(s', ã') − β_c |ã' − a'|²],   ã' = clip(π̄(s') + clip(ε, −c, c), −1, 1)
    L(Q)  = Σ_i E (Q_i(s, a) − y)²
    L(π)  = E [β_a |π(s) − a|² − λ min_i Q_i(s, π(s))],   λ = 1 / E |min_i Q_i(s, π(s))|, held constant

a' is the next action of the data; where an episode was cut there is none, and the penalty is 0. |·|² is a sum over the
action dimensions. The actor and the targets move every second pass. Three hidden layers of 256; the critics normalise
after each ReLU; biases begin at 0.1, the last layers within ±10⁻³ (actor) and ±3·10⁻³ (critics). States are not
normalised, but for the near-real tasks (as in `gnomon.baselines.offline.iql`).

The authors chose β_a and β_c for each dataset on its online returns. A configuration here is one a family: for
locomotion, and for tasks that they did not judge, the median of their choices (0.01, 0.01); for Adroit what they chose
most often (0.1, 0.01); for AntMaze and mazes choices from the middle of their tables. The published batch is 1024 for
locomotion; here the protocol sets the batch. `small/maze` is ours: β_a was tried at 0.003, 0.01, 0.1 and 0.4 on one
training of maze/umaze/planner-v1, which is not ranked.
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
class ReBRACConfig:
    """Hyper-parameters of ReBRAC."""

    hidden: tuple[int, ...] = (256, 256, 256)
    actor_learning_rate: float = 1e-3
    critic_learning_rate: float = 1e-3
    discount: float = 0.99
    target_rate: float = 0.005
    target_noise: float = 0.2
    target_noise_clip: float = 0.5
    actor_period: int = 2
    actor_penalty: float = 0.01  # β_a
    critic_penalty: float = 0.01  # β_c
    normalise: bool = False
    reward_scale: float = 1.0


def bootstrap_target(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: ReBRACConfig
) -> "Tensor":
    """Y [batch]."""
    smoothing = (config.target_noise * noise.smoothing).clamp(-config.target_noise_clip, config.target_noise_clip)
    next_actions = (networks.actor_target(batch.next_observations).tanh() + smoothing).clamp(-1, 1)
    distance = (next_actions - batch.next_actions).square().sum(-1) * batch.next_known
    values = networks.critics_target(batch.next_observations, next_actions).amin(0) - config.critic_penalty * distance
    return batch.rewards + config.discount * (1 - batch.terminated) * values


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: ReBRACConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    errors = networks.critics(batch.observations, batch.actions) - bootstrap_target(networks, batch, noise, config)
    loss = errors.square().mean(-1).sum()
    return loss, {"critic loss": loss}


def actor_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: ReBRACConfig
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    actions = networks.actor(batch.observations).tanh()
    values = networks.critics(batch.observations, actions).amin(0)
    penalty = config.actor_penalty * (actions - batch.actions).square().sum(-1)
    loss = (penalty - values / values.detach().abs().mean()).mean()
    return loss, {"actor loss": loss}


@BASELINES.register("rebrac")
class ReBRAC(OfflineAlgorithm[ReBRACConfig]):
    """Revisited behaviour-regularised actor-critic."""

    name = "rebrac"
    columns = ("observations", "actions", "rewards", "next_observations", "terminated", "next_actions", "next_known")
    presets: ClassVar[Mapping[str, ReBRACConfig]] = {
        "published": (published := ReBRACConfig()),
        "published/adroit": replace(published, actor_learning_rate=3e-4, critic_learning_rate=3e-4, actor_penalty=0.1),
        "published/antmaze": (
            antmaze := replace(
                published,
                actor_learning_rate=3e-4,
                critic_learning_rate=5e-5,
                discount=0.999,
                actor_penalty=0.002,
                critic_penalty=0.001,
                reward_scale=100.0,
            )
        ),
        "published/maze": replace(
            published, actor_learning_rate=3e-4, critic_learning_rate=3e-4, actor_penalty=0.003, critic_penalty=0.001
        ),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := replace(published, hidden=(128, 128))),
        "small/antmaze": replace(antmaze, hidden=(128, 128)),
        "small/maze": replace(small, actor_penalty=0.1),
        "small/nearreal": replace(small, normalise=True),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": (foreign := Tuning(1, 0, "Its authors, for each dataset, on D4RL returns.")),
        "small": foreign,
        "small/maze": replace(foreign, configurations=4, online_episodes=None),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        hidden = self.config.hidden
        critics = (observation_size + action_size, *hidden, 1)
        return Learner(
            networks={
                "actor": MLP((observation_size, *hidden, action_size), bias=0.1, last=1e-3),
                "critics": MLP(critics, ensemble=2, is_value=True, layer_norm=True, bias=0.1, last=3e-3),
            },
            targets=("actor", "critics"),
            noise={"smoothing": Draw("normal", (batch_size, action_size))},
            updates=(
                Update("critics", critic_loss, learning_rate="critic_learning_rate"),
                Update(
                    "actor",
                    actor_loss,
                    every="actor_period",
                    targets=("actor", "critics"),
                    learning_rate="actor_learning_rate",
                ),
            ),
        )
