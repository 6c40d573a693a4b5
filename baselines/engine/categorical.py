"""Values as probabilities over bins, learned by classification (arXiv 2403.03950, §3.1; Imani and White 2018).

A network gives a logit a bin; the value is the mean of the bins' centres. The target, a number, becomes probabilities:
those of a normal distribution around it in every bin (HL-Gauss), or of its two neighbouring centres (two-hot).
"""

from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor

ALMOST_NOTHING = 1e-6


@dataclass(frozen=True)
class Bins:
    """Equal bins from `low` to `high`."""

    low: float
    high: float
    count: int

    @property
    def width(self) -> float:
        return (self.high - self.low) / self.count

    def centres(self, like: Tensor) -> Tensor:
        """[count], with the type and the device of a tensor."""
        return self.low + self.width * (torch.arange(self.count, dtype=like.dtype, device=like.device) + 0.5)

    def values(self, logits: Tensor) -> Tensor:
        """[..., count] → [...]"""
        return (logits.softmax(-1) * self.centres(logits)).sum(-1)

    def gaussian(self, targets: Tensor, spread: float | Tensor) -> Tensor:
        """[...] → [..., count] of a normal distribution cut off at the bounds; `spread` is σ over a bin's width."""
        inside = targets.clamp(self.low, self.high)[..., None]
        edges = torch.linspace(self.low, self.high, self.count + 1, dtype=targets.dtype, device=targets.device)
        below = torch.erf((edges - inside) / (sqrt(2) * self.width * spread))
        return below.diff(dim=-1) / (below[..., -1:] - below[..., :1] + ALMOST_NOTHING)

    def two_hot(self, targets: Tensor) -> Tensor:
        """[...] → [..., count], shared between the two nearest centres so that their mean is the target."""
        inside = targets.clamp(self.low + self.width / 2, self.high - self.width / 2)[..., None]
        return (1 - (inside - self.centres(targets)).abs() / self.width).clamp(min=0)
