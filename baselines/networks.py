"""Plain multilayer perceptrons for several seeds at once: every tensor has a leading seed axis [S, …].

A seed learns the same numbers alone and stacked: its parameters, batches and noise come from a stream of its own, and
no operation mixes seeds. (Products with a single output column are written as sums, because the matrix product of that
shape takes another path, with another order of addition, when it is batched.)
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

Layers = list[tuple[Tensor, Tensor]]  # weight [S, in, out], bias [S, 1, out]


def streams(seeds: Sequence[int]) -> list[torch.Generator]:
    """One random stream a seed."""
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def multilayer_perceptron(sizes: Sequence[int], streams: Sequence[torch.Generator]) -> Layers:
    """Uniform ±1/√in for weights and biases, which is PyTorch's default for a linear layer."""
    return [_layer(size_in, size_out, streams) for size_in, size_out in pairwise(sizes)]


def _layer(size_in: int, size_out: int, streams: Sequence[torch.Generator]) -> tuple[Tensor, Tensor]:
    bound = size_in**-0.5
    weight = torch.stack([torch.empty(size_in, size_out).uniform_(-bound, bound, generator=s) for s in streams])
    bias = torch.stack([torch.empty(1, size_out).uniform_(-bound, bound, generator=s) for s in streams])
    return weight.requires_grad_(), bias.requires_grad_()


def forward(layers: Layers, inputs: Tensor) -> Tensor:
    """[S, batch, in] → [S, batch, out], ReLU between the layers."""
    for weight, bias in layers[:-1]:
        inputs = torch.baddbmm(bias, inputs, weight).relu_()
    return _linear(*layers[-1], inputs)


def _linear(weight: Tensor, bias: Tensor, inputs: Tensor) -> Tensor:
    if weight.shape[-1] == 1:
        return (inputs * weight.transpose(1, 2)).sum(-1, keepdim=True) + bias
    return torch.baddbmm(bias, inputs, weight)


def parameters(*networks: Layers) -> list[Tensor]:
    """All tensors of the networks."""
    return [tensor for layers in networks for layer in layers for tensor in layer]


class Adam:
    """PyTorch's fused Adam over one flat tensor that the parameters and their gradients are views of.

    The length is padded, so that every number goes through the vectorised body of the kernel and none through its
    tail, which rounds differently: in one thread a seed's update does not depend on how many seeds there are.
    """

    PADDING = 64

    def __init__(self, tensors: Sequence[Tensor], learning_rate: float) -> None:
        total = sum(tensor.numel() for tensor in tensors)
        self.flat = torch.zeros(-(-total // self.PADDING) * self.PADDING)
        self.flat.grad = torch.zeros_like(self.flat)
        offset = 0
        for tensor in tensors:
            segment = slice(offset, offset + tensor.numel())
            offset = segment.stop
            self.flat[segment] = tensor.detach().flatten()
            tensor.data = self.flat[segment].view_as(tensor)
            tensor.grad = self.flat.grad[segment].view_as(tensor)
        self.optimizer = torch.optim.Adam([self.flat], learning_rate, fused=True)

    def descend(self, loss: Tensor) -> None:
        """One step against the gradient of a scalar loss."""
        assert self.flat.grad is not None
        self.flat.grad.zero_()
        loss.backward()
        self.optimizer.step()


def copy(layers: Layers) -> Layers:
    """The same values in new tensors that take no gradient."""
    return [(weight.detach().clone(), bias.detach().clone()) for weight, bias in layers]


@torch.no_grad()
def move_towards(targets: Layers, layers: Layers, rate: float) -> None:
    """Polyak averaging: target ← (1 − rate) · target + rate · value."""
    for target, value in zip(parameters(targets), parameters(layers), strict=True):
        target.lerp_(value, rate)


def batch_indices(size: int, batch_size: int, streams: Sequence[torch.Generator]) -> Tensor:
    """[S, batch] row numbers, uniform with replacement, from each seed's own stream."""
    return torch.stack([torch.randint(size, (batch_size,), generator=stream) for stream in streams])
