"""Small network policies, run in NumPy and kept as safetensors with their architecture in the header."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.tensor_file import layers_of, named_layers, read_tensors, write_tensors
from gnomon.errors import GnomonError

FORMAT = "gnomon-mlp-policy-1"


@dataclass(frozen=True)
class NetworkPolicy:
    """A deterministic policy: normalise the observation, ReLU layers, tanh, scale to the action box.

    Attributes:
        mean, scale: [observation dimension]; the input is (observation − mean) / scale.
        weights, biases: one [in, out] and one [out] a layer.
        low, high: [action dimension] the action box.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]
    low: NDArray[np.float32]
    high: NDArray[np.float32]

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.floating]:
        hidden = (observations - self.mean) / self.scale
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.maximum(hidden @ weight + bias, 0)
        squashed = np.tanh(hidden @ self.weights[-1] + self.biases[-1])
        return self.low + (squashed + 1) * (self.high - self.low) / 2


def save_policy(policy: NetworkPolicy, path: Path) -> None:
    """Write a policy as safetensors."""
    tensors = {"mean": policy.mean, "scale": policy.scale, "low": policy.low, "high": policy.high}
    tensors |= named_layers(policy.weights, policy.biases)
    write_tensors(path, FORMAT, tensors, {"layers": len(policy.weights)})


def load_policy_file(path: Path) -> NetworkPolicy:
    """Read what `save_policy` wrote.

    Raises:
        GnomonError: the file is not such a policy.
    """
    tensors, header = read_tensors(path, FORMAT)
    try:
        weights, biases = layers_of(tensors, int(header["layers"]))
        return NetworkPolicy(
            mean=tensors["mean"],
            scale=tensors["scale"],
            weights=weights,
            biases=biases,
            low=tensors["low"],
            high=tensors["high"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GnomonError(f"{path} is not a policy file of gnomon ({error}).") from error
