"""MOPO: soft actor-critic on roll-outs of a learned model, whose rewards pay for its uncertainty (arXiv 2005.13239).

    r̃   = r̂(s, a) − λ u(s, a),   u = max_m |σ_m(s, a)|                                      arXiv 2005.13239, §4.3
    y   = r̃ + γ (1 − terminated) (min_i Q̄_i(s', a') − α log π(a' | s')),   a' ~ π(s')

The model, its roll-outs and the schedule are those of `gnomon.baselines.engine.model_based`; the losses are SAC's
(`gnomon.baselines.online.sac`). The passes of the model come first and on top of those that the protocol allows, which
are the policy's.

Numbers: 7 members of which 5 are elites, four layers of 200, learning rate 1e-3; every 1,000 passes 50,000 roll-outs,
those of 5 times retained, 5 % real rows: the authors', and those of OfflineRL-Kit, whose learning rates 1e-4 (π, α) and
3e-4 (Q), 5 steps and λ 0.5 are taken too; the authors chose steps (1 or 5) and λ (0.5 to 5) for each dataset on online
returns. `small` has 3 members of two layers of 128, and 400 roll-outs every 250 passes. Differences: ReLU instead of
swish; observations are normalised; the model makes a fixed number of passes instead of stopping when it no longer
improves (a tenth of the policy's; `small`: a fifth); where a task does not state its rewards and endings, both are
learned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from gnomon.baselines.algorithm import Budget, Tuning
from gnomon.baselines.engine.learner import MLP, Draw, Learner, Loss, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.online.sac import actor_loss, critic_loss, temperature_loss
from gnomon.baselines.registry import BASELINES
from gnomon.datasets.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gnomon.baselines.engine.model_based import ModelBasedTrainer


@dataclass(frozen=True)
class MOPOConfig:
    """Hyper-parameters of MOPO."""

    hidden: tuple[int, ...] = (256, 256)
    actor_learning_rate: float = 1e-4
    critic_learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    normalise: bool = True
    model_hidden: tuple[int, ...] = (200, 200, 200, 200)
    members: int = 7
    elites: int = 5
    weight_decays: tuple[float, ...] = (2.5e-5, 5e-5, 7.5e-5, 7.5e-5, 1e-4)  # one a layer
    model_learning_rate: float = 1e-3
    model_period: int = 10  # passes of the policy for each of the model
    rollout_period: int = 1000
    rollouts: int = 50_000
    rollout_length: int = 5
    retained: int = 5
    real_percent: int = 5
    penalty: float = 0.5  # λ
    reward_scale: float = 1.0


@BASELINES.register("mopo")
class MOPO(OfflineAlgorithm[MOPOConfig]):
    """Model-based offline policy optimisation."""

    name = "mopo"
    of_critics: ClassVar[tuple[Loss, str]] = (critic_loss, "gnomon.baselines.gradients.sac:critic_gradient")
    presets: ClassVar[Mapping[str, MOPOConfig]] = {
        "published": (published := MOPOConfig()),
        "small": replace(
            published,
            hidden=(128, 128),
            actor_learning_rate=3e-4,
            critic_learning_rate=1e-3,
            model_hidden=(128, 128),
            members=3,
            elites=2,
            weight_decays=(2.5e-5, 5e-5, 1e-4),
            model_period=5,
            rollout_period=250,
            rollouts=400,
        ),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, for each dataset, and those of OfflineRL-Kit, on D4RL returns."),
        "small": Tuning(1, 0, "Its authors, on D4RL returns; with the learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        """Of the policy."""
        hidden, drawn = self.config.hidden, Draw("normal", (batch_size, action_size))
        by_hand, rate = "gnomon.baselines.gradients.sac:", "actor_learning_rate"
        return Learner(
            networks={
                "actor": MLP((observation_size, *hidden, 2 * action_size)),
                "critics": MLP((observation_size + action_size, *hidden, 1), ensemble=2, is_value=True),
                "temperature": MLP((), free=1),
            },
            targets=("critics",),
            noise={"following": drawn, "acting": drawn},
            updates=(
                Update("critics", *self.of_critics, targets=("critics",), learning_rate="critic_learning_rate"),
                Update("actor", actor_loss, by_hand + "actor_gradient", learning_rate=rate),
                Update("temperature", temperature_loss, by_hand + "temperature_gradient", learning_rate=rate),
            ),
        )

    def trainer(  # pyright: ignore[reportIncompatibleMethodOverride] - it has two trainers inside
        self,
        dataset: Dataset,
        seeds: Sequence[int],
        budget: Budget,
        device: str = "cpu",
        configs: Sequence[MOPOConfig] | None = None,
        by_hand: bool = True,
        stacked: bool | None = None,
    ) -> "ModelBasedTrainer":
        """A trainer of model and policy at its first pass."""
        from gnomon.baselines.engine.model_based import ModelBasedTrainer, functions_of

        chosen = self._sweep(configs, len(seeds))
        data, task = self.pack(dataset, device), functions_of(dataset)
        learner = self.learner_on(data, budget.batch_size)
        return ModelBasedTrainer(
            learner, data, task, seeds, chosen, budget.batch_size, budget.updates, by_hand, stacked
        )

    def rounds(self, trainer: Any, updates: int, report: int) -> "Iterator[int]":
        """The passes of the model come on top."""
        from gnomon.baselines.engine.model_based import model_passes

        return super().rounds(trainer, updates + model_passes(self.config, updates), report)
