"""Multi-task behaviour cloning: one network regresses the actions of all tasks on wide observations and the task.

    L(π) = E Σ_d m_d (π(s, k)_d − a_d)² / Σ_d m_d,   over the batch; d are action dimensions, k is the task

m is the mask of the task's own dimensions, so every transition counts alike, however many it has. The task is a one
among zeros beside the observation. Trained with Adam, whose moments are kept from one call of `learn` to the next. The
policy of a task is a plain network: the rows and columns of what the task has not are cut out, and its one becomes a
part of the first bias. Two hidden layers of 256 and 3e-4 are those of `bc`; nothing was tuned.
"""

from dataclasses import dataclass
from types import SimpleNamespace

from torch import Tensor

from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.multi_domain.learner import MultiDomainLearner
from gnomon.baselines.multi_domain.rows import MultiDomainRows
from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.datasets.multi_domain import MultiDomain


@dataclass(frozen=True)
class MultiTaskBCConfig:
    """Hyper-parameters of multi-task behaviour cloning."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    batch_size: int = 256


def loss(
    networks: SimpleNamespace,
    batch: SimpleNamespace,
    noise: SimpleNamespace,
    config: MultiTaskBCConfig,
) -> tuple[Tensor, Metrics]:
    """L(π)."""
    errors = (networks.actor(batch.observations, batch.tasks).tanh() - batch.actions).square()
    value = ((errors * batch.action_mask).sum(-1) / batch.action_mask.sum(-1)).mean()
    return value, {"loss": value}


class MultiTaskBC(MultiDomainLearner[MultiTaskBCConfig, MultiDomainRows]):
    """One network for all tasks of a view.

    Args:
        view: of every dataset that will be learned from; all actions are from −1 to 1.
        seed: of the parameters and the batches.
        config: hyper-parameters.
    """

    def __init__(self, view: MultiDomain, seed: int, config: MultiTaskBCConfig | None = None) -> None:
        chosen = config or MultiTaskBCConfig()
        size_in = view.layout.observation_size + len(view.datasets)
        actor = MLP((size_in, *chosen.hidden, view.layout.action_size))
        super().__init__(MultiDomainRows(view), seed, chosen, Learner({"actor": actor}, (Update("actor", loss),)))

    def policy(self, task: ControlTask) -> NetworkPolicy:
        """What the network would do now in a task of the view; raises as `of_task`."""
        one, low, high = self.of_task(task)
        layers = [(weight.numpy().copy(), bias.numpy().copy()) for weight, bias in self.network("actor").layers]
        (first, first_bias), (last, last_bias) = layers[0], layers[-1]
        layers[0] = first[one.columns], first_bias + first[self.rows.view.layout.observation_size + one.number]
        layers[-1] = last[:, one.action_mask], last_bias[one.action_mask]
        weights, biases = zip(*layers, strict=True)
        mean, scale = (values[one.number, one.columns] for values in (self.rows.means, self.rows.scales))
        return NetworkPolicy(mean, scale, weights, biases, low, high)
