"""The gradients of IQL's losses (see `gnomon.baselines.offline.iql`)."""

from math import log, pi
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from gnomon.baselines.engine.by_hand import backward, forward
from gnomon.baselines.engine.learner import Metrics
from gnomon.baselines.engine.networks import views
from gnomon.baselines.offline.iql import INSIDE, LOG_STD, MOST_WEIGHT, advantage


def value_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂V = −2 |τ − 1(u < 0)| u / batch."""
    values, kept = forward(networks.value, batch.observations)
    u = batch.target_values - values.squeeze(-1)
    weighted = (config.expectile - (u < 0).to(u.dtype)).abs() * u
    backward(networks.value, kept, (weighted * (-2 / len(u))).unsqueeze(-1), gradient)
    return {"value loss": (weighted * u).mean(), "advantage": u.mean()}


def actor_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """With z = (a − μ) / σ: ∂L/∂μ = −w z / σ / batch and ∂L/∂log σ = w (1 − z²) / batch; through tanh with 1 − μ²."""
    weight = (config.temperature * advantage(networks, batch)).exp().clamp(max=MOST_WEIGHT).unsqueeze(-1)
    outputs, kept = forward(networks.actor, batch.observations)
    means, log_std = outputs.tanh_(), networks.actor.free.clamp(*LOG_STD)
    precision = (-log_std).exp()
    distance = (batch.actions.clamp(-INSIDE, INSIDE) - means) * precision
    flowing = weight * distance * precision * (1 - means.square())
    backward(networks.actor, kept, flowing / -len(means), gradient)
    inside = (networks.actor.free >= LOG_STD[0]) & (networks.actor.free <= LOG_STD[1])
    free = views(networks.actor.shape, gradient)[-1]
    torch.mul((weight * (1 - distance.square())).mean(0), inside, out=free)
    log_likelihood = -distance.square() / 2 - log_std - log(2 * pi) / 2
    return {"actor loss": -(weight * log_likelihood).sum(-1).mean()}


def critic_gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂Q_i = 2 (Q_i − y) / batch."""
    targets = batch.rewards + config.discount * (1 - batch.terminated) * networks.value(batch.next_observations)
    values, kept = forward(networks.critics, torch.cat([batch.observations, batch.actions], -1))
    errors = values.squeeze(-1) - targets
    backward(networks.critics, kept, (errors * (2 / len(targets))).unsqueeze(-1), gradient)
    return {"critic loss": errors.square().mean(-1).sum()}
