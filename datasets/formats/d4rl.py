"""D4RL: one flat HDF5 file (Fu et al., 2020, arXiv 2004.07219; Farama-Foundation/D4RL, `d4rl/offline_env.py`).

`terminals` end the task and `timeouts` cut an episode; the -v2 files of its Gym tasks have `next_observations`, all
others lack the final observation of an episode. gnomon's exports add `infos/success`, `infos/seed` and `infos/episode`.
"""

from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats import FORMATS, Format
from gnomon.datasets.formats.rows import Rows, renamed, with_flags

NAMES = {
    "observations": "observations",
    "actions": "actions",
    "rewards": "rewards",
    "next_observations": "next_observations",
    "terminals": "terminated",
    "timeouts": "truncated",
    "infos/success": "success",
    "infos/seed": "seed",
    "infos/episode": "episode",
}
SUFFIXES = (".hdf5", ".h5")


def to_d4rl(dataset: Dataset) -> dict[str, NDArray]:
    """All transitions under the names and types of `d4rl.qlearning_dataset`, which CORL's code reads, and timeouts.

    Returns:
        `observations`, `next_observations` [N, observation dimension], `actions` [N, action dimension], `rewards` [N],
        all float32; `terminals`, `timeouts` [N] bool. No transition is dropped at a timeout, and the next observation
        there is the true one.
    """
    arrays = dataset.transitions()
    return {
        "observations": arrays.observations,
        "actions": arrays.actions,
        "rewards": arrays.rewards,
        "next_observations": arrays.next_observations,
        "terminals": arrays.terminated,
        "timeouts": arrays.truncated,
    }


def recognises(path: Path) -> bool:
    return path.is_file() and path.suffix in SUFFIXES


def read(path: Path) -> Rows:
    with h5py.File(path, "r") as file:
        arrays = {name: item[()] for name in NAMES if isinstance(item := file.get(name), h5py.Dataset)}
    columns = with_flags(renamed(arrays, NAMES))
    return Rows(columns=columns, files=(path,), missing_cuts="" if "timeouts" in arrays else "timeouts")


def write(dataset: Dataset, path: Path) -> None:
    with h5py.File(path, "w", libver="latest") as file:
        for name, array in to_d4rl(dataset).items():
            file[name] = array
        infos = file.create_group("infos")  # by name: a group that is made on the way to a path gets a time stamp
        for name, array in _infos(dataset).items():
            infos[name] = array


def _infos(dataset: Dataset) -> dict[str, NDArray]:
    data = dataset.columns
    lengths = np.diff(data["offsets"])
    infos = {"episode": np.repeat(np.arange(len(lengths)), lengths), "seed": np.repeat(data["seeds"], lengths)}
    return infos | {"success": np.array(data["success"])} if "success" in dataset.manifest.statistics else infos


FORMATS.add(
    "d4rl",
    Format(
        summary="D4RL: one flat HDF5 file with terminals and timeouts.",
        suffixes=SUFFIXES,
        recognises=recognises,
        read=read,
        write=write,
    ),
)
