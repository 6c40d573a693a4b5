"""Reading: transitions that never cross an episode, columns that are the HDF5 file, and damage that is found."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.contracts import Episode
from gnomon.datasets import columns, minari_file
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import MANIFEST
from gnomon.datasets.store import load_dataset
from gnomon.errors import DatasetError, UnknownId
from gnomon.files import hash_arrays

SMALL = "maze/umaze/planner-test-v1"


def test_transitions_are_the_episodes(small: Dataset) -> None:
    arrays, start = small.transitions(), 0
    for episode in small.episodes():
        rows = slice(start, start + len(episode))
        assert np.array_equal(arrays.observations[rows], episode.observations[:-1])
        assert np.array_equal(arrays.next_observations[rows], episode.observations[1:])
        assert np.array_equal(arrays.actions[rows], episode.actions)
        assert arrays.terminated[rows].tolist() == [False] * (len(episode) - 1) + [episode.terminated]
        assert arrays.truncated[rows].tolist() == [False] * (len(episode) - 1) + [episode.truncated]
        start += len(episode)
    assert start == len(arrays) == small.manifest.transitions


def test_tensors_are_the_arrays(small: Dataset) -> None:
    tensors, arrays = small.to_torch(), small.transitions()
    assert set(tensors) == {"observations", "actions", "rewards", "next_observations", "terminated", "truncated"}
    assert np.array_equal(tensors["next_observations"].numpy(), arrays.next_observations)


def test_minari_reads_what_we_wrote(small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    import minari

    monkeypatch.setenv("MINARI_DATASETS_PATH", str(small.path.parents[2]))
    theirs = minari.load_dataset(SMALL)
    assert (theirs.total_episodes, theirs.total_steps) == (small.manifest.episodes, small.manifest.transitions)
    for ours, episode in zip(small.episodes(), theirs.iterate_episodes(), strict=True):
        assert np.array_equal(episode.observations, ours.observations)
        assert np.array_equal(episode.actions, ours.actions)
        assert np.array_equal(episode.rewards, ours.rewards)
        assert (bool(episode.terminations[-1]), bool(episode.truncations[-1])) == (ours.terminated, ours.truncated)
        assert not episode.terminations[:-1].any()
        assert episode.infos is not None
        assert np.array_equal(episode.infos["success"][1:], ours.success)
        assert theirs.observation_space.contains(episode.observations[0])


def test_the_column_store_is_a_cache(own_small: Path) -> None:
    shutil.rmtree(own_small / "columns")
    dataset = load_dataset(SMALL)
    dataset.verify()
    assert (own_small / "columns").is_dir()


def _truncate(folder: Path) -> None:
    os.truncate(folder / minari_file.DATA, 1000)


def _flip_a_byte_of_the_hdf5_file(folder: Path) -> None:
    with (folder / minari_file.DATA).open("r+b") as file:
        content = file.read()
        position = content.index(np.load(folder / "columns/actions.npy")[0].tobytes())
        file.seek(position)
        file.write(bytes([content[position] ^ 1]))


def _flip_a_value_of_a_column(folder: Path) -> None:
    rewards = np.load(folder / "columns/rewards.npy")
    rewards[3] += 1
    np.save(folder / "columns/rewards.npy", rewards)


def _shorten_a_column(folder: Path) -> None:
    np.save(folder / "columns/rewards.npy", np.load(folder / "columns/rewards.npy")[:-1])


def _drop_a_column(folder: Path) -> None:
    (folder / "columns/actions.npy").unlink()


def _drop_the_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def _break_the_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text((folder / MANIFEST).read_text()[:200])


def _change_the_recipe(folder: Path) -> None:
    text = (folder / MANIFEST).read_text()
    recipe_hash = load_dataset(SMALL).manifest.recipe_hash
    (folder / MANIFEST).write_text(text.replace(recipe_hash, "0" * 64))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_truncate, "does not have the size"),
        (_flip_a_byte_of_the_hdf5_file, "HDF5 file of .* does not have the content hash"),
        (_flip_a_value_of_a_column, "column store of .* does not have the content hash"),
        (_shorten_a_column, "do not have the size that the manifest says"),
        (_drop_a_column, "cannot be read"),
        (_drop_the_manifest, "holds no manifest.json"),
        (_break_the_manifest, "is damaged"),
        (_change_the_recipe, "built from another recipe"),
    ],
)
def test_damage_is_found_and_named(damage, sentence: str, own_small: Path) -> None:
    load_dataset(SMALL).verify()
    damage(own_small)
    with pytest.raises(DatasetError, match=sentence) as error:
        load_dataset(SMALL).verify()
    assert "make it again" in str(error.value)


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    """An episode of one to five steps with numbers from a seeded stream."""
    length, seed = draw(st.integers(1, 5)), draw(st.integers(0, 2**63 - 1))
    stream, ending = np.random.default_rng(seed), draw(st.sampled_from([(True, False), (False, True), (False, False)]))
    return Episode(
        seed=seed,
        observations=stream.normal(size=(length + 1, 3)).astype(np.float32),
        actions=stream.normal(size=(length, 2)).astype(np.float32),
        rewards=stream.normal(size=length).astype(np.float32),
        success=stream.random(length) < 0.5,
        terminated=ending[0],
        truncated=ending[1],
    )


@given(st.lists(episodes(), min_size=2, max_size=6))
def test_columns_and_episodes_are_inverse(played: list[Episode]) -> None:
    laid_out = columns.from_episodes(played)
    assert hash_arrays(columns.from_episodes(columns.to_episodes(laid_out))) == hash_arrays(laid_out)
    halves = [columns.from_episodes(played[:1]), columns.from_episodes(played[1:])]
    assert hash_arrays(columns.concatenate(halves)) == hash_arrays(laid_out)
    is_first = np.arange(len(played)) < 1
    assert hash_arrays(columns.select_episodes(laid_out, is_first)) == hash_arrays(halves[0])
    assert np.allclose(columns.returns(laid_out), [e.rewards.sum(dtype="f8") for e in played])
    assert columns.successes(laid_out).tolist() == [bool(e.success.any()) for e in played]


@pytest.mark.parametrize(
    "id", ["maze", "", "../../../etc", "maze/umaze", "x" * 300, "Maze/umaze/wander-v1", "/tmp/data-v1"]
)
def test_what_is_no_id_is_never_a_folder(id: str, own_small: Path) -> None:
    with pytest.raises(UnknownId, match=r"is not the id of a dataset|no dataset"):
        load_dataset(id)


def test_a_dataset_in_another_datasets_folder_is_refused(own_small: Path) -> None:
    other = own_small.with_name("calm-test-v1")
    shutil.copytree(own_small, other)
    with pytest.raises(DatasetError, match="holds maze/umaze/planner-test-v1, not maze/umaze/calm-test-v1"):
        load_dataset("maze/umaze/calm-test-v1")
