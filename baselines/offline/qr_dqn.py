"""QR-DQN from data alone: Q-learning of the quantiles of the return (arXiv 1710.10044, algorithm 1).

    θ_i(s, a),  i = 1 … N,  at the levels  t_i = (2 i − 1) / 2 N;   Q(s, a) = mean_i θ_i(s, a)
    y_j  = r + γ (1 − terminated) θ̄_j(s', argmax_a' Q̄(s', a'))
    L    = E Σ_i mean_j |t_i − 1(y_j < θ_i)| huber(y_j − θ_i)                                equation 10, κ = 1

Nothing keeps it near the data, which shows what the others' constraints are worth (as in arXiv 1907.04543, where large
and varied data is enough). Two hundred quantiles as published, 50 in `small`. Sizes, optimiser and a target that
follows at 0.005 are those that the authors of discrete BCQ use on small observations (arXiv 1910.01708). The policy
takes the action with the largest mean, which is one linear layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.discrete import huber, of_actions
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.data import Packed
    from gnomon.benchmarks.policy_file import Layers


@dataclass(frozen=True)
class QRDQNConfig:
    """Hyper-parameters of QR-DQN."""

    hidden: tuple[int, ...] = (256, 256)
    quantiles: int = 200  # N
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    normalise: bool = True


def quantiles_of(outputs: "Tensor", config: QRDQNConfig) -> "Tensor":
    """θ [N, batch, action count]."""
    return outputs.unflatten(-1, (-1, config.quantiles)).movedim(-1, 0)


def loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: QRDQNConfig
) -> "tuple[Tensor, Metrics]":
    """L."""
    import torch

    following = quantiles_of(networks.actor_target(batch.next_observations), config)
    next_values = of_actions(following, following.mean(0).argmax(-1))
    targets = batch.rewards + config.discount * (1 - batch.terminated) * next_values
    quantiles = of_actions(quantiles_of(networks.actor(batch.observations), config), batch.actions)
    levels = (torch.arange(config.quantiles, device=targets.device) + 0.5) / config.quantiles
    errors = targets[None] - quantiles[:, None]
    weight = (levels[:, None, None] - (errors.detach() < 0).to(errors.dtype)).abs()
    value = (weight * huber(errors)).mean((1, 2)).sum()
    return value, {"loss": value, "value": quantiles.mean()}


@BASELINES.register("qr-dqn")
class QRDQN(OfflineAlgorithm[QRDQNConfig]):
    """Quantile-regression DQN; its network `actor` gives the quantiles of all actions."""

    name = "qr-dqn"
    head = "argmax"
    presets: ClassVar[Mapping[str, QRDQNConfig]] = {
        "published": (published := QRDQNConfig()),
        "small": replace(published, hidden=(128, 128), quantiles=50, learning_rate=1e-3),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(
            1, 0, "Settings of its authors and those of discrete BCQ, on online returns of other tasks."
        ),
        "small": Tuning(1, 0, "The learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        outputs = action_size * self.config.quantiles
        return Learner(
            networks={"actor": MLP((observation_size, *self.config.hidden, outputs))},
            targets=("actor",),
            updates=(Update("actor", loss, targets=("actor",)),),
        )

    def deciding(self, layers: "Layers", data: "Packed") -> "Layers":
        """The last layer's outputs, averaged over the quantiles of each action."""
        weight, bias = (part.reshape(*part.shape[:-1], data.action_size, -1).mean(-1) for part in layers[-1])
        return [*layers[:-1], (weight, bias)]
