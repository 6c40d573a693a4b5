"""TD3-AWR: ReBRAC whose actor is pulled towards the better actions of the data more (arXiv 2504.11453).

    y     = r + γ (1 − terminated) [min_i Q̄_i(s', ã') − β_c |ã' − a'|²],   ã' = clip(π̄(s') + clip(ε, −c, c), −1, 1)
    L(Q)  = Σ_i E (Q_i(s, a) − y)²
    u     = min_i Q_i(s, a) − V(s)
    L(V)  = E |τ − 1(u < 0)| u²
    L(π)  = E [β_a min(exp(T u), 100) |π(s) − a|² − λ min_i Q_i(s, π(s))],   λ = 1 / E |min_i Q_i(s, π(s))|, constant

The critics are ReBRAC's (`gnomon.baselines.offline.rebrac`), the value is IQL's. One pass is Q; every second one goes
on with π, V and the targets. Networks of three layers of 256, critics and value with layer normalisation after each
ReLU.

The paper gives grids, from which its bandit chooses with online episodes: β_a 0.0005 to 1, β_c 0 to 0.1, T 0.5, 3 or
10, τ 0.5, 0.7 or 0.9. A configuration here is one for all: ReBRAC's β_a and β_c (0.01, 0.01), and IQL's T and τ (3,
0.7). Differences: the authors normalise the actor's layers too, which policy files have no place for; π takes a step
after two batches instead of two steps of Q on one; Adam's ε is 10⁻⁸ instead of 10⁻⁵; the published batch is 1024, here
the protocol sets it; no penalty where the next action is unknown, where the authors take the next episode's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Draw, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.iql import MOST_WEIGHT
from gnomon.baselines.offline.rebrac import ReBRAC, ReBRACConfig, critic_loss
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class TD3AWRConfig(ReBRACConfig):
    """Hyper-parameters of TD3-AWR."""

    expectile: float = 0.7  # τ
    temperature: float = 3.0  # T


def advantage(networks: SimpleNamespace, batch: SimpleNamespace) -> "Tensor":
    """U [batch], with the critics as they are."""
    return networks.critics(batch.observations, batch.actions).amin(0) - networks.value(batch.observations)


def actor_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: TD3AWRConfig
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    actions = networks.actor(batch.observations).tanh()
    values = networks.critics(batch.observations, actions).amin(0)
    weight = config.actor_penalty * (config.temperature * advantage(networks, batch)).exp().clamp(max=MOST_WEIGHT)
    penalty = weight * (actions - batch.actions).square().sum(-1)
    loss = (penalty - values / values.detach().abs().mean()).mean()
    return loss, {"actor loss": loss}


def value_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: TD3AWRConfig
) -> "tuple[Tensor, Metrics]":
    """L(V)."""
    u = advantage(networks, batch)
    below = (u.detach() < 0).to(u.dtype)
    loss = ((config.expectile - below).abs() * u.square()).mean()
    return loss, {"value loss": loss, "advantage": u.detach().mean()}


@BASELINES.register("td3-awr")
class TD3AWR(OfflineAlgorithm[TD3AWRConfig]):
    """TD3 with advantage-weighted regression."""

    name = "td3-awr"
    columns = ReBRAC.columns
    presets: ClassVar[Mapping[str, TD3AWRConfig]] = {
        "published": (published := TD3AWRConfig()),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := replace(published, hidden=(128, 128))),
        "small/nearreal": replace(small, normalise=True),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        name: Tuning(1, 0, "The authors of ReBRAC and of IQL, on D4RL returns.") for name in presets
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        hidden = self.config.hidden
        critics = (observation_size + action_size, *hidden, 1)
        normalised = {"is_value": True, "layer_norm": True, "bias": 0.1, "last": 3e-3}
        return Learner(
            networks={
                "actor": MLP((observation_size, *hidden, action_size), bias=0.1, last=1e-3),
                "value": MLP((observation_size, *hidden, 1), **normalised),
                "critics": MLP(critics, ensemble=2, **normalised),
            },
            targets=("actor", "critics"),
            noise={"smoothing": Draw("normal", (batch_size, action_size))},
            updates=(
                Update("critics", critic_loss, learning_rate="critic_learning_rate"),
                Update("actor", actor_loss, every="actor_period", learning_rate="actor_learning_rate"),
                Update(
                    "value",
                    value_loss,
                    every="actor_period",
                    targets=("actor", "critics"),
                    learning_rate="critic_learning_rate",
                ),
            ),
        )
