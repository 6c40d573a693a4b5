"""Behaviour policies whose actions are the same bytes for every batch size, thread count and BLAS.

A float32 network's output changes with all of these, and 5·10⁻⁷ on an action moves a HalfCheetah return by up to 148
(measured). Here weights are whole multiples of 2⁻¹² (int16; of a larger power of two in a layer that has weights beyond
±8) and activations of 2⁻¹⁶, and products are added in float64: no sum ever rounds, so its order does not matter. What
is left are single operations of IEEE 754 arithmetic, one number at a time. The exponential is our own for that reason.
Sampled actions also need NumPy's normal numbers, which call the C library now and then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.tensor_file import layers_of, named_layers, read_tensors, write_tensors
from gnomon.errors import GnomonError

FORMAT = "gnomon-fixed-point-policy-1"
WEIGHT_GRID, ACTIVATION_GRID = 2.0**12, 2.0**16
LARGEST_ACTIVATION = 2.0**12  # with inputs · 8 · 2¹² below 2²⁵, every sum of products of multiples of 2⁻²⁸ is exact;
# a larger unit of the weights makes sums and their grid coarser alike
WIDEST = 2**10  # inputs of a layer
MOST_DOUBLINGS = 8  # of a unit: weights up to 2048

Head = Literal["tanh", "normal", "argmax"]


@dataclass(frozen=True)
class FixedPointPolicy:
    """A multilayer perceptron with ReLU between the layers.

    Attributes:
        weights: int16 [in, out] a layer, in its units.
        biases: int32 [out] a layer, in units of 2⁻¹⁶.
        shift: [observation dimension]; with `scale` the input is (observation − shift) · scale.
        scale: [observation dimension].
        low: [action dimension] the action box.
        high: [action dimension].
        head: `tanh` of the outputs; `normal`: outputs are means and logarithmic standard deviations of a normal
            distribution under a tanh; `argmax`: the number of the largest output.
        doublings: by how many factors of two a layer's unit of weights is larger than 2⁻¹²; empty where none is.
        stochastic: whether a normal head is sampled, from streams of the episodes' seeds, or its mean is taken.
    """

    weights: tuple[NDArray[np.int16], ...]
    biases: tuple[NDArray[np.int32], ...]
    shift: NDArray[np.float32]
    scale: NDArray[np.float32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    head: Head = "tanh"
    stochastic: bool = False
    doublings: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if max(len(weight) for weight in self.weights) > WIDEST:
            raise GnomonError(f"A layer has more than {WIDEST} inputs, so its sums might round.")
        if not self._fits_together():
            raise GnomonError("The tensors of the policy do not fit together, or are not finite.")
        object.__setattr__(self, "_streams", {})

    def _fits_together(self) -> bool:
        """Types, shapes and finite numbers: what a file may lack."""
        sizes = [len(self.shift), *(weight.shape[-1] for weight in self.weights)]
        widths = {"tanh": len(self.low), "normal": 2 * len(self.low)}
        layers = zip(self.weights, self.biases, pairwise(sizes), strict=True)
        return (
            all(w.dtype == np.int16 and b.dtype == np.int32 and w.shape == s and b.shape == s[1:] for w, b, s in layers)
            and len(self.scale) == sizes[0]
            and len(self.doublings) in (0, len(self.weights))
            and all(factors in range(MOST_DOUBLINGS + 1) for factors in self.doublings)
            and len(self.high) == len(self.low)
            and sizes[-1] == widths.get(self.head, sizes[-1])
            and all(np.isfinite(part).all() for part in (self.shift, self.scale, self.low, self.high))
        )

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        """Give the lanes the streams of new episodes."""
        streams: dict[int, np.random.Generator] = vars(self)["_streams"]
        streams.update((lane, policy_stream(seed)) for lane, seed in zip(lanes, seeds, strict=True))

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[Any]:
        """[lanes, observation dimension] → [lanes, action dimension] float32, or [lanes] int64 for `argmax`."""
        return self.actions_of(self.outputs(observations))

    def actions_of(self, outputs: NDArray[np.float64]) -> NDArray[Any]:
        """What the head makes of the outputs [lanes, outputs] of the last layer."""
        if self.head == "argmax":
            return outputs.argmax(1)
        size = len(self.low)
        inner = outputs[:, :size]
        if self.head == "normal" and self.stochastic:
            noise = np.zeros_like(inner)  # a lane that never had an episode has no stream
            for lane, stream in vars(self)["_streams"].items():
                noise[lane] = stream.standard_normal(size)
            inner = inner + exponential(np.clip(outputs[:, size:], *LOG_STD)) * noise
        squashed = tanh(inner)
        return (self.low + (squashed + 1) * (self.high.astype(np.float64) - self.low) / 2).astype(np.float32)

    def outputs(self, observations: NDArray[np.float32]) -> NDArray[np.float64]:
        """[lanes, outputs] of the last layer, before the head."""
        hidden = _on_grid((observations.astype(np.float64) - self.shift) * self.scale.astype(np.float64))
        for weight, bias in self._layers[:-1]:
            hidden = _on_grid(np.maximum(hidden @ weight + bias, 0))
        return hidden @ self._layers[-1][0] + self._layers[-1][1]

    @cached_property
    def _layers(self) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Weights and biases as the numbers that they stand for; made once, not at every step."""
        layers = zip(self.weights, self.biases, self.doublings or [0] * len(self.weights), strict=True)
        return [(np.ldexp(weight / WEIGHT_GRID, factors), bias / ACTIVATION_GRID) for weight, bias, factors in layers]


LOG_STD = (-5.0, 2.0)


def _on_grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(np.rint(values * ACTIVATION_GRID) / ACTIVATION_GRID, -LARGEST_ACTIVATION, LARGEST_ACTIVATION)


def fixed_point(
    layers: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    head: Head,
    shift: NDArray[np.float32] | None = None,
    scale: NDArray[np.float32] | None = None,
) -> FixedPointPolicy:
    """Round a float32 network, weights [in, out] and biases [out], to a fixed-point policy.

    Raises:
        GnomonError: a weight does not fit into int16, or is not finite.
    """
    doublings = tuple(_doublings(weight) for weight, _ in layers)
    weights = tuple(
        _rounded(weight, WEIGHT_GRID / 2**factors, np.int16)
        for (weight, _), factors in zip(layers, doublings, strict=True)
    )
    biases = tuple(_rounded(bias, ACTIVATION_GRID, np.int32) for _, bias in layers)
    inputs = len(layers[0][0])
    shift = np.zeros(inputs, np.float32) if shift is None else shift
    scale = np.ones(inputs, np.float32) if scale is None else scale
    return FixedPointPolicy(
        weights, biases, shift, scale, low, high, head, doublings=doublings if any(doublings) else ()
    )


def _doublings(weight: NDArray[np.float32]) -> int:
    """The least that brings the weights of a layer into int16; as many as there may be where none does."""
    largest = np.abs(weight.astype(np.float64)).max(initial=0) * WEIGHT_GRID
    fitting = (factors for factors in range(MOST_DOUBLINGS) if np.rint(largest / 2**factors) <= np.iinfo(np.int16).max)
    return next(fitting, MOST_DOUBLINGS)


def _rounded(values: NDArray[np.float32], grid: float, kind: type[np.signedinteger[Any]]) -> NDArray[Any]:
    units = np.rint(values.astype(np.float64) * grid)
    if not (np.abs(units) <= np.iinfo(kind).max).all():  # written so that NaN is refused too
        raise GnomonError(f"A parameter of {np.abs(values).max():.3g} does not fit the fixed-point form.")
    return units.astype(kind)


_LN2_HIGH, _LN2_LOW = (
    0.693147180369123816490,
    1.90821492927058770002e-10,
)  # their sum is ln 2 to 2⁻⁸⁶; k · high is exact
_TERMS = 14  # of the series on |r| ≤ ln 2 / 2: the next one is below 2⁻⁵³


def exponential(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """eˣ by 2ᵏ · e^r with k whole, in operations that IEEE 754 fixes to the bit; relative error below 10⁻¹⁵."""
    whole = np.rint(values / (_LN2_HIGH + _LN2_LOW))
    rest = (values - whole * _LN2_HIGH) - whole * _LN2_LOW
    total = np.ones_like(rest)
    for term in range(_TERMS, 0, -1):
        total = 1 + total * rest / term
    return np.ldexp(total, whole.astype(np.int64))


def tanh(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(1 − e^−2|x|) / (1 + e^−2|x|) with the sign of x; absolute error below 10⁻¹⁵."""
    decayed = exponential(-2 * np.minimum(np.abs(values), 20.0))
    return np.copysign((1 - decayed) / (1 + decayed), values)


def save_fixed_point(policy: FixedPointPolicy, path: Path, about: str = "") -> None:
    """Write a policy as safetensors; `about` is a sentence to keep in its header."""
    tensors = {name: getattr(policy, name) for name in ("shift", "scale", "low", "high")}
    tensors |= named_layers(policy.weights, policy.biases)
    header: dict[str, Any] = {"layers": len(policy.weights), "head": policy.head, "about": about}
    if policy.doublings:
        header["doublings"] = list(policy.doublings)
    write_tensors(path, FORMAT, tensors, header)


def load_fixed_point(path: Path, stochastic: bool = False) -> FixedPointPolicy:
    """Read what `save_fixed_point` wrote.

    Raises:
        GnomonError: the file is not such a policy.
    """
    tensors, header = read_tensors(path, FORMAT)
    try:
        weights, biases = layers_of(tensors, int(header["layers"]))
        return FixedPointPolicy(
            weights=weights,
            biases=biases,
            **{name: tensors[name] for name in ("shift", "scale", "low", "high")},
            head=_HEADS[header["head"]],
            stochastic=stochastic,
            doublings=tuple(int(factors) for factors in header.get("doublings", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GnomonError(f"{path} is not a fixed-point policy of gnomon ({error}).") from error


_HEADS: dict[str, Head] = {"tanh": "tanh", "normal": "normal", "argmax": "argmax"}
