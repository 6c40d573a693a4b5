"""Low-rank adaptation (LoRA, arXiv 2106.09685) of a multi-domain Decision Transformer that was trained before.

    W' = W + (α / r) A B,   of queries, values and the hidden layer of every transformer layer

The transformer stays as it is; A [width, r] and B [r, out] are learned. A begins uniform within ±1/√width and B at 0,
so that nothing is changed at first; α is 2 r. Rank 8, and what is adapted, are those of L2M's code (arXiv 2306.14884);
there the product of the hidden layer takes what that layer gave, here what it reads, as in LoRA. There is one adapter,
which goes on from task to task; whether the paper begins a new one somewhere could not be checked. The reward network,
which L2M has not, is learned on in full.
"""

from dataclasses import dataclass
from math import sqrt
from types import SimpleNamespace

import torch
from torch import Tensor

from gnomon.baselines.engine.learner import MLP, Metrics, Transformer, Update
from gnomon.baselines.engine.transformer import CausalTransformer
from gnomon.baselines.multi_domain.decision_transformer import (
    MultiDomainTransformer,
    MultiDomainTransformerConfig,
    imitation_error,
)
from gnomon.baselines.multi_domain.frozen import A_LAYER, ATTENTION, BEFORE_LAYERS, HIDDEN, FrozenTransformer

SCALING = 2.0  # α / r
QUERIES, VALUES = 0, 2  # columns of the attention's weight, in widths


@dataclass(frozen=True)
class LoRAConfig(MultiDomainTransformerConfig):
    """Hyper-parameters of the adaptation, beside those of the transformer that is adapted."""

    rank: int = 8


def adapted(actor: CausalTransformer, flat: Tensor, rank: int) -> list[Tensor]:
    """The tensors of a transformer, some of them with the products that the numbers of an adapter make added."""
    tensors, width, numbers = list(actor.tensors), actor.shape.width, iter(flat.split(sizes(actor.shape, rank)))

    def product(out: int) -> Tensor:
        return SCALING * next(numbers).view(width, rank) @ next(numbers).view(rank, out)

    for layer in range(actor.shape.layers):
        begin = BEFORE_LAYERS + A_LAYER * layer
        none = torch.zeros_like(tensors[begin + ATTENTION][:, :width])
        parts = [product(width) if part in (QUERIES, VALUES) else none for part in range(3)]
        tensors[begin + ATTENTION] = tensors[begin + ATTENTION] + torch.cat(parts, 1)
        tensors[begin + HIDDEN] = tensors[begin + HIDDEN] + product(4 * width)
    return tensors


def sizes(shape: Transformer, rank: int) -> list[int]:
    """Of A and B in turn: queries, values and hidden layer of each layer."""
    return [rank * size for out in (1, 1, 4) for size in (shape.width, out * shape.width)] * shape.layers


def begin(flat: Tensor, drawn: Tensor, shape: Transformer, rank: int) -> None:
    """Write what an adapter begins with: of `drawn`, uniform from −1 to 1, every A; every B is 0."""
    lengths = sizes(shape, rank)
    for factor, numbers in zip(flat.split(lengths)[::2], drawn.split(lengths)[::2], strict=True):
        factor.copy_(numbers / sqrt(shape.width))


def adapter_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: LoRAConfig
) -> tuple[Tensor, Metrics]:
    """L(π) of the adapted transformer."""
    actor = CausalTransformer(networks.actor.shape, adapted(networks.actor, networks.adapter.free, config.rank))
    chosen = actor(batch.steps, batch.context_to_go, batch.context_observations, batch.context_actions)
    return imitation_error(chosen, batch)


class LoRA(FrozenTransformer):
    """A trained transformer with an adapter; the transformer that is given is left as it is.

    Args:
        trained: what is adapted; its view, its seed and its numbers are taken over.
        rank: of the adapter.
    """

    def __init__(self, trained: MultiDomainTransformer, rank: int = 8) -> None:
        shape = trained.learner.networks["actor"]
        assert isinstance(shape, Transformer)
        count = sum(sizes(shape, rank))
        update = Update("adapter", adapter_loss, warm_up="warm_up", largest_norm="largest_norm")
        config = LoRAConfig(**vars(trained.config), rank=rank)
        super().__init__(trained, config, {"adapter": MLP((), free=count)}, (update,))
        begin(self.network("adapter").free, self.drawn("initial adapter", count), shape, rank)
        self.rank = rank

    def actor_tensors(self) -> list[Tensor]:
        """The parameters of the adapted transformer."""
        return adapted(self.actor, self.network("adapter").free, self.rank)
