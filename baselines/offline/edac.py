"""EDAC: SAC-N with fewer critics, which are made to disagree about how actions change their values (arXiv 2110.01548).

    g_i   = ∇_a Q_i(s, a) / |∇_a Q_i(s, a)|,   at the action of the data
    L(Q)  = Σ_i E (Q_i(s, a) − y)² + η / (N − 1) E Σ_{i ≠ j} ⟨g_i, g_j⟩

The rest is `gnomon.baselines.offline.sac_n`. The sum over pairs is |Σ_i g_i|² − Σ_i |g_i|², so it costs N products, not
N². A ReLU network is linear around a point, so ∇_a Q_i is the product of its weights with the dead units left out: an
ordinary forward computation, which is derived once more for the step.

The authors chose N and η for each dataset on its online returns. One configuration a family here: 10 and 1 (locomotion,
and what nobody judged; they took η 5 on mixtures with an expert, and 50 critics for Hopper), 50 and 200 (Adroit; pen
20 and 10), 10 and 0.1 (mazes; CORL, arXiv 2210.07105). `small` has 5 critics.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.engine.learner import Metrics, Update
from gnomon.baselines.offline.sac_n import SACN, SACNConfig
from gnomon.baselines.online.sac import bootstrap_target
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.networks import Network

SMALLEST_NORM = 1e-10


@dataclass(frozen=True)
class EDACConfig(SACNConfig):
    """Hyper-parameters of EDAC."""

    critics: int = 10  # N
    diversity: float = 1.0  # η


def values_and_slopes(critics: "Network", observations: "Tensor", actions: "Tensor") -> "tuple[Tensor, Tensor]":
    """Q_i(s, a) [critics, batch] and ∇_a Q_i(s, a) [critics, batch, dimensions] of critics without normalisation."""
    import torch

    from gnomon.baselines.engine.networks import linear

    hidden, alive = torch.cat((observations, actions), -1), []
    for weight, bias in critics.layers[:-1]:
        hidden = torch.relu(linear(hidden, weight, bias))
        alive.append((hidden.detach() > 0).to(hidden.dtype))
    last, bias = critics.layers[-1]
    slope = last.transpose(-2, -1)
    for (weight, _), is_alive in zip(critics.layers[-2::-1], alive[::-1], strict=True):
        back = weight if weight is not critics.layers[0][0] else weight[:, observations.shape[-1] :]
        slope = torch.bmm(slope * is_alive, back.transpose(-2, -1))
    return linear(hidden, last, bias).squeeze(-1), slope


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: EDACConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    targets = bootstrap_target(networks, batch, noise, config)  # pyright: ignore[reportArgumentType] - only γ is read
    values, slopes = values_and_slopes(networks.critics, batch.observations, batch.actions)
    directions = slopes / (slopes.norm(dim=-1, keepdim=True) + SMALLEST_NORM)
    alike = (directions.sum(0).square() - directions.square().sum(0)).sum(-1).mean()
    errors = (values - targets).square().mean(-1).sum()
    loss = errors + config.diversity / (config.critics - 1) * alike
    return loss, {"critic loss": errors, "alike": alike}


@BASELINES.register("edac")
class EDAC(SACN):
    """Ensemble-diversified actor-critic."""

    name = "edac"
    of_critics: ClassVar[Update] = Update(
        "critics", critic_loss, "gnomon.baselines.gradients.edac:critic_gradient", targets=("critics",)
    )
    presets: ClassVar[Mapping[str, EDACConfig]] = {
        "published": (published := EDACConfig()),
        "published/maze": replace(published, diversity=0.1),
        "published/adroit": replace(published, critics=50, diversity=200.0),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := EDACConfig(hidden=(128, 128), critics=5, learning_rate=1e-3)),
        "small/maze": replace(small, diversity=0.1),
        "small/adroit": replace(small, diversity=200.0),
        "small/nearreal": replace(small, normalise=True),
    }
