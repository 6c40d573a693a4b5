"""What learns beside a multi-domain Decision Transformer that was trained before, and stays as it is."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace

import torch
from torch import Tensor

from gnomon.baselines.engine import streams
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.transformer import CausalTransformer
from gnomon.baselines.multi_domain.decision_transformer import (
    REWARD_UPDATE,
    MultiDomainTransformer,
    MultiDomainTransformerConfig,
)
from gnomon.baselines.multi_domain.learner import MultiDomainLearner

BEFORE_LAYERS, A_LAYER = 9, 12  # tensors before the layers, and of one layer
ATTENTION, HIDDEN, OUT = 2, 8, 10  # the places of a layer's weights of attention, of the hidden layer, and after it


class FrozenTransformer(MultiDomainTransformer):
    """A trained transformer beside which something else learns; the one that is given is left as it is, and copied.

    Args:
        trained: what is adapted; its view, its seed and its numbers are taken over.
        config: hyper-parameters, those of the transformer among them.
        added: name → shape of what is learned or counted beside the transformer.
        updates: of what is learned; the reward network, which is no part of the transformer, learns on after them.
        shared: what the losses have in common (see `Learner`).
    """

    def __init__(
        self,
        trained: MultiDomainTransformer,
        config: MultiDomainTransformerConfig,
        added: Mapping[str, MLP],
        updates: tuple[Update, ...],
        shared: Callable[[SimpleNamespace, SimpleNamespace], Metrics] | None = None,
    ) -> None:
        learner = Learner({**trained.learner.networks, **added}, (*updates, REWARD_UPDATE), shared=shared)
        MultiDomainLearner.__init__(self, trained.rows, trained.seed, config, learner)
        for name in trained.learner.networks:
            self.state.tensors[name].copy_(trained.state.tensors[name])

    @property
    def actor(self) -> CausalTransformer:
        """The transformer, as it was trained before."""
        actor = self.network("actor")
        assert isinstance(actor, CausalTransformer)
        return actor

    def drawn(self, purpose: str, count: int) -> Tensor:
        """[count] uniform numbers from −1 to 1, from a stream of the seed."""
        key = streams.keys_of([self.seed], purpose)
        return 2 * streams.uniforms(key, torch.zeros(1, dtype=torch.int64), count)[0, 0] - 1
