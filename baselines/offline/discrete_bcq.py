"""Discrete BCQ: Q-learning over the actions that the data makes likely (arXiv 1910.01708).

    p(a | s)  = softmax(f(s)),   S(s) = {a: p(a | s) > τ max_a' p(a' | s)}
    y         = r + γ (1 − terminated) Q̄(s', argmax over S(s') of Q(s', ·))
    L         = E huber(Q(s, a) − y) − E log p(a | s) + 0.01 E f(s)²

Q and f are the two halves of one network's outputs; the policy takes the action of S(s) with the largest value. τ 0.3,
Adam 3e-4, two hidden layers of 256, a target that follows at 0.005: the authors' code for small observations, which
they ran online. Difference: Q and f share their hidden layers, as the authors' share theirs on screens only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log
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

SIZE_PENALTY = 0.01


@dataclass(frozen=True)
class DiscreteBCQConfig:
    """Hyper-parameters of discrete BCQ."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    percent: int = 30  # 100 τ; a whole number, because the policy is made with it and a sweep has to share it
    normalise: bool = True


def best_supported(outputs: "Tensor", percent: int) -> "Tensor":
    """The action of S(s) with the largest value [batch], of outputs [batch, 2 · action count]."""
    values, likely = outputs.detach().chunk(2, -1)
    is_supported = (likely - likely.amax(-1, keepdim=True)).exp() > percent / 100
    return values.masked_fill(~is_supported, -float("inf")).argmax(-1)


def loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: DiscreteBCQConfig
) -> "tuple[Tensor, Metrics]":
    """L."""
    best = best_supported(networks.actor(batch.next_observations), config.percent)
    next_values = of_actions(networks.actor_target(batch.next_observations).chunk(2, -1)[0], best)
    targets = batch.rewards + config.discount * (1 - batch.terminated) * next_values
    values, likely = networks.actor(batch.observations).chunk(2, -1)
    error = huber(of_actions(values, batch.actions) - targets).mean()
    imitation = -of_actions(likely.log_softmax(-1), batch.actions).mean()
    return error + imitation + SIZE_PENALTY * likely.square().mean(), {"critic loss": error, "imitation": imitation}


@BASELINES.register("discrete-bcq")
class DiscreteBCQ(OfflineAlgorithm[DiscreteBCQConfig]):
    """Batch-constrained Q-learning; its network `actor` gives values and likelihoods of all actions."""

    name = "discrete-bcq"
    head = "supported"
    presets: ClassVar[Mapping[str, DiscreteBCQConfig]] = {
        "published": (published := DiscreteBCQConfig()),
        "small": replace(published, hidden=(128, 128), learning_rate=1e-3),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, on online returns of other tasks."),
        "small": Tuning(1, 0, "Its authors; with the learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        return Learner(
            networks={"actor": MLP((observation_size, *self.config.hidden, 2 * action_size))},
            targets=("actor",),
            updates=(Update("actor", loss, targets=("actor",)),),
        )

    def deciding(self, layers: "Layers", data: "Packed") -> "Layers":
        """All outputs, f divided by −log τ, so that S(s) is what lies less than 1 below the likeliest."""
        import numpy as np

        weight, bias = layers[-1]
        units = np.ones(2 * data.action_size, np.float32)
        units[data.action_size :] = -1 / log(self.config.percent / 100)
        return [*layers[:-1], (weight * units, bias * units)]
