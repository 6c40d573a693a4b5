"""Episode boundaries of each suite's files, worked by hand; the files are written as those suites write them."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from gnomon.datasets.columns import UNKNOWN_SEED
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats.exporting import export_dataset
from gnomon.datasets.formats.importing import import_dataset
from gnomon.datasets.lint import lint
from gnomon.datasets.lint.subject import subject_of
from gnomon.errors import DatasetError


def numbers(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def vectors(*values: float) -> np.ndarray:
    return numbers(*values)[:, None]


def flags(*values: int) -> np.ndarray:
    return np.array(values, bool)


def d4rl(path: Path, **arrays: Any) -> Dataset:
    with h5py.File(path / "data.hdf5", "w") as file:
        for name, array in arrays.items():
            file[name.replace("__", "/")] = array
    return import_dataset(path / "data.hdf5", "imported/data-v1")


def archive(path: Path, **arrays: Any) -> Dataset:
    np.savez(path / "data.npz", **arrays)
    return import_dataset(path / "data.npz", "imported/data-v1")


def said(dataset: Dataset) -> list[str]:
    return dataset.manifest.recipe["repairs"]


def look(dataset: Dataset) -> list[tuple[list[float], list[float], str]]:
    """Observations, rewards and ending of each episode."""
    ending = {(True, False): "terminated", (False, True): "truncated", (False, False): "neither"}
    return [
        (e.observations[:, 0].tolist(), e.rewards.tolist(), ending[e.terminated, e.truncated])
        for e in dataset.episodes()
    ]


def test_d4rl_with_next_observations_keeps_every_row(tmp_path: Path) -> None:
    dataset = d4rl(
        tmp_path,
        observations=vectors(0, 1, 2, 10, 11),
        next_observations=vectors(1, 2, 3, 11, 12),
        actions=vectors(0, 0.25, 0.5, 0.75, 1),
        rewards=numbers(1, 2, 3, 4, 5),
        terminals=flags(0, 0, 1, 0, 0),
        timeouts=flags(0, 0, 0, 0, 1),
        infos__goal=np.zeros((5, 2)),
        metadata__algorithm="SAC",
    )
    assert look(dataset) == [([0, 1, 2, 3], [1, 2, 3], "terminated"), ([10, 11, 12], [4, 5], "truncated")]
    assert said(dataset) == []
    assert dataset.columns["actions"].ravel().tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert dataset.columns["seeds"].tolist() == [UNKNOWN_SEED] * 2
    assert "success" not in dataset.manifest.statistics
    assert dataset.manifest.recipe["file"] == "data.hdf5"
    assert not [finding for finding in lint(subject_of(dataset)) if finding.severity == "error"]


def test_a_next_observation_that_contradicts_the_next_row_is_counted_and_not_used(tmp_path: Path) -> None:
    dataset = d4rl(
        tmp_path,
        observations=vectors(0, 1, 2),
        next_observations=vectors(1, 99, 3),
        actions=vectors(0, 0, 0),
        rewards=numbers(1, 2, 3),
        terminals=flags(0, 0, 1),
        timeouts=flags(0, 0, 0),
    )
    assert look(dataset) == [([0, 1, 2, 3], [1, 2, 3], "terminated")]
    assert said(dataset) == [
        "Next observations that are not the following row's inside an episode: 1; the following row was kept."
    ]


def test_d4rl_without_final_observations_loses_the_cut_steps_alone(tmp_path: Path) -> None:
    dataset = d4rl(
        tmp_path,
        observations=vectors(0, 1, 2, 10, 11, 20, 21, 30),
        actions=vectors(0, 0, 0, 0, 0, 0, 0, 0),
        rewards=numbers(1, 2, 3, 4, 5, 6, 7, 8),
        terminals=flags(0, 0, 1, 0, 0, 0, 0, 0),
        timeouts=flags(0, 0, 0, 0, 1, 0, 1, 0),
    )
    assert look(dataset) == [
        ([0, 1, 2, 2], [1, 2, 3], "terminated"),
        ([10, 11], [4], "truncated"),
        ([20, 21], [6], "truncated"),
    ]
    assert said(dataset) == [
        "Rows after the last flag: 1; they are a truncated episode.",
        "Terminated episodes without their final observation: 1; it is a copy of the last one.",
        "Truncated episodes without their final observation: 3; they lost their last transition.",
        "Episodes that are left without a transition: 1; they were dropped.",
    ]


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.float32])
def test_flags_of_any_type_and_wide_columns(dtype: type, tmp_path: Path) -> None:
    dataset = d4rl(
        tmp_path,
        observations=vectors(0, 1).astype(np.float64),
        next_observations=vectors(1, 2).astype(np.float64),
        actions=vectors(0, 0),
        rewards=np.array([[1.0], [2.0]]),
        terminals=np.array([0, 1], dtype),
        timeouts=np.array([[0], [1]], dtype),
    )
    assert look(dataset) == [([0, 1, 2], [1, 2], "terminated")]
    assert said(dataset) == [
        "The observations were float64; they were cast to float32.",
        "The next_observations were float64; they were cast to float32.",
        "The rewards were float64; they were cast to float32.",
        "Rows flagged terminated and truncated: 1; they count as terminated.",
    ]


def test_neorl_cuts_where_the_index_starts_an_episode(tmp_path: Path) -> None:
    dataset = archive(
        tmp_path,
        obs=vectors(0, 1, 10, 11),
        next_obs=vectors(1, 2, 11, 12),
        action=vectors(0, 0, 0, 0),
        reward=vectors(1, 2, 3, 4),
        done=vectors(0, 0, 0, 1),
        index=np.array([0, 2]),
    )
    assert look(dataset) == [([0, 1, 2], [1, 2], "truncated"), ([10, 11, 12], [3, 4], "terminated")]
    assert said(dataset) == []


def test_neorl2_cuts_where_truncated_is_set(tmp_path: Path) -> None:
    dataset = archive(
        tmp_path,
        obs=vectors(0, 1, 10, 20),
        next_obs=vectors(1, 2, 11, 21),
        action=vectors(0, 0, 0, 0),
        reward=numbers(1, 2, 3, 4),
        done=flags(0, 0, 1, 0),
        truncated=flags(0, 1, 0, 0),
    )
    assert look(dataset) == [
        ([0, 1, 2], [1, 2], "truncated"),
        ([10, 11], [3], "terminated"),
        ([20, 21], [4], "truncated"),
    ]
    assert said(dataset) == ["Rows after the last flag: 1; they are a truncated episode."]


def test_ogbench_terminals_are_final_observations_and_no_ends_of_the_task(tmp_path: Path) -> None:
    dataset = archive(
        tmp_path,
        observations=vectors(0, 1, 2, 10, 11),
        actions=vectors(5, 6, 7, 8, 9),
        terminals=numbers(0, 0, 1, 0, 1),
        qpos=np.zeros((5, 3)),
    )
    assert look(dataset) == [([0, 1, 2], [0, 0], "truncated"), ([10, 11], [0], "truncated")]
    assert dataset.columns["actions"].ravel().tolist() == [5, 6, 8]
    assert said(dataset) == [
        "The file has no rewards; they are 0.",
        "Last rows that are an episode's final observation: 2; their actions were dropped.",
    ]


def write_minari(path: Path, observations: Any, seed: int | None = None, **infos: np.ndarray) -> Path:
    """Two steps as Minari stores them."""
    (path / "data").mkdir(parents=True)
    with h5py.File(path / "data/main_data.hdf5", "w") as file:
        group = file.create_group("episode_0")
        for name, part in observations.items() if isinstance(observations, dict) else [("", observations)]:
            group[f"observations/{name}".rstrip("/")] = part
        group["actions"], group["rewards"] = vectors(5, 6), np.array([1.0, 2.0])
        group["terminations"], group["truncations"] = flags(1, 0), flags(0, 1)
        for name, info in infos.items():
            group[f"infos/{name}"] = info
        if seed is not None:
            group.attrs["seed"] = seed
    return path


def test_minari_dictionaries_are_flattened_and_flags_inside_an_episode_dropped(tmp_path: Path) -> None:
    parts = {name: vectors(*row) for name, row in GOALS.items()}
    folder = write_minari(tmp_path / "maze-v0", parts, seed=7, success=flags(0, 0, 1))
    dataset = import_dataset(folder, "imported/maze-v1")
    assert dataset.columns["observations"].tolist() == [[0, 8], [1, 8], [2, 8]]
    assert look(dataset) == [([0, 1, 2], [1, 2], "truncated")]
    assert dataset.columns["success"].tolist() == [False, True]
    assert dataset.columns["seeds"].tolist() == [7]
    assert said(dataset) == [
        "Dictionary observations were flattened to observation ⊕ desired_goal; achieved_goal was left out.",
        "The rewards were float64; they were cast to float32.",
        "Flags inside an episode: 1; they were dropped.",
    ]


GOALS = {"achieved_goal": (3, 4, 5), "desired_goal": (8, 8, 8), "observation": (0, 1, 2)}


def test_minari_without_seed_and_success(tmp_path: Path) -> None:
    dataset = import_dataset(write_minari(tmp_path / "data-v0", vectors(0, 1, 2)), "imported/data-v1")
    assert dataset.columns["seeds"].tolist() == [UNKNOWN_SEED]
    assert "success" not in dataset.manifest.statistics


def test_lerobot_of_a_robot_has_neither_final_observations_nor_rewards(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    folder = tmp_path / "robot"
    features = ("observation.state", "observation.images.top", "action", "next.done", "episode_index")
    for name in ("data/chunk-000", "meta/episodes/chunk-000"):
        (folder / name).mkdir(parents=True)
    described = {"codebase_version": "v3.0", "features": {name: {} for name in features}}
    (folder / "meta/info.json").write_text(json.dumps(described))
    rows = {
        "observation.state": [[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [10.0, 5.0], [11.0, 5.0]],
        "action": [[0.0, 1.0]] * 5,
        "next.done": [False, False, True, False, True],
        "episode_index": [0, 0, 0, 1, 1],
    }
    lists = pyarrow.list_(pyarrow.float32())
    types = pyarrow.schema([*zip(features[:1] + features[2:3], [lists] * 2, strict=True)])
    table = {
        name: pyarrow.array(row, types.field(name).type if name in types.names else None) for name, row in rows.items()
    }
    parquet.write_table(pyarrow.table(table), folder / "data/chunk-000/file-000.parquet")
    episodes = {"episode_index": [0, 1], "length": [3, 2]}
    parquet.write_table(pyarrow.table(episodes), folder / "meta/episodes/chunk-000/file-000.parquet")
    dataset = import_dataset(folder, "imported/robot-v1")
    assert look(dataset) == [([0, 1, 2], [0, 0], "truncated"), ([10, 11], [0], "truncated")]
    assert said(dataset) == [
        "Observations other than observation.state were left out: observation.images.top.",
        "The file does not tell terminated from truncated; every episode counts as truncated.",
        "The file has no rewards; they are 0.",
        "Truncated episodes without their final observation: 2; they lost their last transition.",
    ]


def test_importing_twice_is_the_same_dataset(tmp_path: Path) -> None:
    first = archive(tmp_path, observations=vectors(0, 1), actions=vectors(5, 6), terminals=flags(0, 1))
    again = import_dataset(tmp_path / "data.npz", "imported/again-v1")
    assert again.manifest.recipe_hash == first.manifest.recipe_hash
    assert import_dataset(tmp_path / "data.npz", "imported/data-v1").manifest == first.manifest


def test_episodes_are_cut_at_the_length_that_was_given(tmp_path: Path) -> None:
    """D4RL's first files have no timeouts. Seven rows, terminated at row 2: cut after two steps from 0 and from 3."""
    path = tmp_path / "old.hdf5"
    with h5py.File(path, "w") as file:
        file["observations"] = np.arange(7, dtype=np.float32)[:, None]
        file["next_observations"] = np.arange(1, 8, dtype=np.float32)[:, None]
        file["actions"], file["rewards"] = np.zeros((7, 1), np.float32), np.ones(7, np.float32)
        file["terminals"] = np.arange(7) == 2
    with pytest.raises(DatasetError, match="--horizon"):
        import_dataset(path, "imported/old-v1")
    made = import_dataset(path, "imported/old-v1", horizon=2)
    assert made.columns["offsets"].tolist() == [0, 2, 3, 5, 7]
    assert made.columns["truncated"].tolist() == [False, True, False, False, True, False, True]
    assert any("cut after 2 steps: 3;" in repair for repair in made.manifest.recipe["repairs"])


def test_discrete_actions_come_in_and_go_out(tmp_path: Path) -> None:
    path = tmp_path / "discrete.hdf5"
    with h5py.File(path, "w") as file:
        file["observations"], file["actions"] = np.random.default_rng(0).normal(size=(4, 2)), np.array([0, 2, 1, 1])
        file["next_observations"], file["rewards"] = np.random.default_rng(1).normal(size=(4, 2)), np.ones(4)
        file["terminals"], file["timeouts"] = np.array([0, 1, 0, 1], bool), np.zeros(4, bool)
    made = import_dataset(path, "imported/discrete-v1")
    assert made.columns["actions"].tolist() == [0, 2, 1, 1]
    assert made.columns["actions"].dtype == np.int64
    for format, name in {"d4rl": "out.hdf5", "npz": "out.npz", "minari": "minari", "lerobot": "lerobot"}.items():
        out = tmp_path / name
        export_dataset(made, format, out)
        again = import_dataset(out, f"imported/discrete-{format}-v1", format)
        assert again.manifest.content_hash == made.manifest.content_hash
