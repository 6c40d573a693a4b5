"""TD3+BC: TD3 whose actor is also pulled towards the actions of the dataset (arXiv 2106.06860).

    y     = r + γ (1 − terminated) min_i Q̄_i(s', clip(π̄(s') + clip(ε, −c, c), −1, 1)),   ε ~ N(0, σ²)
    L(Q)  = Σ_i E (Q_i(s, a) − y)²
    L(π)  = −λ E Q_1(s, π(s)) + E (π(s) − a)²,   λ = α / E |Q_1(s, π(s))|, held constant

The actor and the targets move every second update. The squared error is a mean over batch and action dimensions.
Defaults: table 3 of the paper, tuned by its authors on D4RL returns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Budget, OnCheckpoint
from gnomon.baselines.registry import BASELINES
from gnomon.datasets.dataset import Dataset

if TYPE_CHECKING:
    from gnomon.benchmarks.policy_file import NetworkPolicy


@dataclass(frozen=True)
class TD3BCConfig:
    """Hyper-parameters of TD3+BC."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005  # Polyak rate of the targets
    target_noise: float = 0.2  # σ
    target_noise_clip: float = 0.5  # c
    actor_period: int = 2  # critic updates for each actor update
    alpha: float = 2.5


@BASELINES.register("td3-bc")
class TD3BC:
    """TD3 plus behaviour cloning."""

    name = "td3-bc"
    presets: ClassVar[Mapping[str, TD3BCConfig]] = {
        "published": TD3BCConfig(),
        "small": TD3BCConfig(hidden=(128, 128), learning_rate=1e-3),
    }

    def __init__(self, config: TD3BCConfig = TD3BCConfig()) -> None:
        self.config = config

    def train(
        self, dataset: Dataset, seeds: Sequence[int], budget: Budget, on_checkpoint: OnCheckpoint
    ) -> "list[NetworkPolicy]":
        import torch

        from gnomon.baselines import networks
        from gnomon.baselines.preparation import prepare

        config, data, streams = self.config, prepare(dataset), networks.streams(seeds)
        observation_size, action_size = data.observations.shape[1], data.actions.shape[1]
        critic_sizes = (observation_size + action_size, *config.hidden, 1)
        actor = networks.multilayer_perceptron((observation_size, *config.hidden, action_size), streams)
        critics = [networks.multilayer_perceptron(critic_sizes, streams) for _ in range(2)]
        actor_target, critic_targets = networks.copy(actor), [networks.copy(critic) for critic in critics]
        actor_optimizer = networks.Adam(networks.parameters(actor), config.learning_rate)
        critic_optimizer = networks.Adam(networks.parameters(*critics), config.learning_rate)
        actor_losses = torch.zeros(len(seeds))

        def value(critic: networks.Layers, observations: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
            return networks.forward(critic, torch.cat([observations, actions], -1)).squeeze(-1)

        for update in range(1, budget.updates + 1):
            rows = networks.batch_indices(len(data.rewards), budget.batch_size, streams)
            observations, actions = data.observations[rows], data.actions[rows]
            next_observations = data.next_observations[rows]

            with torch.no_grad():
                noise = torch.stack([torch.randn(actions.shape[1:], generator=stream) for stream in streams])
                noise = (config.target_noise * noise).clamp(-config.target_noise_clip, config.target_noise_clip)
                next_actions = (networks.forward(actor_target, next_observations).tanh() + noise).clamp(-1, 1)
                next_values = torch.minimum(*(value(t, next_observations, next_actions) for t in critic_targets))
                targets = data.rewards[rows] + config.discount * (1 - data.terminated[rows]) * next_values

            critic_losses = sum((value(c, observations, actions) - targets).square().mean(1) for c in critics)
            assert isinstance(critic_losses, torch.Tensor)
            critic_optimizer.descend(critic_losses.sum())

            if update % config.actor_period == 0:
                policy_actions = networks.forward(actor, observations).tanh()
                values = value(critics[0], observations, policy_actions)
                weight = config.alpha / values.detach().abs().mean(1)
                actor_losses = -weight * values.mean(1) + (policy_actions - actions).square().mean((1, 2))
                actor_optimizer.descend(actor_losses.sum())
                networks.move_towards(actor_target, actor, config.target_rate)
                for target, critic in zip(critic_targets, critics, strict=True):
                    networks.move_towards(target, critic, config.target_rate)

            if update % 1000 == 0 or update == budget.updates:
                on_checkpoint(update, {"critic loss": critic_losses.tolist(), "actor loss": actor_losses.tolist()})
        return data.policies(actor)
