"""Minari: a folder with one HDF5 group an episode, T + 1 observations (Farama-Foundation/Minari).

gnomon's own datasets are such folders. Observations are flat boxes, or dictionaries of observation, achieved_goal and
desired_goal, as those of Gymnasium-Robotics are.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gnomon.datasets import minari_file
from gnomon.datasets.columns import UNKNOWN_SEED
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats import FORMATS, Format
from gnomon.datasets.formats.rows import Rows
from gnomon.errors import DatasetError

GOALS = {"observation", "achieved_goal", "desired_goal"}
FLATTENED = "Dictionary observations were flattened to observation ⊕ desired_goal; achieved_goal was left out."


def recognises(path: Path) -> bool:
    return _file_of(path).is_file()


def _file_of(path: Path) -> Path:
    return path / "main_data.hdf5" if (path / "main_data.hdf5").is_file() else path / minari_file.DATA


def read(path: Path) -> Rows:
    with h5py.File(_file_of(path), "r") as file:
        groups: list[Any] = [file[f"episode_{number}"] for number in range(len(file))]
        if not groups:
            raise DatasetError(f"{path} has no episodes.")
        episodes = [_episode(group, number) for number, group in enumerate(groups)]
        flattened = isinstance(groups[0]["observations"], h5py.Group)
    columns = {name: np.concatenate([part[name] for part in episodes]) for name in _in_all(episodes)}
    return Rows(columns=columns, files=(_file_of(path),), changed=(FLATTENED,) if flattened else ())


def _episode(group: Any, number: int) -> dict[str, NDArray]:
    observations, steps = _observations(group["observations"]), len(group["rewards"])
    columns = {
        "observations": observations[:-1],
        "next_observations": observations[1:],
        "actions": _actions(group["actions"]),
        "rewards": group["rewards"][()],
        "terminated": group["terminations"][()],
        "truncated": group["truncations"][()],
        "episode": np.full(steps, number),
        "seed": np.full(steps, _seed(group)),
    }
    success = group.get("infos/success")
    known = isinstance(success, h5py.Dataset) and success.shape == (steps + 1,)
    return columns | {"success": success[1:]} if known else columns


def _observations(item: Any) -> NDArray:
    if isinstance(item, h5py.Dataset):
        return _box(item, "observations")
    if set(item) != GOALS:
        raise DatasetError(
            f"The observations have the parts {', '.join(item)}; gnomon reads flat ones, or {', '.join(sorted(GOALS))}."
        )
    return np.concatenate([_box(item[part], part) for part in ("observation", "desired_goal")], axis=1)


def _actions(item: Any) -> NDArray:
    """Vectors, or the whole numbers of a discrete task."""
    is_discrete = isinstance(item, h5py.Dataset) and item.ndim == 1 and item.dtype.kind in "iu"
    return item[()] if is_discrete else _box(item, "actions")


def _box(item: Any, name: str) -> NDArray:
    if not isinstance(item, h5py.Dataset) or item.ndim != 2 or item.dtype.kind != "f":
        raise DatasetError(f"The {name} are no flat vectors of real numbers, which is all that gnomon reads of Minari.")
    return item[()]


def _seed(group: Any) -> int:
    seed = group.attrs.get("seed")
    return int(seed) if isinstance(seed, int | np.integer) else UNKNOWN_SEED


def _in_all(episodes: Sequence[dict[str, NDArray]]) -> list[str]:
    return [name for name in episodes[0] if all(name in part for part in episodes)]


def write(dataset: Dataset, path: Path) -> None:
    for name in (minari_file.DATA, minari_file.METADATA):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(dataset.path / name, path / name)


FORMATS.add(
    "minari",
    Format(
        summary="Minari: a folder with one HDF5 group an episode.",
        suffixes=(),
        recognises=recognises,
        read=read,
        write=write,
    ),
)
