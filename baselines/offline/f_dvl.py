"""f-DVL: implicit Q-learning whose value comes from the dual of an f-divergence (arXiv 2302.08560).

    u     = min_i Q̄_i(s, a) − V(s)
    L(V)  = E [(1 − λ) V(s) + λ f*(u)]

    f-dvl-chi2   Pearson's χ²:       f*(u) = u⁺ + (u⁺)² / 4,   u⁺ = max(u, 0)
    f-dvl-tv     total variation:    f*(u) = u⁺

f* is the divergence's conjugate where that is positive, and 0 elsewhere, so that V is an implicit maximum over the
actions of the data. In place of XQL's exponential (`gnomon.baselines.offline.xql`) f* grows at most quadratically, and
needs no clipping. L(Q) and L(π) are those of implicit Q-learning (`gnomon.baselines.offline.iql`), and so are all
numbers; the value's layers are normalised, as in XQL, whose code the authors started from.

λ is ours: 0.7, and 0.9 for AntMaze, the numbers of IQL's τ, which also says how much more an error upwards weighs. The
authors chose it for each dataset on its online returns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.iql import IQL, advantage
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class FDVLConfig:
    """Hyper-parameters of f-DVL."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    weight: float = 0.7  # λ
    temperature: float = 3.0  # of the actor, as in IQL
    normalise: bool = False
    reward_shift: float = 0.0
    return_range: float = 0.0


def chi_square_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: FDVLConfig
) -> "tuple[Tensor, Metrics]":
    """L(V) of Pearson's χ²."""
    u = advantage(networks, batch)
    above = u.clamp(min=0)
    return value_loss(u, above + above.square() / 4, batch, config)


def total_variation_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: FDVLConfig
) -> "tuple[Tensor, Metrics]":
    """L(V) of the total variation."""
    u = advantage(networks, batch)
    return value_loss(u, u.clamp(min=0), batch, config)


def value_loss(
    u: "Tensor", conjugate: "Tensor", batch: SimpleNamespace, config: FDVLConfig
) -> "tuple[Tensor, Metrics]":
    """L(V) of f*(u) [batch]."""
    loss = ((1 - config.weight) * (batch.target_values - u) + config.weight * conjugate).mean()
    return loss, {"value loss": loss, "advantage": u.detach().mean()}


@BASELINES.register("f-dvl-chi2")
class FDVLChiSquare(OfflineAlgorithm[FDVLConfig]):
    """Dual V-learning with Pearson's χ²."""

    name = "f-dvl-chi2"
    loss_of_value = staticmethod(chi_square_loss)
    presets: ClassVar[Mapping[str, FDVLConfig]] = {
        "published": (published := FDVLConfig()),
        "published/locomotion": replace(published, return_range=1000.0),
        "published/antmaze": replace(published, weight=0.9, temperature=10.0, reward_shift=-1.0),
        "published/adroit": replace(published, temperature=0.5),
        "published/kitchen": replace(published, temperature=0.5),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := replace(published, hidden=(128, 128), learning_rate=1e-3)),
        "small/locomotion": replace(small, return_range=1000.0),
        "small/antmaze": replace(small, weight=0.9, temperature=10.0, reward_shift=-1.0),
        "small/adroit": replace(small, temperature=0.5),
        "small/kitchen": replace(small, temperature=0.5),
        "small/nearreal": replace(small, normalise=True),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "The authors of IQL, on D4RL returns."),
        "small": Tuning(
            1, 0, "The authors of IQL, on D4RL returns; with the learning rate that was chosen for TD3+BC."
        ),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        of_iql = IQL(self.config).learner(observation_size, action_size, batch_size)
        value = MLP((observation_size, *self.config.hidden, 1), is_value=True, layer_norm=True)
        return replace(
            of_iql,
            networks={**of_iql.networks, "value": value},
            updates=(Update("value", self.loss_of_value), *of_iql.updates[1:]),
        )


@BASELINES.register("f-dvl-tv")
class FDVLTotalVariation(FDVLChiSquare):
    """Dual V-learning with the total variation."""

    name = "f-dvl-tv"
    loss_of_value = staticmethod(total_variation_loss)
