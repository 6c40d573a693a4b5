"""The HDF5 file of a dataset, as Minari lays it out: a group an episode, T + 1 observations.

Written by us: contiguous arrays instead of Minari's chunked ones are a tenth of the size and of the time. A test opens
the result with Minari.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.columns import Columns, from_episodes, to_episodes
from gnomon.files import canonical_json, write_atomically

if TYPE_CHECKING:
    from gymnasium import Space

DATA = "data/main_data.hdf5"
METADATA = "data/metadata.json"


def write(columns: Columns, task: str | None, id: str, folder: Path) -> None:
    """Write `data/main_data.hdf5` and `data/metadata.json` below the folder; the spaces are those of the task."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / DATA, "w", libver="latest", track_order=True) as file:
        for number, episode in enumerate(to_episodes(columns)):
            _write_episode(file.create_group(f"episode_{number}"), number, episode)
    write_atomically(folder / METADATA, canonical_json(_metadata(columns, task, id, (folder / DATA).stat().st_size)))


def _write_episode(group: h5py.Group, number: int, episode: Episode) -> None:
    group.attrs["id"] = number
    group.attrs["seed"] = episode.seed
    group.attrs["total_steps"] = len(episode)
    at_end = np.arange(1, len(episode) + 1) == len(episode)
    group["observations"] = episode.observations
    group["actions"] = episode.actions
    group["rewards"] = episode.rewards
    group["terminations"] = at_end & episode.terminated
    group["truncations"] = at_end & episode.truncated
    infos = group.create_group("infos")  # by name: a group that is made on the way to a path gets a time stamp
    infos["success"] = np.concatenate([[False], episode.success])  # Minari keeps one info an observation


def _metadata(columns: Columns, task: str | None, id: str, size: int) -> dict[str, object]:
    from minari import __version__ as minari_version
    from minari.serialization import serialize_space

    observations, actions = _spaces(columns, task)
    return {
        "dataset_id": id,
        "data_format": "hdf5",
        "jpeg_encoding": False,
        "total_episodes": len(columns["seeds"]),
        "total_steps": len(columns["rewards"]),
        "dataset_size": round(size / 1e6, 1),
        "observation_space": serialize_space(observations),
        "action_space": serialize_space(actions),
        "minari_version": minari_version,
        "description": TASKS[task].summary if task else "Imported data.",
        "algorithm_name": "see manifest.json",
        "code_permalink": "gnomon",
    }


def _spaces(columns: Columns, task: str | None) -> "tuple[Space[Any], Space[Any]]":
    """The spaces of the task's environment; without a task, boxes of the data's shapes, or its number of actions."""
    if task:
        environment = TASKS[task].make()
        return environment.observation_space, environment.action_space
    return _unbounded_box(columns["observations"]), _action_space(columns["actions"])


def _action_space(actions: NDArray[Any]) -> "Space[Any]":
    from gymnasium.spaces import Discrete

    return Discrete(int(actions.max()) + 1) if actions.dtype.kind in "iu" else _unbounded_box(actions)


def _unbounded_box(rows: NDArray[np.float32]) -> "Space[Any]":
    from gymnasium.spaces import Box

    return Box(-np.inf, np.inf, rows.shape[1:], np.float32)


def read(folder: Path) -> Columns:
    """The columns, read back from the HDF5 file."""
    with h5py.File(folder / DATA, "r") as file:
        return from_episodes([_read_episode(file[f"episode_{number}"]) for number in range(len(file))])


def _read_episode(group: Any) -> Episode:
    return Episode(
        seed=int(group.attrs["seed"]),
        observations=group["observations"][()],
        actions=group["actions"][()],
        rewards=group["rewards"][()],
        success=group["infos/success"][1:],
        terminated=bool(group["terminations"][-1]),
        truncated=bool(group["truncations"][-1]),
    )
