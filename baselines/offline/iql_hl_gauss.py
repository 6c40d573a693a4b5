"""IQL whose critics classify instead of regress: "Stop Regressing" (arXiv 2403.03950) in offline learning.

    Q_i(s, a)  = Σ_k p_k c_k,   p = softmax of the critic's logits over bins with centres c_k
    y          = r + γ (1 − terminated) V(s')
    L(Q)       = −Σ_i E Σ_k t_k log p_k,   t = the bins' share of a normal distribution around y, σ = 0.75 bins

L(V), L(π) and all other numbers are those of implicit Q-learning (`gnomon.baselines.offline.iql`); the way to put the
two together is that of arXiv 2406.06309. `targets` is the ablation: `hl-gauss`, `two-hot` (t on the two nearest
centres), or the squared error, which is IQL itself. 101 bins and σ are the paper's; the bounds are the least and the
greatest discounted return in the data. Nothing was tuned here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar, Literal

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.iql import IQL, IQLConfig
from gnomon.baselines.registry import BASELINES
from gnomon.errors import DatasetError

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.categorical import Bins
    from gnomon.baselines.engine.data import Packed


@dataclass(frozen=True)
class IQLHLGaussConfig(IQLConfig):
    """Hyper-parameters of IQL with critics that classify."""

    targets: Literal["hl-gauss", "two-hot"] = "hl-gauss"
    bins: int = 101
    spread: float = 0.75  # σ, in bins


def target_values(bins: "Bins", networks: SimpleNamespace, batch: SimpleNamespace) -> "Metrics":
    """min_i Q̄_i(s, a) [batch], which V and π both need."""
    return {"target_values": bins.values(networks.critics_target(batch.observations, batch.actions)).amin(0)}


def critic_loss(
    bins: "Bins", networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: IQLHLGaussConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    y = batch.rewards + config.discount * (1 - batch.terminated) * networks.value(batch.next_observations)
    shares = bins.gaussian(y, config.spread) if config.targets == "hl-gauss" else bins.two_hot(y)
    log_likelihood = networks.critics(batch.observations, batch.actions).log_softmax(-1)
    loss = -(shares * log_likelihood).sum(-1).mean(-1).sum()
    return loss, {"critic loss": loss}


@BASELINES.register("iql-hl-gauss")
class IQLHLGauss(OfflineAlgorithm[IQLHLGaussConfig]):
    """Implicit Q-learning with categorical critics."""

    name = "iql-hl-gauss"
    columns = (*OfflineAlgorithm.columns, "monte_carlo")
    presets: ClassVar[Mapping[str, IQLHLGaussConfig]] = {
        name: IQLHLGaussConfig(**vars(config)) for name, config in IQL.presets.items()
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "The authors of IQL, on D4RL returns."),
        "small": Tuning(
            1, 0, "The authors of IQL, on D4RL returns; with the learning rate that was chosen for TD3+BC."
        ),
    }

    def learner_on(self, data: "Packed", batch_size: int) -> Learner:
        from gnomon.baselines.engine.categorical import Bins

        returns = data.rows[:, data.places["monte_carlo"]]
        low, high = float(returns.min()), float(returns.max())
        if low == high:
            raise DatasetError("All discounted returns of the data are equal, so there are no bins to put them in.")
        observation_size, config = data.width("observations"), self.config
        of_iql = IQL(config).learner(observation_size, data.action_size, batch_size)
        critics = MLP((observation_size + data.action_size, *config.hidden, config.bins), ensemble=2)
        bins = Bins(low, high, config.bins)
        return replace(
            of_iql,
            networks={**of_iql.networks, "critics": critics},
            shared=partial(target_values, bins),
            updates=(*of_iql.updates[:2], Update("critics", partial(critic_loss, bins), targets=("critics",))),
        )
