"""LeRobotDataset v3.0: Parquet tables and JSON in a folder (huggingface/lerobot, `src/lerobot/datasets`).

A table has T rows an episode, the observation before each action. gnomon's exports add the final observation and the
seed of each episode to the table of episodes, and `next.terminated` and `next.truncated` to the rows. A step is the
unit of time (fps 1). A column of one number is a scalar, as LeRobot's reader has it.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import UNKNOWN_SEED, has_actions
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats import FORMATS, Format
from gnomon.datasets.formats.rows import Rows, renamed, with_flags
from gnomon.errors import DatasetError, UsageError
from gnomon.files import canonical_json

if TYPE_CHECKING:
    import pyarrow

DATA = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
EPISODES, TASKS, STATS = "meta/episodes/chunk-000/file-000.parquet", "meta/tasks.parquet", "meta/stats.json"
QUANTILES = {"q01": 0.01, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q99": 0.99}
INFO, VERSION = "meta/info.json", "v3.0"
NAMES = {
    "observation.state": "observations",
    "action": "actions",
    "next.reward": "rewards",
    "next.success": "success",
    "next.terminated": "terminated",
    "next.truncated": "truncated",
    "episode_index": "episode",
}
DONE_ONLY = "The file does not tell terminated from truncated; every episode counts as truncated."


def recognises(path: Path) -> bool:
    return (path / INFO).is_file()


def read(path: Path) -> Rows:
    info = json.loads((path / INFO).read_bytes())
    if info["codebase_version"] != VERSION:
        raise DatasetError(f"{path} is LeRobot {info['codebase_version']}; convert it to {VERSION} with LeRobot first.")
    files, episodes = sorted(path.glob("data/*/*.parquet")), sorted(path.glob("meta/episodes/*/*.parquet"))
    if not files or not episodes:
        raise DatasetError(f"{path} has no Parquet tables below data/ or below meta/episodes/.")
    columns = with_flags(renamed(_arrays(files, list(NAMES)), NAMES))
    columns |= {"observations": _matrix(columns["observations"]), "actions": _actions(columns["actions"])}
    changed = _left_out(info["features"])
    if "next.terminated" not in info["features"]:
        columns["truncated"] = _last_of_each(columns["episode"])
        changed += (DONE_ONLY,)
    columns |= _of_episodes(columns, _arrays(episodes, ["episode_index", "final_observation", "seed"]))
    return Rows(columns=columns, files=(path / INFO, *files, *episodes), changed=changed)


def _arrays(files: list[Path], names: list[str]) -> dict[str, NDArray]:
    """The columns of those names that the Parquet files have, end to end."""
    from pyarrow import concat_tables, parquet

    present = [name for name in names if name in parquet.read_schema(files[0]).names]
    table = concat_tables([parquet.read_table(file, columns=present) for file in files])
    return {name: _array(table.column(name).combine_chunks()) for name in present}


def _array(column: Any) -> NDArray:
    """[rows] of scalars, or [rows, dimension] of lists of one length."""
    if column.null_count:
        raise DatasetError("A column has rows without a value, which is nothing that can be learned from.")
    if hasattr(column.type, "value_type"):
        return _matrix(column.flatten().to_numpy(zero_copy_only=False), len(column))
    return column.to_numpy(zero_copy_only=False)


def _matrix(values: NDArray, rows: int | None = None) -> NDArray:
    return values.reshape(len(values) if rows is None else rows, -1)


def _actions(column: NDArray) -> NDArray:
    """[rows, dimension], or [rows] of discrete actions: one whole number a row."""
    actions = _matrix(column)
    return actions[:, 0] if actions.dtype.kind in "iu" and actions.shape[1] == 1 else actions


def _left_out(features: dict[str, Any]) -> tuple[str, ...]:
    others = sorted(name for name in features if name.startswith("observation.") and name != "observation.state")
    return (f"Observations other than observation.state were left out: {', '.join(others)}.",) if others else ()


def _last_of_each(episode: NDArray) -> NDArray[np.bool_]:
    return np.append(episode[1:] != episode[:-1], True)


def _of_episodes(columns: dict[str, NDArray], episodes: dict[str, NDArray]) -> dict[str, NDArray]:
    """What the table of episodes says, as columns of the rows: next observations and seeds."""
    ends = np.flatnonzero(_last_of_each(columns["episode"]))
    if not np.array_equal(columns["episode"][ends], episodes["episode_index"]):
        raise DatasetError("The table of episodes does not have the episodes of the data, in their order.")
    seeds = episodes.get("seed", np.full(len(ends), UNKNOWN_SEED))
    found = {"seed": np.repeat(seeds, np.diff(ends, prepend=-1))}
    if "final_observation" in episodes:
        following = np.roll(columns["observations"], -1, axis=0)
        following[ends] = _matrix(episodes["final_observation"])
        found["next_observations"] = following
    return found


def write(dataset: Dataset, path: Path) -> None:
    if not has_actions(dataset.columns).all():
        raise UsageError(f"{dataset.id} has episodes without actions, which LeRobot cannot hold; take another format.")
    rows, episodes = _rows_of(dataset), _episodes_of(dataset)
    _write_table(path / DATA.format(chunk_index=0, file_index=0), rows)
    _write_table(path / EPISODES, episodes)
    _write_tasks(path / TASKS, dataset)
    (path / INFO).write_bytes(canonical_json(_info(rows, len(episodes["length"]))))
    (path / STATS).write_bytes(canonical_json({name: _statistics(array) for name, array in rows.items()}))


def _rows_of(dataset: Dataset) -> dict[str, NDArray]:
    arrays, lengths = dataset.transitions(), np.diff(dataset.columns["offsets"])
    step = np.arange(len(arrays)) - np.repeat(dataset.columns["offsets"][:-1], lengths)
    success = {"next.success": np.array(dataset.columns["success"])}
    return {
        "observation.state": arrays.observations,
        "action": arrays.actions,
        "next.reward": arrays.rewards,
        "next.done": arrays.terminated | arrays.truncated,
        "next.terminated": arrays.terminated,
        "next.truncated": arrays.truncated,
        **(success if "success" in dataset.manifest.statistics else {}),
        "timestamp": step.astype(np.float32),
        "frame_index": step,
        "episode_index": np.repeat(np.arange(len(lengths)), lengths),
        "index": np.arange(len(arrays)),
        "task_index": np.zeros(len(arrays), np.int64),
    }


def _episodes_of(dataset: Dataset) -> dict[str, Any]:
    data = dataset.columns
    lengths, numbers = np.diff(data["offsets"]), np.arange(len(data["seeds"]))
    files = ("data/chunk_index", "data/file_index", "meta/episodes/chunk_index", "meta/episodes/file_index")
    return {
        "episode_index": numbers,
        "tasks": [[_task_of(dataset)]] * len(numbers),
        "length": lengths,
        "dataset_from_index": data["offsets"][:-1],
        "dataset_to_index": data["offsets"][1:],
        **dict.fromkeys(files, np.zeros_like(numbers)),
        "final_observation": data["observations"][data["offsets"][1:] + numbers],
        "seed": np.array(data["seeds"]),
    }


def _task_of(dataset: Dataset) -> str:
    return dataset.task.summary if dataset.manifest.task else dataset.id


def _write_table(path: Path, columns: dict[str, Any]) -> None:
    import pyarrow
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table({name: _column(values) for name, values in columns.items()}), path)


def _column(values: Any) -> "pyarrow.Array":
    """Vectors as lists of one length; a vector of one number as a scalar, as LeRobot's reader has it."""
    import pyarrow

    if isinstance(values, np.ndarray) and values.ndim == 2 and values.shape[1] > 1:
        return pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(values.reshape(-1)), values.shape[1])
    return pyarrow.array(values.reshape(-1) if isinstance(values, np.ndarray) else values)


def _write_tasks(path: Path, dataset: Dataset) -> None:
    import pandas

    pandas.DataFrame({"task_index": [0]}, index=pandas.Index([_task_of(dataset)], name="task")).to_parquet(path)


def _info(rows: dict[str, NDArray], episodes: int) -> dict[str, Any]:
    return {
        "codebase_version": VERSION,
        "robot_type": None,
        "total_episodes": episodes,
        "total_frames": len(rows["index"]),
        "total_tasks": 1,
        "chunks_size": 1000,
        "data_files_size_in_mb": 100,
        "video_files_size_in_mb": 200,
        "fps": 1,
        "splits": {"train": f"0:{episodes}"},
        "data_path": DATA,
        "video_path": None,
        "features": {
            name: {"dtype": str(array.dtype), "shape": [*array.shape[1:]] or [1], "names": None}
            for name, array in rows.items()
        },
    }


def _statistics(array: NDArray) -> dict[str, Any]:
    """Of each component, what LeRobot normalises with."""
    values = _matrix(array).astype(np.float64)
    measured = {name: np.quantile(values, share, axis=0) for name, share in QUANTILES.items()}
    measured |= {"min": values.min(0), "max": values.max(0), "mean": values.mean(0), "std": values.std(0)}
    return {name: value.tolist() for name, value in measured.items()} | {"count": [len(values)]}


FORMATS.add(
    "lerobot",
    Format(
        summary="LeRobotDataset v3.0: Parquet tables in a folder.",
        suffixes=(),
        recognises=recognises,
        read=read,
        write=write,
    ),
)
