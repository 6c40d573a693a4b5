"""The gradient of CQL's critics (see `gnomon.baselines.offline.cql`), a few states at a time.

All actions of all states at once are tensors of 16 MB a layer, which leave the processor's caches. Every state's part
of the loss is its own, so a block goes forward and backward while it is still there.
"""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from gnomon.baselines.engine.by_hand import backward, forward
from gnomon.baselines.engine.learner import Metrics
from gnomon.baselines.engine.networks import views
from gnomon.baselines.offline.cql import LARGEST_MULTIPLIER, bootstrap_target, proposed

BLOCK = 32  # states


def critic_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂Q_i(s, a) = 2 (Q_i − y) / batch − w α / batch, and ∂L/∂Q_i(s, a_k) = w α softmax_k / batch, with w the
    multiplier or 1; 0 where the gap, or the value of an a_k, is cut off.
    """
    proposals, log_densities, following = proposed(networks, batch, noise)
    actions = torch.cat((batch.actions[:, None], proposals), 1)
    observations = batch.observations[:, None].expand(-1, actions.shape[1], -1)
    inputs, targets = torch.cat((observations, actions), -1), bootstrap_target(networks, batch, following, config)
    weight = networks.critics.free.exp().clamp(max=LARGEST_MULTIPLIER) if config.has_multiplier else 1.0
    floors = batch.monte_carlo[:, None] if config.is_calibrated else None
    count, share = len(targets), torch.zeros_like(gradient)
    gradient.zero_()
    error, gap = torch.zeros(2, 2)
    for first in range(0, count, BLOCK):
        rows = slice(first, first + BLOCK)
        outputs, kept = forward(networks.critics, inputs[rows].flatten(0, 1))
        values = outputs.view(2, -1, actions.shape[1])
        floor = None if floors is None else floors[rows]
        gaps, pushed = _gaps(values[..., 1:], values[..., 0], log_densities[rows], floor, config)
        errors = values[..., 0] - targets[rows]
        pushed.mul_(weight * config.conservatism)[..., 0].add_(2 * errors)
        backward(networks.critics, kept, pushed.div_(count).view_as(outputs), share)
        gradient.add_(share)
        error += errors.square().sum(-1) / count
        gap += gaps.sum(-1) / count
    if config.has_multiplier:
        _gradient_of_multiplier(networks, gap, config, gradient)
    return {"critic loss": error.sum(), "gap": gap.mean()}


def _gaps(
    others: Tensor, of_data: Tensor, log_densities: Tensor, floor: Tensor | None, config: Any
) -> tuple[Tensor, Tensor]:
    """The gaps [2, states], and their derivatives by all values [2, states, 1 + 3 K]."""
    logits = others - log_densities
    if floor is not None:
        chosen = others[..., config.proposals :]
        logits[..., config.proposals :] = chosen.maximum(floor) - log_densities[:, config.proposals :]
    by_values = logits.softmax(-1)
    if floor is not None:
        by_values[..., config.proposals :] *= others[..., config.proposals :] > floor
    gaps, pushed = logits.logsumexp(-1) - of_data, torch.cat((-torch.ones_like(of_data)[..., None], by_values), -1)
    if config.least_gap is not None:
        pushed *= (gaps >= config.least_gap)[..., None]
        gaps = gaps.clamp(min=config.least_gap)
    return gaps, pushed


def _gradient_of_multiplier(networks: SimpleNamespace, gaps: Tensor, config: Any, gradient: Tensor) -> None:
    """∂L/∂ξ = −α exp(ξ) mean_i (gap_i − τ); 0 beyond the largest multiplier."""
    multiplier = networks.critics.free.exp()
    slope = -config.conservatism * multiplier * (gaps.mean() - config.target_gap)
    views(networks.critics.shape, gradient)[-1].copy_(slope * (multiplier <= LARGEST_MULTIPLIER))
