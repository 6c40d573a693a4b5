"""A pool of learned modulations of a frozen multi-domain Decision Transformer, after L2M (arXiv 2306.14884).

    q     = mean over the context of the embedded observations, W s + b of the transformer
    i     = argmax_j cos(q, k_j)                                   to act
    i     = argmax_j ½ (1 + cos(q, k_j)) / (n_j + 10⁻⁶)            to learn
    L(M)  = L(π) of the transformer that M_i modulates, and L(k) = −E cos(q, k_i)

The pool has pairs of a key k_j and a modulation M_j. A context takes the one whose key is nearest to it, so nothing
needs to know the task. n_j is the share of j among all choices before the present task, which keeps a task from what
others took; the choice has no derivative, and L(k) pulls what was chosen towards its contexts (L2P, arXiv 2112.08654).
A modulation is low-rank, a `lora` of its own, or element-wise, (IA)³ (arXiv 2205.05638): attention's keys and values
and what leaves the ReLU are multiplied by learned numbers that begin at 1. Neither changes anything before it learned.

Of the authors' code: 30 pairs, one of which is chosen; keys that begin uniform within ±1; the mean over observations;
rank 8, and low-rank as what is run on sequences; both choices and n as above. Of the paper, its abstract and a figure
were read, not the text. Differences: L(k) has an optimiser of its own, in which its weight (0.5 there) has no effect.
Adam's mean gradient is 0 again when a task begins, and no weights decay, so that what a task does not choose stays as
it is to the bit; the authors' default keeps the optimiser's state, and decays. The query has no embedding of time. Our
observations are normalised task by task, so that queries of tasks with the same columns differ less than they could.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cosine_similarity

from gnomon.baselines.engine.learner import MLP, Metrics, Transformer, Update
from gnomon.baselines.engine.transformer import CausalTransformer
from gnomon.baselines.multi_domain.decision_transformer import (
    OBSERVATION,
    MultiDomainTransformer,
    MultiDomainTransformerConfig,
    imitation_error,
)
from gnomon.baselines.multi_domain.frozen import A_LAYER, ATTENTION, BEFORE_LAYERS, OUT, FrozenTransformer
from gnomon.baselines.multi_domain.lora import adapted, begin, sizes
from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.transformer_policy import TransformerPolicy

_AFTER_LAYERS = 4  # tensors
_SCALES = 6  # of a layer, in widths: keys, values, and four of the hidden layer
_RARELY = 1e-6  # added to a share, which may be 0


@dataclass(frozen=True)
class ModulationPoolConfig(MultiDomainTransformerConfig):
    """Hyper-parameters of the pool, beside those of the transformer that is modulated."""

    entries: int = 30
    modulation: Literal["low-rank", "element-wise"] = "low-rank"
    rank: int = 8


def modulated(actor: CausalTransformer, numbers: Tensor, config: ModulationPoolConfig) -> list[Tensor]:
    """The tensors of a transformer that a modulation's numbers were worked into."""
    return adapted(actor, numbers, config.rank) if config.modulation == "low-rank" else scaled(actor, numbers)


def scaled(actor: CausalTransformer, numbers: Tensor) -> list[Tensor]:
    """(IA)³: columns of what makes keys and values, and rows of what reads the hidden layer, are multiplied."""
    tensors, width = list(actor.tensors), actor.shape.width
    for layer, scales in enumerate(numbers.view(actor.shape.layers, -1)):
        first = BEFORE_LAYERS + A_LAYER * layer
        inside = torch.cat([torch.ones(width), scales[: 2 * width]])
        tensors[first + ATTENTION] = tensors[first + ATTENTION] * inside
        tensors[first + ATTENTION + 1] = tensors[first + ATTENTION + 1] * inside
        tensors[first + OUT] = tensors[first + OUT] * scales[2 * width :, None]
    return tensors


def queries(actor: CausalTransformer, observations: Tensor, inside: Tensor) -> Tensor:
    """The q [contexts, width] of observations [contexts, steps, O], of which `inside` [contexts, steps] count."""
    mean = (observations * inside[..., None]).sum(1) / inside.sum(1, keepdim=True)
    return mean @ actor.tensors[OBSERVATION] + actor.tensors[OBSERVATION + 1]


def choose(networks: SimpleNamespace, batch: SimpleNamespace) -> Metrics:
    """The q and i of the contexts of a pass; what is chosen is counted."""
    query, usage = queries(networks.actor, batch.context_observations, batch.inside), networks.usage.free
    similarity = cosine_similarity(query[:, None], networks.keys.free.view(1, len(usage), -1), dim=-1)
    before = networks.usage_before.free
    chosen = ((1 + similarity) / (before / before.sum().clamp(min=1) + _RARELY)).argmax(1)
    usage += chosen.bincount(minlength=len(usage)) / len(chosen)
    return {"query": query, "chosen": chosen}


def modulation_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: ModulationPoolConfig
) -> tuple[Tensor, Metrics]:
    """L(M): every context passes through a transformer of its own."""

    def outputs(numbers: Tensor, *context: Tensor) -> Tensor:
        actor = CausalTransformer(networks.actor.shape, modulated(networks.actor, numbers, config))
        return actor(*(part[None] for part in context))[0]

    numbers = networks.modulations.free.view(config.entries, -1)[batch.chosen]
    tokens = batch.context_to_go, batch.context_observations, batch.context_actions
    return imitation_error(torch.vmap(outputs)(numbers, batch.steps, *tokens), batch)


def key_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: ModulationPoolConfig
) -> tuple[Tensor, Metrics]:
    """L(k)."""
    keys = networks.keys.free.view(config.entries, -1)[batch.chosen]
    similarity = cosine_similarity(batch.query, keys, dim=-1).mean()
    return -similarity, {"similarity": similarity}


UPDATES = (
    Update("modulations", modulation_loss, warm_up="warm_up", largest_norm="largest_norm"),
    Update("keys", key_loss, warm_up="warm_up", largest_norm="largest_norm"),
)


class ModulationPool(FrozenTransformer):
    """A trained transformer with a pool of modulations; a call of `learn` with other datasets begins a new task.

    Args:
        trained: what is modulated; its view, its seed and its numbers are taken over.
        entries: of the pool.
        modulation: of what kind all of them are.
        rank: of those that are low-rank.
    """

    def __init__(
        self,
        trained: MultiDomainTransformer,
        entries: int = 30,
        modulation: Literal["low-rank", "element-wise"] = "low-rank",
        rank: int = 8,
    ) -> None:
        shape = trained.learner.networks["actor"]
        assert isinstance(shape, Transformer)
        self.pool = ModulationPoolConfig(**vars(trained.config), entries=entries, modulation=modulation, rank=rank)
        is_low_rank = modulation == "low-rank"
        count = sum(sizes(shape, rank)) if is_low_rank else _SCALES * shape.width * shape.layers
        added = {
            "modulations": MLP((), free=entries * count, free_value=0.0 if is_low_rank else 1.0),
            "keys": MLP((), free=entries * shape.width),
            "usage": MLP((), free=entries),  # Σ over passes of the share that chose each, up to now
            "usage_before": MLP((), free=entries),  # the same when the present task began
        }
        super().__init__(trained, self.pool, added, UPDATES, choose)
        self.network("keys").free.copy_(self.drawn("initial keys", entries * shape.width))
        if is_low_rank:
            drawn = self.drawn("initial modulations", entries * count).view(entries, count)
            for numbers, begins in zip(self.modulations, drawn, strict=True):
                begin(numbers, begins, shape, rank)
        self._task: tuple[str, ...] = ()

    @property
    def modulations(self) -> Tensor:
        """[entries, numbers] as they are now."""
        return self.network("modulations").free.view(self.pool.entries, -1)

    def learn(self, datasets: Sequence[str], updates: int) -> None:
        """Go on learning from these datasets of the view alone."""
        if tuple(datasets) != self._task:
            self._task = tuple(datasets)
            self.state.tensors["usage_before"].copy_(self.state.tensors["usage"])
            for name in ("modulations", "keys"):
                self.state.tensors[f"{name}.first"].zero_()
        super().learn(datasets, updates)

    def policy(self, task: ControlTask) -> "ModulatedPolicy":
        """What the modulated transformer would do now in a task of the view; raises as `of_task`."""
        plain, layers = super().policy(task), slice(BEFORE_LAYERS, -_AFTER_LAYERS)
        of_entries = [
            tuple(tensor.numpy() for tensor in modulated(self.actor, numbers, self.pool)[layers])
            for numbers in self.modulations
        ]
        ends = plain.tensors[:BEFORE_LAYERS], plain.tensors[-_AFTER_LAYERS:]
        entries = tuple(replace(plain, tensors=ends[0] + inside + ends[1]) for inside in of_entries)
        keys = self.network("keys").free.view(self.pool.entries, -1).numpy()
        directions = keys / np.linalg.norm(keys, axis=1, keepdims=True)
        return ModulatedPolicy(**vars(plain), directions=directions, entries=entries)


@dataclass(kw_only=True)
class ModulatedPolicy(TransformerPolicy):
    """A policy whose transformer is chosen anew at every step, for each lane by what the lane remembers.

    Attributes:
        directions: [entries, width] the keys, of length 1.
        entries: the transformer as each modulation makes it; their memories are not used.
    """

    directions: NDArray[np.float32]
    entries: tuple[TransformerPolicy, ...]

    def chosen(self, observations: NDArray[np.float32], count: NDArray[np.int64]) -> NDArray[np.int64]:
        """The i [lanes] of observations [lanes, context, dimension] as read, of which the first `count` [lanes] are."""
        there = np.arange(observations.shape[1]) < count[:, None]
        mean = (observations * there[..., None]).sum(1) / count[:, None]
        query = mean @ self.tensors[OBSERVATION] + self.tensors[OBSERVATION + 1]
        return (query @ self.directions.T).argmax(1)

    def _outputs(self, memory: Any, last: NDArray[np.int64]) -> NDArray[np.float32]:
        """[lanes, action dimension] before tanh, of the step at `last`."""
        chosen = self.chosen(memory.observations, memory.count)
        outputs = np.empty((len(last), len(self.low)), np.float32)
        for entry in np.unique(chosen):
            lanes = chosen == entry
            remembered = replace(memory, **{name: kept[lanes] for name, kept in vars(memory).items()})
            outputs[lanes] = self.entries[entry]._outputs(remembered, last[lanes])
        return outputs
