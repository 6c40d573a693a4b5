"""Small network policies, run in NumPy and kept as safetensors with their architecture in the header."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.tensor_file import layers_of, named_layers, read_tensors, write_tensors
from gnomon.errors import GnomonError

FORMAT = "gnomon-mlp-policy-1"

Head = Literal["tanh", "argmax", "supported"]
Layers = Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]  # weight [in, out] and bias [out] of each


@dataclass(frozen=True)
class NetworkPolicy:
    """A deterministic policy: normalise the observation, ReLU layers, and a head.

    | head        | what it makes of the outputs                                                                |
    | ----------- | ------------------------------------------------------------------------------------------- |
    | `tanh`      | tanh, scaled to the action box                                                              |
    | `argmax`    | the number of the largest                                                                   |
    | `supported` | the first half are values, the second say how likely each action is: the number of the      |
    |             | largest value among the actions that are less than 1 below the likeliest                    |

    Attributes:
        mean, scale: [observation dimension]; the input is (observation − mean) / scale.
        weights, biases: one [in, out] and one [out] a layer.
        low, high: [action dimension] the action box; empty where actions are numbers.
        head: how an action is made.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    head: Head = "tanh"

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[Any]:
        """[lanes, observation dimension] → [lanes, action dimension] float32, or [lanes] int64 of numbered actions."""
        hidden = (observations - self.mean) / self.scale
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.maximum(hidden @ weight + bias, 0)
        outputs = hidden @ self.weights[-1] + self.biases[-1]
        if self.head == "tanh":
            return self.low + (np.tanh(outputs) + 1) * (self.high - self.low) / 2
        return (outputs if self.head == "argmax" else _supported(outputs)).argmax(1)


def _supported(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    values, likely = np.split(outputs, 2, axis=1)
    return np.where(likely > likely.max(1, keepdims=True) - 1, values, -np.inf)


def save_policy(policy: NetworkPolicy, path: Path) -> None:
    """Write a policy as safetensors."""
    tensors = {"mean": policy.mean, "scale": policy.scale, "low": policy.low, "high": policy.high}
    tensors |= named_layers(policy.weights, policy.biases)
    head = {} if policy.head == "tanh" else {"head": policy.head}  # the bytes of older files stay what they were
    write_tensors(path, FORMAT, tensors, {"layers": len(policy.weights), **head})


def load_policy_file(path: Path) -> NetworkPolicy:
    """Read what `save_policy` wrote.

    Raises:
        GnomonError: the file is not such a policy.
    """
    tensors, header = read_tensors(path, FORMAT)
    head = header.get("head", "tanh")
    if head not in get_args(Head):
        raise GnomonError(f"{path} is not a policy file of gnomon (it has a head {head!r}).")
    try:
        weights, biases = layers_of(tensors, int(header["layers"]))
        return NetworkPolicy(
            mean=tensors["mean"],
            scale=tensors["scale"],
            weights=weights,
            biases=biases,
            low=tensors["low"],
            high=tensors["high"],
            head=head,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GnomonError(f"{path} is not a policy file of gnomon ({error}).") from error
