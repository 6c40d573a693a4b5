"""AWAC: an actor that imitates the actions of the data, the better ones more (arXiv 2006.09359).

    y     = r + γ (1 − terminated) min_i Q̄_i(s', a'),   a' ~ π(s')
    L(Q)  = Σ_i E (Q_i(s, a) − y)²
    A     = min_i Q_i(s, a) − min_i Q_i(s, ã),   ã ~ π(s)
    L(π)  = −E min(exp(A / λ), 100) log π(a | s)

π is a normal distribution whose mean is a tanh of the network and whose logarithmic standard deviation is a vector in
−5 … 2; its samples are cut off at ±1, and it is judged by its mean. One pass is π, Q, then the targets.

Numbers: those of CORL (arXiv 2210.07105), tuned by its authors on D4RL returns: three hidden layers of 256, λ ⅓ for
locomotion and 0.1 elsewhere, normalised states, AntMaze's rewards minus 1. Differences from the paper: those numbers,
the minimum of the critics in A, weights that are clipped instead of normalised over the batch, and a tanh on the mean,
which CORL leaves without bounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Draw, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.iql import LOG_STD, MOST_WEIGHT, log_likelihood
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.networks import Network


@dataclass(frozen=True)
class AWACConfig:
    """Hyper-parameters of AWAC."""

    hidden: tuple[int, ...] = (256, 256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    temperature: float = 0.1  # λ
    normalise: bool = True
    reward_shift: float = 0.0


def sampled(actor: "Network", observations: "Tensor", noise: "Tensor") -> "Tensor":
    """Actions [batch, dimensions] of π, cut off at ±1."""
    return (actor(observations).tanh() + actor.free.clamp(*LOG_STD).exp() * noise).clamp(-1, 1)


def actor_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: AWACConfig
) -> "tuple[Tensor, Metrics]":
    """L(π); A is held constant."""
    actions = sampled(networks.actor, batch.observations, noise.acting).detach()
    values = networks.critics(batch.observations, batch.actions).amin(0)
    advantage = values - networks.critics(batch.observations, actions).amin(0)
    weight = (advantage / config.temperature).exp().clamp(max=MOST_WEIGHT)
    loss = -(weight * log_likelihood(networks.actor, batch)).mean()
    return loss, {"actor loss": loss, "advantage": advantage.mean()}


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: AWACConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    next_actions = sampled(networks.actor, batch.next_observations, noise.following)
    next_values = networks.critics_target(batch.next_observations, next_actions).amin(0)
    targets = batch.rewards + config.discount * (1 - batch.terminated) * next_values
    loss = (networks.critics(batch.observations, batch.actions) - targets).square().mean(-1).sum()
    return loss, {"critic loss": loss}


@BASELINES.register("awac")
class AWAC(OfflineAlgorithm[AWACConfig]):
    """Advantage-weighted actor-critic."""

    name = "awac"
    presets: ClassVar[Mapping[str, AWACConfig]] = {
        "published": (published := AWACConfig()),
        "published/locomotion": replace(published, temperature=1 / 3),
        "published/antmaze": replace(published, reward_shift=-1.0),
        "small": (small := AWACConfig(hidden=(128, 128), learning_rate=1e-3)),
        "small/locomotion": replace(small, temperature=1 / 3),
        "small/antmaze": replace(small, reward_shift=-1.0),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "The authors of CORL, on D4RL returns."),
        "small": Tuning(
            1, 0, "The authors of CORL, on D4RL returns; with the learning rate that was chosen for TD3+BC."
        ),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        hidden, drawn = self.config.hidden, Draw("normal", (batch_size, action_size))
        return Learner(
            networks={
                "actor": MLP((observation_size, *hidden, action_size), free=action_size),
                "critics": MLP((observation_size + action_size, *hidden, 1), ensemble=2, is_value=True),
            },
            targets=("critics",),
            noise={"acting": drawn, "following": drawn},
            updates=(Update("actor", actor_loss), Update("critics", critic_loss, targets=("critics",))),
        )
