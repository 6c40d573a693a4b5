"""The gradients of TD3+BC's losses (see `gnomon.baselines.offline.td3_bc`), for networks without normalisation."""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from gnomon.baselines.engine.by_hand import backward, forward, input_gradient
from gnomon.baselines.engine.learner import Metrics
from gnomon.baselines.offline.td3_bc import bootstrap_target


def critic_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂Q_i = 2 (Q_i − y) / batch."""
    values, kept = forward(networks.critics, torch.cat([batch.observations, batch.actions], -1))
    errors = values.squeeze(-1) - bootstrap_target(networks, batch, noise, config)
    backward(networks.critics, kept, (2 / errors.shape[-1] * errors).unsqueeze(-1), gradient)
    return {"critic loss": errors.square().mean(-1).sum()}


def actor_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂π = −λ ∂Q₁/∂a / batch + 2 (π − a) / (batch · action dimensions); through tanh with 1 − π²."""
    outputs, kept = forward(networks.actor, batch.observations)
    actions = outputs.tanh_()
    first = networks.critics.member(0)
    values, kept_values = forward(first, torch.cat([batch.observations, actions], -1))
    weight = config.alpha / values.abs().mean()
    ones = torch.ones_like(values)
    slopes = input_gradient(first, kept_values, ones)[:, batch.observations.shape[-1] :]
    differences = actions - batch.actions
    flowing = slopes * (-weight / len(actions)) + differences * (2 / differences.numel())
    backward(networks.actor, kept, flowing * (1 - actions.square()), gradient)
    return {"actor loss": -weight * values.mean() + differences.square().mean()}
