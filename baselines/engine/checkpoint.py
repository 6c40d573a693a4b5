"""Checkpoints: everything that training changes, in one file whose header says what it belongs to.

Random numbers are functions of the number of passes, so a training that goes on from a checkpoint makes the same
numbers as one that never stopped.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from gnomon.baselines.engine.state import MOMENTS, State
from gnomon.benchmarks.tensor_file import read_tensors, write_tensors
from gnomon.errors import GnomonError, UsageError
from gnomon.files import hash_of

FORMAT = "gnomon-checkpoint-1"


def save_checkpoint(state: State, belongs_to: Mapping[str, Any], path: Path, extra: Mapping[str, Any] = {}) -> None:
    """Write a checkpoint; the file is the old one or the new one at every moment.

    Args:
        state: what is kept.
        belongs_to: JSON values of what decides the training: algorithm, configurations, data, seeds, versions.
        path: of the file.
        extra: JSON values to find again.
    """
    tensors = {name: tensor.cpu().numpy() for name, tensor in state.tensors.items()}
    header = {"passes": state.passes, "belongs_to": dict(belongs_to), "extra": dict(extra)}
    write_tensors(path, FORMAT, tensors, header)


def load_checkpoint(state: State, belongs_to: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Put a training back to where a checkpoint left it; returns the `extra` of `save_checkpoint`.

    Raises:
        UsageError: it is of another algorithm, configuration, dataset or version, or no checkpoint; nothing is changed.
    """
    try:
        tensors, header = read_tensors(path, FORMAT)
    except GnomonError as error:
        raise UsageError(f"{error} It is no checkpoint to go on from; train without --resume.") from error
    found, wanted = header.get("belongs_to", {}), dict(belongs_to)
    for name in dict.fromkeys([*wanted, *found]):
        if hash_of(found.get(name)) != hash_of(wanted.get(name)):
            raise UsageError(
                f"{path} is a checkpoint with another {name} ({_short(found.get(name))}, not "
                f"{_short(wanted.get(name))}); train without --resume, or elsewhere."
            )
    if {name: tensor.shape for name, tensor in tensors.items()} != {
        n: tuple(t.shape) for n, t in state.tensors.items()
    }:
        raise UsageError(f"{path} does not hold the tensors of this training; train without --resume.")
    state.restore(header["passes"], {name: torch.from_numpy(tensor) for name, tensor in tensors.items()})
    return header["extra"]


def begin_with(state: State, path: Path) -> None:
    """Take the networks and targets of a checkpoint of another training; moments and passes begin anew.

    Raises:
        UsageError: it is no checkpoint, or has other networks; nothing is changed.
    """
    try:
        tensors, _ = read_tensors(path, FORMAT)
    except GnomonError as error:
        raise UsageError(f"{error} It is no training to begin with.") from error
    wanted = {name: tensor for name, tensor in state.tensors.items() if not name.endswith(MOMENTS)}
    if any(name not in tensors or tensors[name].shape != tuple(tensor.shape) for name, tensor in wanted.items()):
        raise UsageError(f"{path} has other networks than this training: another algorithm, preset, task or seed.")
    for name, tensor in wanted.items():
        tensor.copy_(torch.from_numpy(tensors[name]))


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 60 else f"{text[:57]}…"
