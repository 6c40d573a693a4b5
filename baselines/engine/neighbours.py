"""The nearest transition of a dataset, by blocks of distances that stay in the cache: no tree, no other processor."""

from dataclasses import dataclass

import torch
from torch import Tensor

BLOCK = 8192  # transitions whose distances are worked out together


@dataclass(frozen=True)
class Neighbours:
    """What is searched.

    Attributes:
        keys: [dimensions, N] observations and actions of all transitions, in columns.
        actions: [N, action dimensions].
        halves: [2, N] half the squared lengths of the observations and of the actions.
    """

    keys: Tensor
    actions: Tensor
    halves: Tensor

    @classmethod
    def of(cls, observations: Tensor, actions: Tensor) -> "Neighbours":
        """Of [N, dimensions] each."""
        halves = torch.stack([observations.square().sum(1), actions.square().sum(1)]) / 2
        return cls(torch.cat((observations, actions), 1).T.contiguous(), actions.contiguous(), halves)

    def nearest_actions(self, observations: Tensor, actions: Tensor, scale: float | Tensor) -> Tensor:
        """The actions [batch, action dimensions] of the transitions (ŝ, â) with the least |β (s − ŝ)|² + |a − â|².

        That is the greatest β² ⟨s, ŝ⟩ + ⟨a, â⟩ − (β² |ŝ|² + |â|²) / 2: one product of matrices a block.

        Args:
            observations: [batch, dimensions] s.
            actions: [batch, dimensions] a.
            scale: β.
        """
        queries = torch.cat((scale**2 * observations, actions), 1)
        best = torch.full((len(queries),), -torch.inf, device=queries.device)
        where = torch.zeros(len(queries), dtype=torch.int64, device=queries.device)
        for first in range(0, self.keys.shape[1], BLOCK):
            keys, halves = self.keys[:, first : first + BLOCK], self.halves[:, first : first + BLOCK]
            offsets = scale**2 * halves[0] + halves[1]
            found, number = torch.addmm(-offsets, queries, keys).max(1)
            where = torch.where(found > best, first + number, where)
            best = torch.maximum(found, best)
        return self.actions[where]
