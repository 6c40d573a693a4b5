"""CQL: a soft actor-critic whose critics are pushed down wherever the data has no actions (arXiv 2006.04779).

    a_k    = K uniform actions, K of π(s) and K of π(s'), with their log-densities log μ_k
    gap    = log Σ_k exp(Q_i(s, a_k) − log μ_k) − Q_i(s, a)                                  appendix F
    y      = r + γ (1 − terminated) max_n min_i Q̄_i(s', a'_n),   a'_1 … a'_N of the K of π(s')
    L(Q)   = Σ_i [E (Q_i(s, a) − y)² + α E gap_i],  or with a multiplier  α exp(ξ) (E gap_i − τ)
    L(ξ)   = −α exp(ξ) mean_i (E gap_i − τ)
    L(π)   = E (β log π(ã | s) − min_i Q_i(s, ã)),  ã ~ π(s);   L(β) = −log β E (log π(ã | s) + H)

All 3 K + 1 actions of a state go through both critics in one pass, most of what an update costs. ξ is a parameter
beside the layers of the critics, so that one derivative gives both. π is SAC's (`gnomon.baselines.online.sac`). One
pass is Q with ξ, π, β, then the targets.

Numbers: those of CORL (arXiv 2210.07105), tuned by its authors on D4RL returns. Locomotion: α 10, learning rates 3e-5
(π) and 3e-4 (Q). Adroit: α 1, π 1e-4. AntMaze: α 5, a multiplier with τ 0.8, rewards 10 r − 5, N 10, five layers in the
critics. Mazes: a multiplier with τ 5. `small` has K 4 instead of 10, a third of the work, and is the one small preset
with two learning rates: π's is a third of Q's 10⁻³. Differences: layers begin uniform instead of orthogonal; log σ is
clipped to −5 … 2; the actions of π(s') are drawn once for gap and y; networks move in turn instead of together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Draw, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.online.sac import actor_loss, sample, temperature_loss
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.networks import Network

LARGEST_MULTIPLIER = 1e6


@dataclass(frozen=True)
class CQLConfig:
    """Hyper-parameters of CQL."""

    hidden: tuple[int, ...] = (256, 256, 256)
    critic_hidden: tuple[int, ...] = (256, 256, 256)
    actor_learning_rate: float = 3e-5
    critic_learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    proposals: int = 10  # K
    target_actions: int = 1  # N
    conservatism: float = 10.0  # α
    has_multiplier: bool = False
    target_gap: float = 0.0  # τ
    least_gap: float | None = None  # of one state, below which nothing is pushed
    is_calibrated: bool = False  # as in `gnomon.baselines.offline.cal_ql`
    normalise: bool = True
    reward_scale: float = 1.0
    reward_shift: float = 0.0


def proposed(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace
) -> "tuple[Tensor, Tensor, Tensor]":
    """The a_k [batch, 3 K, dimensions], their log μ_k [batch, 3 K], and those of π(s') [batch, K, dimensions] again."""
    import torch

    uniform = 2 * noise.uniform - 1
    acting, log_acting = sample(networks.actor(batch.observations)[:, None], noise.acting_many)
    following, log_following = sample(networks.actor(batch.next_observations)[:, None], noise.following_many)
    log_uniform = torch.full_like(log_acting, -uniform.shape[-1] * log(2))
    actions, densities = (uniform, acting, following), (log_uniform, log_acting, log_following)
    return torch.cat(actions, 1), torch.cat(densities, 1), following


def values_of(critics: "Network", observations: "Tensor", actions: "Tensor") -> "Tensor":
    """[critics, batch, K] of K actions [batch, K, dimensions] a state."""
    repeated = observations[:, None].expand(-1, actions.shape[1], -1)
    return critics(repeated.flatten(0, 1), actions.flatten(0, 1)).unflatten(-1, actions.shape[:2])


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: CQLConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q) + L(ξ)."""
    import torch

    actions, log_densities, following = proposed(networks, batch, noise)
    targets = bootstrap_target(networks, batch, following, config)
    values = values_of(networks.critics, batch.observations, torch.cat((batch.actions[:, None], actions), 1))
    gaps = conservative_gaps(values, log_densities, batch, config)
    errors = (values[..., 0] - targets).square().mean(-1)
    loss = errors.sum() + config.conservatism * penalty(gaps, networks, config)
    return loss, {"critic loss": errors.sum(), "gap": gaps.mean()}


def bootstrap_target(
    networks: SimpleNamespace, batch: SimpleNamespace, following: "Tensor", config: CQLConfig
) -> "Tensor":
    """Y [batch], of actions of π(s') [batch, K, dimensions]."""
    next_actions = following[:, : config.target_actions]
    next_values = values_of(networks.critics_target, batch.next_observations, next_actions).amin(0).amax(-1)
    return batch.rewards + config.discount * (1 - batch.terminated) * next_values


def conservative_gaps(values: "Tensor", log_densities: "Tensor", batch: SimpleNamespace, config: CQLConfig) -> "Tensor":
    """E gap_i [critics], of values [critics, batch, 1 + 3 K] whose first is the data's."""
    import torch

    of_data, others = values[..., 0], values[..., 1:]
    if config.is_calibrated:
        uniform, chosen = others.split((config.proposals, 2 * config.proposals), -1)
        others = torch.cat((uniform, chosen.maximum(batch.monte_carlo[:, None])), -1)
    gaps = (others - log_densities).logsumexp(-1) - of_data
    return (gaps if config.least_gap is None else gaps.clamp(min=config.least_gap)).mean(-1)


def penalty(gaps: "Tensor", networks: SimpleNamespace, config: CQLConfig) -> "Tensor":
    """What the critics pay, α aside; with a multiplier, its own loss is in the same sum."""
    if not config.has_multiplier:
        return gaps.sum()
    multiplier = networks.critics.free.exp().clamp(max=LARGEST_MULTIPLIER)
    paid = multiplier.detach() * (gaps - config.target_gap)
    return paid.sum() - (multiplier * (gaps.detach() - config.target_gap)).mean()


@BASELINES.register("cql")
class CQL(OfflineAlgorithm[CQLConfig]):
    """Conservative Q-learning."""

    name = "cql"
    presets: ClassVar[Mapping[str, CQLConfig]] = {
        "published": (published := CQLConfig()),
        "published/adroit": replace(published, conservatism=1.0, actor_learning_rate=1e-4),
        "published/maze": replace(
            published, actor_learning_rate=1e-4, has_multiplier=True, target_gap=5.0, normalise=False
        ),
        "published/antmaze": (
            antmaze := CQLConfig(
                critic_hidden=(256,) * 5,
                actor_learning_rate=1e-4,
                target_actions=10,
                conservatism=5.0,
                has_multiplier=True,
                target_gap=0.8,
                least_gap=-200.0,
                normalise=False,
                reward_scale=10.0,
                reward_shift=-5.0,
            )
        ),
        "small": (small := CQLConfig((128, 128), (128, 128), 3e-4, 1e-3, proposals=4)),
        "small/adroit": replace(small, conservatism=1.0),
        "small/maze": replace(small, has_multiplier=True, target_gap=5.0, normalise=False),
        "small/antmaze": replace(
            antmaze,
            hidden=(128, 128),
            critic_hidden=(128, 128),
            actor_learning_rate=3e-4,
            critic_learning_rate=1e-3,
            proposals=4,
            target_actions=4,
        ),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "The authors of CORL, on D4RL returns."),
        "small": Tuning(
            1, 0, "The authors of CORL, on D4RL returns; with the learning rate that was chosen for TD3+BC."
        ),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        config, drawn = self.config, Draw("normal", (batch_size, action_size))
        many = (batch_size, config.proposals, action_size)
        critics = (observation_size + action_size, *config.critic_hidden, 1)
        multiplier = {"free": 1, "free_value": 1.0} if config.has_multiplier else {}
        by_hand = "gnomon.baselines.gradients."
        return Learner(
            networks={
                "actor": MLP((observation_size, *config.hidden, 2 * action_size)),
                "critics": MLP(critics, ensemble=2, is_value=True, **multiplier),
                "temperature": MLP((), free=1),
            },
            targets=("critics",),
            noise={
                "uniform": Draw("uniform", many),
                "acting_many": Draw("normal", many),
                "following_many": Draw("normal", many),
                "acting": drawn,
            },
            updates=(
                Update(
                    "critics",
                    critic_loss,
                    by_hand + "cql:critic_gradient",
                    learning_rate="critic_learning_rate",
                ),
                Update("actor", actor_loss, by_hand + "sac:actor_gradient", learning_rate="actor_learning_rate"),
                Update(
                    "temperature",
                    temperature_loss,
                    by_hand + "sac:temperature_gradient",
                    targets=("critics",),
                    learning_rate="actor_learning_rate",
                ),
            ),
        )
