"""Reading data of other suites, as it is, for the linter: nothing is repaired and nothing is unpickled.

| file                         | is read as                                                                       |
| ---------------------------- | -------------------------------------------------------------------------------- |
| `.hdf5` with `terminals`     | D4RL: `terminals` are terminated, `timeouts` are truncated                        |
| `.npz` with `obs`            | NeoRL: `done` is terminated; `truncated`, or the starts in `index`, end the rest  |
| `.npz` with `observations`   | OGBench: `terminals` end trajectories and not the task, so they are truncated     |
| folder with `main_data.hdf5` | Minari, with Box observations                                                     |
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import h5py
import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.lint.subject import Subject
from gnomon.errors import DatasetError

Columns = dict[str, NDArray]


def read_foreign(path: Path) -> Subject:
    """The columns of a file or folder.

    Raises:
        DatasetError: there is nothing, or nothing that can be read.
    """
    if not path.exists():
        raise DatasetError(f"There is no {path}.")
    try:
        return Subject(str(path), _read(path))
    except (OSError, KeyError, ValueError, TypeError, AttributeError, EOFError, BadZipFile) as error:
        raise DatasetError(f"{path} cannot be read as D4RL, NeoRL, OGBench or Minari data ({error}).") from error


def _read(path: Path) -> Columns:
    if path.is_dir():
        return _minari(next(path.rglob("main_data.hdf5"), path / "main_data.hdf5"))
    if path.suffix in (".hdf5", ".h5"):
        return _d4rl(_top_level_arrays(path))
    with np.load(path, allow_pickle=False) as arrays:
        data = dict(arrays)
    return _neorl(data) if "obs" in data else _ogbench(data)


def _top_level_arrays(path: Path) -> Columns:
    with h5py.File(path, "r") as file:
        return {str(name): item[()] for name, item in file.items() if isinstance(item, h5py.Dataset)}


def _d4rl(data: Mapping[str, NDArray]) -> Columns:
    names = {"terminals": "terminated", "timeouts": "truncated"}
    kept = ("observations", "next_observations", "actions", "rewards", *names)
    columns = {names.get(name, name): data[name] for name in kept if name in data}
    return _with_flags(columns, len(data["actions"]))


def _neorl(data: Mapping[str, NDArray]) -> Columns:
    names = {"obs": "observations", "next_obs": "next_observations", "action": "actions", "reward": "rewards"}
    columns = {name: data[theirs] for theirs, name in names.items() if theirs in data}
    columns["terminated"] = data["done"].reshape(-1).astype(bool)
    columns["rewards"] = columns["rewards"].reshape(-1)
    if "truncated" in data:
        columns["truncated"] = data["truncated"].reshape(-1).astype(bool)
    elif "index" in data:
        ends = np.append(data["index"][1:], len(columns["actions"])).astype(int) - 1
        columns["truncated"] = np.isin(np.arange(len(columns["actions"])), ends) & ~columns["terminated"]
    return _with_flags(columns, len(columns["actions"]))


def _ogbench(data: Mapping[str, NDArray]) -> Columns:
    kept = ("observations", "actions", "rewards")
    columns = {name: data[name] for name in kept if name in data}
    return _with_flags(columns | {"truncated": data["terminals"].astype(bool)}, len(data["actions"]))


def _with_flags(columns: Columns, rows: int) -> Columns:
    """Flags that the format does not have are false everywhere."""
    return {"terminated": np.zeros(rows, bool), "truncated": np.zeros(rows, bool)} | columns


def _minari(path: Path) -> Columns:
    with h5py.File(path, "r") as file:
        episodes: list[Any] = [_minari_episode(file[f"episode_{number}"]) for number in range(len(file))]
    return {name: np.concatenate([episode[name] for episode in episodes]) for name in episodes[0]}


def _minari_episode(group: Any) -> Columns:
    observations = group["observations"][()]
    return {
        "observations": observations[:-1],
        "next_observations": observations[1:],
        "actions": group["actions"][()],
        "rewards": group["rewards"][()],
        "terminated": group["terminations"][()],
        "truncated": group["truncations"][()],
    }
