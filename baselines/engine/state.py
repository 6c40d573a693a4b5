"""Everything that training changes: parameters, targets and moments of all seeds, and the number of passes done."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from gnomon.baselines.engine.learner import Learner
from gnomon.baselines.engine.networks import initial

MOMENTS = ("first", "second")


class State:
    """Flat tensors [S, P] by name: `actor`, `actor_target`, `actor.first`, `actor.second`, …"""

    def __init__(self, learner: Learner, seeds: Sequence[int], device: str = "cpu") -> None:
        self.passes = 0
        self.tensors: dict[str, Tensor] = {}
        for name, shape in learner.networks.items():
            begin = initial(shape, seeds, f"initial {name}").to(device)
            self.tensors[name] = begin
            self.tensors |= {f"{name}.{moment}": torch.zeros_like(begin) for moment in MOMENTS}
        for name in learner.targets:
            self.tensors[f"{name}_target"] = self.tensors[name].clone()

    def restore(self, passes: int, tensors: Mapping[str, Tensor]) -> None:
        """Take the values of a checkpoint; shapes are the same, or it raises KeyError or RuntimeError."""
        for name, tensor in self.tensors.items():
            tensor.copy_(tensors[name])
        self.passes = passes

    def diverged(self, learner: Learner) -> list[bool]:
        """[S] whether a parameter of the seed is not finite."""
        finite = [self.tensors[name].isfinite().all(1) for name in learner.networks]
        return (~torch.stack(finite).all(0)).tolist()
