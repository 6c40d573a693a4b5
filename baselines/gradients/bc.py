"""The gradient of behaviour cloning's loss (see `gnomon.baselines.offline.bc`)."""

from types import SimpleNamespace
from typing import Any

from torch import Tensor

from gnomon.baselines.engine.by_hand import backward, forward
from gnomon.baselines.engine.learner import Metrics


def gradient(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any, gradient: Tensor
) -> Metrics:
    """∂L/∂π = 2 (π − a) / (batch · action dimensions); through tanh with 1 − π²."""
    outputs, kept = forward(networks.actor, batch.observations)
    actions = outputs.tanh_()
    differences = actions - batch.actions
    backward(networks.actor, kept, differences * (1 - actions.square()) * (2 / differences.numel()), gradient)
    return {"loss": differences.square().mean()}
