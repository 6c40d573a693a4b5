"""The gradient of EDAC's critics (see `gnomon.baselines.offline.edac`)."""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from gnomon.baselines.engine.by_hand import backward, forward
from gnomon.baselines.engine.learner import Metrics
from gnomon.baselines.engine.networks import Network, views
from gnomon.baselines.offline.edac import SMALLEST_NORM
from gnomon.baselines.online.sac import bootstrap_target


def critic_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂Q_i = 2 (Q_i − y) / batch through the layers, and ∂L/∂g_i = 2 η (Σ_j g_j − g_i) / (N − 1) / batch through the
    product of weights that the slopes are.
    """
    targets, critics = bootstrap_target(networks, batch, noise, config), networks.critics
    outputs, kept = forward(critics, torch.cat((batch.observations, batch.actions), -1))
    alive = [hidden.sign() for hidden in kept[1:]]  # after a ReLU, 0 or 1
    errors = outputs.squeeze(-1) - targets
    backward(critics, kept, (errors * (2 / len(targets))).unsqueeze(-1), gradient)
    passing, slopes = _slopes(critics, alive, batch.observations.shape[-1])
    alike, by_slopes = _alike(slopes)
    weight = config.diversity / (config.critics - 1)
    _add_gradient_of_slopes(critics, alive, passing, by_slopes.mul_(weight), gradient)
    return {"critic loss": errors.square().mean(-1).sum(), "alike": alike}


def _slopes(critics: Network, alive: list[Tensor], observation_size: int) -> tuple[list[Tensor], Tensor]:
    """Of each layer from the first the derivative of Q by its output [N, batch, out], and that by the actions."""
    slope, passing = critics.layers[-1][0].transpose(-2, -1), []
    for (weight, _), is_alive in zip(critics.layers[-2::-1], alive[::-1], strict=True):
        passing.insert(0, slope * is_alive)
        is_first = len(passing) == len(alive)
        back = weight[:, observation_size:] if is_first else weight
        slope = torch.bmm(passing[0], back.transpose(-2, -1))
    return passing, slope


def _alike(slopes: Tensor) -> tuple[Tensor, Tensor]:
    """Σ_{i ≠ j} ⟨g_i, g_j⟩, a mean over the batch, and its derivative by the slopes [N, batch, dimensions]."""
    lengths = slopes.norm(dim=-1, keepdim=True)
    longer = lengths + SMALLEST_NORM
    directions = slopes / longer
    total = directions.sum(0)
    alike = (total.square() - directions.square().sum(0)).sum(-1).mean()
    by_directions = (total - directions) * (2 / slopes.shape[1])
    along = (directions * by_directions).sum(-1, keepdim=True)
    return alike, (by_directions - directions * along * (longer / lengths.clamp(min=SMALLEST_NORM))) / longer


def _add_gradient_of_slopes(
    critics: Network, alive: list[Tensor], passing: list[Tensor], flowing: Tensor, gradient: Tensor
) -> None:
    """Add to a row [P] the gradient of what flows into the slopes by the actions: from the first layer to the last."""
    rows = Network(critics.shape, views(critics.shape, gradient)).layers
    for (weight, _), (row, _), is_alive, passed in zip(critics.layers[:-1], rows[:-1], alive, passing, strict=True):
        of_actions = slice(weight.shape[1] - flowing.shape[-1], None)  # of a later layer, everything
        row[:, of_actions].baddbmm_(flowing.transpose(-2, -1), passed)
        flowing = torch.bmm(flowing, weight[:, of_actions]).mul_(is_alive)
    rows[-1][0].add_(flowing.sum(1).unsqueeze(-1))
