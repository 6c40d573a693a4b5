"""Safetensors files whose header says what they are, and whose bytes depend on what is in them alone."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import GnomonError
from gnomon.files import canonical_json, write_atomically

PARTS = ("weight", "bias")
KEY = "gnomon"  # the only entry of the header: of several, the library would write the order by chance


def write_tensors(path: Path, format: str, tensors: Mapping[str, NDArray[Any]], header: Mapping[str, Any]) -> None:
    """Write arrays and a header of JSON values; the file is the old one or the new one at every moment."""
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    write_atomically(path, save(arrays, {KEY: canonical_json({"format": format, **header}).decode()}))


def named_layers(weights: Sequence[NDArray[Any]], biases: Sequence[NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The tensors of a network's layers under the names that files have for them."""
    layers = enumerate(zip(weights, biases, strict=True))
    return {f"layer_{n}.{part}": tensor for n, layer in layers for part, tensor in zip(PARTS, layer, strict=True)}


def layers_of(tensors: Mapping[str, NDArray[Any]], count: int) -> tuple[tuple[NDArray[Any], ...], ...]:
    """The weights and the biases of so many layers; raises KeyError where one is missing."""
    return tuple(tuple(tensors[f"layer_{n}.{part}"] for n in range(count)) for part in PARTS)


def read_tensors(path: Path, format: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the header that `write_tensors` wrote.

    Raises:
        GnomonError: the file cannot be read, or is of another format.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            header = json.loads((file.metadata() or {}).get(KEY, "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise GnomonError(f"{path} cannot be read ({error}).") from error
    if not isinstance(header, dict) or header.get("format") != format:
        raise GnomonError(f"{path} is not a file of the format {format}.")
    return tensors, header
