"""IQL: implicit Q-learning, which never asks for the value of an action that is not in the data (arXiv 2110.06169).

    u     = min_i Q̄_i(s, a) − V(s)
    L(V)  = E |τ − 1(u < 0)| u²                                                          equation 5
    L(π)  = −E min(exp(β u), 100) log π(a | s),   with the V that was just updated         equation 7
    L(Q)  = Σ_i E (r + γ (1 − terminated) V(s') − Q_i(s, a))²                              equation 6

One pass is V, π, Q, then the targets, in the order of the authors' code. π is a normal distribution whose mean is a
tanh of the network and whose logarithmic standard deviation is a vector in −5 … 2; judged by its mean. The actor's
learning rate falls along a cosine. States are not normalised, but for the near-real tasks, in whose units (a pressure
of 90) an untrained tanh is at its end. Numbers: appendix B of the paper, tuned by its authors on D4RL returns; rewards
are scaled so that returns span 1000 (locomotion) or have 1 subtracted (AntMaze). Adroit and kitchen: β 0.5, τ 0.7.
Differences: actions are pulled in by 10⁻⁵ in π's loss only, where the authors do it to the data; layers begin uniform
instead of orthogonal; the dropout of 0.1 on the actor in Adroit and kitchen is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log, pi
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.networks import Network

MOST_WEIGHT = 100.0
LOG_STD = (-5.0, 2.0)
INSIDE = 1 - 1e-5  # the data's actions are clipped to it


@dataclass(frozen=True)
class IQLConfig:
    """Hyper-parameters of IQL."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    expectile: float = 0.7  # τ
    temperature: float = 3.0  # β
    normalise: bool = False
    reward_shift: float = 0.0
    return_range: float = 0.0


def target_values(networks: SimpleNamespace, batch: SimpleNamespace) -> "Metrics":
    """min_i Q̄_i(s, a) [batch], which V and π both need."""
    return {"target_values": networks.critics_target(batch.observations, batch.actions).amin(0)}


def advantage(networks: SimpleNamespace, batch: SimpleNamespace) -> "Tensor":
    """U [batch]."""
    return batch.target_values - networks.value(batch.observations)


def value_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: IQLConfig
) -> "tuple[Tensor, Metrics]":
    """L(V): the expectile regression, |τ − 1(u < 0)| written as a weight that carries no gradient."""
    u = advantage(networks, batch)
    below = (u.detach() < 0).to(u.dtype)
    loss = ((config.expectile - below).abs() * u.square()).mean()
    return loss, {"value loss": loss, "advantage": u.detach().mean()}


def actor_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: IQLConfig
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    weight = (config.temperature * advantage(networks, batch)).exp().clamp(max=MOST_WEIGHT)
    loss = -(weight * log_likelihood(networks.actor, batch)).mean()
    return loss, {"actor loss": loss}


def log_likelihood(actor: "Network", batch: SimpleNamespace) -> "Tensor":
    """Log π(a | s) [batch] of the data's actions."""
    log_std = actor.free.clamp(*LOG_STD)
    distance = (batch.actions.clamp(-INSIDE, INSIDE) - actor(batch.observations).tanh()) * (-log_std).exp()
    return (-distance.square() / 2 - log_std - log(2 * pi) / 2).sum(-1)


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: IQLConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    targets = batch.rewards + config.discount * (1 - batch.terminated) * networks.value(batch.next_observations)
    loss = (networks.critics(batch.observations, batch.actions) - targets).square().mean(-1).sum()
    return loss, {"critic loss": loss}


@BASELINES.register("iql")
class IQL(OfflineAlgorithm[IQLConfig]):
    """Implicit Q-learning."""

    name = "iql"
    presets: ClassVar[Mapping[str, IQLConfig]] = {
        "published": (published := IQLConfig()),
        "published/locomotion": replace(published, return_range=1000.0),
        "published/antmaze": replace(published, expectile=0.9, temperature=10.0, reward_shift=-1.0),
        "published/adroit": replace(published, temperature=0.5),
        "published/kitchen": replace(published, temperature=0.5),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := IQLConfig(hidden=(128, 128), learning_rate=1e-3)),
        "small/locomotion": replace(small, return_range=1000.0),
        "small/adroit": replace(small, temperature=0.5),
        "small/kitchen": replace(small, temperature=0.5),
        "small/nearreal": replace(small, normalise=True),
        "small/antmaze": replace(small, expectile=0.9, temperature=10.0, reward_shift=-1.0),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, on D4RL returns."),
        "small": Tuning(1, 0, "Its authors, on D4RL returns; with the learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        hidden, by_hand = self.config.hidden, "gnomon.baselines.gradients.iql:"
        return Learner(
            networks={
                "value": MLP((observation_size, *hidden, 1), is_value=True),
                "actor": MLP((observation_size, *hidden, action_size), free=action_size),
                "critics": MLP((observation_size + action_size, *hidden, 1), ensemble=2, is_value=True),
            },
            targets=("critics",),
            shared=target_values,
            updates=(
                Update("value", value_loss, by_hand + "value_gradient"),
                Update("actor", actor_loss, by_hand + "actor_gradient", decays=True),
                Update("critics", critic_loss, by_hand + "critic_gradient", targets=("critics",)),
            ),
        )
