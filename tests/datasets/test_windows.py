"""Windows: against slices of the episodes, one by one."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.contracts import Episode
from gnomon.datasets import columns, windows
from gnomon.datasets.dataset import Dataset
from gnomon.errors import UsageError

NAMES = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated")


def episodes_of(lengths: list[int]) -> list[Episode]:
    """Episodes whose numbers are all different."""
    stream = np.random.default_rng(sum(lengths))
    return [
        Episode(
            seed,
            stream.standard_normal((length + 1, 3), dtype=np.float32),
            stream.standard_normal((length, 2), dtype=np.float32),
            stream.standard_normal(length, dtype=np.float32),
            np.zeros(length, bool),
            terminated=seed % 2 == 0,
            truncated=seed % 2 == 1,
        )
        for seed, length in enumerate(lengths)
    ]


LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=5)


@given(LENGTHS, st.integers(1, 6))
def test_sequences_are_the_slices_of_episodes(lengths: list[int], length: int) -> None:
    episodes = episodes_of(lengths)
    expected = [(e, t) for e in episodes for t in range(len(e) - length + 1)]
    if not expected:
        with pytest.raises(UsageError, match="the longest episode"):
            windows.sequences(columns.from_episodes(episodes), length)
        return
    found = windows.sequences(columns.from_episodes(episodes), length)
    assert len(found) == len(expected)
    batch = found[:]
    assert batch.inside.all()
    for number, (episode, first) in enumerate(expected):
        rows = slice(first, first + length)
        assert np.array_equal(batch.observations[number], episode.observations[rows])
        assert np.array_equal(batch.next_observations[number], episode.observations[first + 1 : first + length + 1])
        assert np.array_equal(batch.actions[number], episode.actions[rows])
        assert np.array_equal(batch.rewards[number], episode.rewards[rows])
        assert batch.steps[number].tolist() == list(range(first, first + length))
        ends = np.arange(first, first + length) == len(episode) - 1
        assert np.array_equal(batch.terminated[number], ends & episode.terminated)
        assert np.array_equal(batch.truncated[number], ends & episode.truncated)


@given(LENGTHS, st.integers(1, 8))
def test_a_history_ends_at_its_step_and_does_not_reach_into_another_episode(lengths: list[int], length: int) -> None:
    episodes = episodes_of(lengths)
    batch = windows.histories(columns.from_episodes(episodes), length)[:]
    number = 0
    for episode in episodes:
        for step in range(len(episode)):
            first = max(0, step - length + 1)
            padding = length - (step + 1 - first)
            assert batch.inside[number].tolist() == [False] * padding + [True] * (length - padding)
            known = batch.observations[number][padding:]
            assert np.array_equal(known, episode.observations[first : step + 1])
            assert np.array_equal(batch.observations[number][:padding], episode.observations[[0] * padding])
            number += 1
    assert number == len(batch.rewards)


def test_a_batch_is_all_that_is_read(small: Dataset) -> None:
    found = small.sequences(20)
    batch = found[np.array([5, 3])]
    assert batch.observations.shape == (2, 20, small.columns["observations"].shape[1])
    assert isinstance(found.columns["observations"], np.memmap)
    assert np.array_equal(batch.actions[1], found[3:4].actions[0])


def test_histories_of_length_one_are_the_transitions(small: Dataset) -> None:
    batch, everything = small.histories(1)[:], small.transitions()
    assert all(np.array_equal(getattr(batch, name)[:, 0], getattr(everything, name)) for name in NAMES)


@pytest.mark.parametrize("length", [0, -1, 10_000])
def test_lengths_that_no_episode_has(length: int, small: Dataset) -> None:
    with pytest.raises(UsageError, match="length of a sequence is 1 to"):
        small.sequences(length)


def test_a_history_of_nothing_is_refused(small: Dataset) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        small.histories(0)


@pytest.mark.parametrize("device", ["cuda:99", "sundial"])
def test_a_device_that_is_not_here(device: str, small: Dataset) -> None:
    with pytest.raises(UsageError, match="There is no device"):
        small.to_torch(device)


def test_tensors_are_the_arrays(small: Dataset) -> None:
    tensors, arrays = small.to_torch(), small.transitions()
    assert all(np.array_equal(tensors[name].numpy(), getattr(arrays, name)) for name in NAMES)
    assert tensors["observations"].dtype == torch.float32
