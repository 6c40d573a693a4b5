"""The gradients of SAC's losses (see `gnomon.baselines.online.sac`)."""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from gnomon.baselines.engine.by_hand import backward, forward, input_gradient
from gnomon.baselines.engine.learner import Metrics
from gnomon.baselines.engine.networks import views
from gnomon.baselines.online.sac import bootstrap_target, sample
from gnomon.benchmarks.fixed_point import LOG_STD


def critic_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂Q_i = 2 (Q_i − y) / batch."""
    targets = bootstrap_target(networks, batch, noise, config)
    values, kept = forward(networks.critics, torch.cat([batch.observations, batch.actions], -1))
    errors = values.squeeze(-1) - targets
    backward(networks.critics, kept, (errors * (2 / len(targets))).unsqueeze(-1), gradient)
    return {"critic loss": errors.square().mean(-1).sum()}


def actor_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """With a = tanh u, u = μ + σ ε: ∂L/∂u = (2 α a − (1 − a²) ∂min Q/∂a) / batch = ∂L/∂μ, and
    ∂L/∂log σ = ∂L/∂u · σ ε − α / batch where log σ is not clipped.
    """
    outputs, kept = forward(networks.actor, batch.observations)
    actions, log_density = sample(outputs, noise.acting)
    values, slopes = _least_value(networks, batch.observations, actions)
    temperature, log_std = networks.temperature.free.exp(), outputs.chunk(2, -1)[1]
    through_sample = (2 * temperature * actions - (1 - actions.square()) * slopes) / len(actions)
    spread = log_std.clamp(*LOG_STD).exp() * noise.acting
    inside = (log_std >= LOG_STD[0]) & (log_std <= LOG_STD[1])
    through_spread = (through_sample * spread - temperature / len(actions)) * inside
    backward(networks.actor, kept, torch.cat([through_sample, through_spread], -1), gradient)
    return {"actor loss": (temperature * log_density - values).mean(), "value": values.mean()}


def _least_value(networks: SimpleNamespace, observations: Tensor, actions: Tensor) -> tuple[Tensor, Tensor]:
    """[batch] min_i Q_i, and [batch, dimensions] its derivative by the actions."""
    values, kept = forward(networks.critics, torch.cat([observations, actions], -1))
    least = values.amin(0)
    is_least = (values == least).to(values.dtype)
    slopes = input_gradient(networks.critics, kept, is_least / is_least.sum(0)).sum(0)
    return least.squeeze(-1), slopes[:, observations.shape[-1] :]


def temperature_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂log α = −(E log π + H)."""
    actions, log_density = sample(networks.actor(batch.observations), noise.acting)
    torch.sub(actions.shape[-1], log_density.mean(), out=views(networks.temperature.shape, gradient)[0][0])
    return {"temperature": networks.temperature.free.squeeze().exp()}
