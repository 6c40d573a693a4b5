"""A Decision Transformer for many domains, after L2M's (arXiv 2306.14884): one transformer over wide observations.

    tokens of step t:  R_t, the return from t to the end of the episode; s_t; a_t, all as wide as the view's
    L(π)  = E Σ_d m_d (π(R_k, s_k, a_k, …, R_t, s_t)_d − a_d)² / Σ_d m_d,   over the steps inside an episode
    L(r)  = E (r(s, a, s', k) − reward)²

It is `decision-transformer` (arXiv 2106.01345) with that one's network, returns and reward network; m is the mask of
the task's own action dimensions, and k the task, which only the reward network is told. Returns and rewards are in
units of the greatest return in the task's data. `learn` changes all parameters: what is called full fine-tuning.

What differs from L2M, or could not be checked against the paper: its authors' code cuts every action dimension into 64
bins and predicts them one after the other by cross-entropy, and has rewards as tokens; here actions are numbers, and a
reward network stands in for rewards, which a policy is not told. Their model has tens of millions of parameters and is
trained with a cosine schedule; this one is as small as our own, with their context of 5 steps. Nothing was tuned.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Shape, Transformer, Update
from gnomon.baselines.multi_domain.learner import MultiDomainLearner
from gnomon.baselines.multi_domain.rows import MultiDomainRows
from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.policy_file import Layers
from gnomon.benchmarks.transformer_policy import TransformerPolicy
from gnomon.datasets.columns import returns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.multi_domain import MultiDomain, TaskDescriptor
from gnomon.datasets.multi_domain_contexts import contexts
from gnomon.errors import DatasetError

OBSERVATION, ACTION = 2, 4  # the tensors that the tokens of observations and of actions begin with


@dataclass(frozen=True)
class MultiDomainTransformerConfig:
    """Hyper-parameters of the multi-domain Decision Transformer; `batch_size` counts transitions."""

    width: int = 64
    layers: int = 2
    heads: int = 1
    context: int = 5
    learning_rate: float = 1e-3
    warm_up: int = 500
    weight_decay: float = 1e-4
    largest_norm: float = 0.25
    reward_hidden: tuple[int, ...] = (128, 128)
    reward_learning_rate: float = 3e-4
    batch_size: int = 256


def imitation_error(chosen: Tensor, batch: SimpleNamespace) -> tuple[Tensor, Metrics]:
    """L(π) of what the transformer made of contexts, [contexts, steps, A] before the tanh."""
    mask = batch.context_action_mask[:, None]
    errors = ((chosen.tanh() - batch.context_actions).square() * mask).sum(-1) / mask.sum(-1)
    loss = (errors * batch.inside).sum() / batch.inside.sum()
    return loss, {"actor loss": loss}


def actor_loss(
    networks: SimpleNamespace,
    batch: SimpleNamespace,
    noise: SimpleNamespace,
    config: MultiDomainTransformerConfig,
) -> tuple[Tensor, Metrics]:
    """L(π)."""
    chosen = networks.actor(batch.steps, batch.context_to_go, batch.context_observations, batch.context_actions)
    return imitation_error(chosen, batch)


def reward_loss(
    networks: SimpleNamespace,
    batch: SimpleNamespace,
    noise: SimpleNamespace,
    config: MultiDomainTransformerConfig,
) -> tuple[Tensor, Metrics]:
    """L(r), in units of the greatest return."""
    paid = networks.rewards(batch.observations, batch.actions, batch.next_observations, batch.tasks)
    loss = (paid - batch.rewards).square().mean()
    return loss, {"reward loss": loss}


class ContextRows(MultiDomainRows):
    """Rows whose batches have contexts too: as many as hold the transitions of a batch.

    Attributes:
        context: steps of one.
        greatest: [tasks] the greatest return of an episode, and
        units: [tasks] the size of the largest.
    """

    def __init__(self, view: MultiDomain, context: int) -> None:
        super().__init__(view)
        self.context = context
        ends = [_greatest(dataset) for dataset in view.datasets]
        self.greatest, self.units = (np.array(values) for values in zip(*ends, strict=True))

    def batch(self, numbers: Tensor) -> SimpleNamespace:
        """The transitions of row numbers [batch], and the contexts that begin with the first of them."""
        rows = numbers.numpy()
        found = self.view.batch(rows)
        batch = self.prepared(found)
        batch.rewards = torch.from_numpy((found.rewards / self.units[found.numbers]).astype(np.float32))
        batch.next_observations = torch.from_numpy(self.normalised(found.next_observations, found.numbers))
        first = rows[: max(1, len(rows) // self.context)]
        tasks = found.numbers[: len(first)]
        several = contexts(self.view, first, self.context)
        to_go = (several.to_go / self.units[tasks][:, None]).astype(np.float32)
        batch.steps, batch.inside = torch.from_numpy(several.steps), torch.from_numpy(several.inside).float()
        batch.context_to_go = torch.from_numpy(to_go)[..., None]
        batch.context_observations = torch.from_numpy(self.normalised(several.observations, tasks))
        batch.context_actions = torch.from_numpy(several.actions)
        batch.context_action_mask = batch.action_mask[: len(first)]
        return batch


def _greatest(dataset: Dataset) -> tuple[float, float]:
    """The greatest return of an episode, and the size of the largest."""
    found = returns(dataset.columns)
    if not found.any():
        raise DatasetError(f"All episodes of {dataset.id} have a return of 0, so there is none to ask for.")
    return float(found.max()), float(np.abs(found).max())


def networks_of(rows: ContextRows, config: MultiDomainTransformerConfig) -> dict[str, Shape]:
    """The transformer and the reward network, for a view."""
    layout, tasks = rows.view.layout, [dataset.task for dataset in rows.view.datasets]
    size, actions = layout.observation_size, layout.action_size
    longest = max(task.horizon for task in tasks)
    actor = Transformer((1, size, actions), actions, config.width, config.layers, config.heads, longest)
    rewards = MLP((2 * size + actions + len(tasks), *config.reward_hidden, 1), is_value=True)
    return {"actor": actor, "rewards": rewards}


REWARD_UPDATE = Update("rewards", reward_loss, learning_rate="reward_learning_rate")


class MultiDomainTransformer(MultiDomainLearner[MultiDomainTransformerConfig, ContextRows]):
    """One Decision Transformer for all tasks of a view.

    Args:
        view: of every dataset that will be learned from; all actions are from −1 to 1.
        seed: of the parameters and the batches.
        config: hyper-parameters.
    """

    def __init__(self, view: MultiDomain, seed: int, config: MultiDomainTransformerConfig | None = None) -> None:
        chosen = config or MultiDomainTransformerConfig()
        rows = ContextRows(view, chosen.context)
        actor = Update("actor", actor_loss, warm_up="warm_up", weight_decay="weight_decay", largest_norm="largest_norm")
        super().__init__(rows, seed, chosen, Learner(networks_of(rows, chosen), (actor, REWARD_UPDATE)))

    def actor_tensors(self) -> list[Tensor]:
        """The parameters of the transformer that acts."""
        return self.network("actor").tensors

    def policy(self, task: ControlTask) -> TransformerPolicy:
        """What the transformer would do now in a task of the view; raises as `of_task`."""
        one, low, high = self.of_task(task)
        tensors = [tensor.numpy().copy() for tensor in self.actor_tensors()]
        tensors[OBSERVATION] = tensors[OBSERVATION][one.columns]
        tensors[ACTION] = tensors[ACTION][one.action_mask]
        tensors[-2:] = tensors[-2][:, one.action_mask], tensors[-1][one.action_mask]
        return TransformerPolicy(
            mean=self.rows.means[one.number, one.columns],
            scale=self.rows.scales[one.number, one.columns],
            low=low,
            high=high,
            tensors=tuple(tensors),
            layers=self.config.layers,
            heads=self.config.heads,
            rewards=self._rewards_of(one),
            context=self.config.context,
            target=float(self.rows.greatest[one.number] / self.rows.units[one.number]),
        )

    def _rewards_of(self, one: TaskDescriptor) -> Layers:
        """The layers of the reward network that a task needs, its one a part of the first bias."""
        layers = [(weight.numpy(), bias.numpy()) for weight, bias in self.network("rewards").layers]
        size, actions = len(one.observation_mask), len(one.action_mask)
        inputs = [one.columns, size + np.flatnonzero(one.action_mask), size + actions + one.columns]
        (first, bias), *others = layers
        return ((first[np.concatenate(inputs)], bias + first[2 * size + actions + one.number]), *others)
