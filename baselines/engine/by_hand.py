"""The derivative of a plain multilayer perceptron by hand: the same numbers as autograd's, without its book-keeping."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gnomon.baselines.engine.networks import Network, linear, views


def forward(network: Network, inputs: Tensor) -> tuple[Tensor, list[Tensor]]:
    """The output of a network, and what `backward` needs: the inputs of every layer.

    Args:
        network: without an ensemble, or with one of E members.
        inputs: [batch, in], or [E, batch, in].

    Returns:
        [batch, out] or [E, batch, out], and one tensor a layer.
    """
    layers, kept = network.layers, [inputs]
    for weight, bias in layers[:-1]:
        kept.append(linear(kept[-1], weight, bias).relu_())
    return linear(kept[-1], *layers[-1]), kept


def backward(network: Network, kept: Sequence[Tensor], output_gradient: Tensor, gradient: Tensor) -> None:
    """Write the gradient of all layers into a row [P].

    Args:
        network: that was called.
        kept: what `forward` returned beside the output; it is overwritten.
        output_gradient: of the shape of the output.
        gradient: [P]; numbers that belong to no layer are left as they are.
    """
    layers, rows = network.layers, Network(network.shape, views(network.shape, gradient)).layers
    flowing = output_gradient
    for (weight, _), (weight_row, bias_row), inputs in zip(layers[::-1], rows[::-1], kept[::-1], strict=True):
        _product(inputs.transpose(-2, -1), flowing, weight_row)
        torch.sum(flowing, -2, keepdim=bias_row.dim() == flowing.dim(), out=bias_row)
        if inputs is not kept[0]:
            flowing = _through_relu(flowing, weight, inputs)


def input_gradient(network: Network, kept: Sequence[Tensor], output_gradient: Tensor) -> Tensor:
    """[…, batch, in] the gradient of the inputs alone."""
    layers, flowing = network.layers, output_gradient
    for (weight, _), inputs in zip(layers[:0:-1], kept[:0:-1], strict=True):
        flowing = _through_relu(flowing, weight, inputs)
    return _times(flowing, layers[0][0].transpose(-2, -1))


def _through_relu(flowing: Tensor, weight: Tensor, inputs: Tensor) -> Tensor:
    """The gradient before the ReLU whose output fed a layer."""
    back = weight.transpose(-2, -1)
    before = flowing * back if weight.shape[-1] == 1 else _times(flowing, back)
    return torch.ops.aten.threshold_backward(before, inputs, 0)


def _times(left: Tensor, right: Tensor) -> Tensor:
    """Left @ right of equal dimensions, without the copies that `matmul` makes of an ensemble's."""
    return torch.mm(left, right) if left.dim() == 2 else torch.bmm(left, right)


def _product(left: Tensor, right: Tensor, out: Tensor) -> None:
    if right.dim() == 2:
        torch.mm(left, right, out=out)
    else:
        torch.bmm(left.expand(len(right), *left.shape[-2:]), right, out=out)
