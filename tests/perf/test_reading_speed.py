"""How long a million transitions take to become training-ready arrays, in four ways, on the same data in one run.

    make bench

| way    | what it does                                                                                              |
| ------ | --------------------------------------------------------------------------------------------------------- |
| loop   | D4RL's `qlearning_dataset`: a Python loop over rows that appends each field to a list, then `np.array`      |
| minari | `iterate_episodes`, each episode's arrays split into transitions and joined                                 |
| h5py   | whole arrays of a D4RL-flat file                                                                            |
| gnomon | `load_dataset(id).transitions()`                                                                            |
"""

import time
from collections.abc import Callable

import h5py
import numpy as np
import pytest

from gnomon.datasets.columns import Columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.store import load_dataset
from gnomon.datasets.write import Provenance, add_dataset

TRANSITIONS, OBSERVATION, ACTION = 1_000_000, 17, 6
FIRST_BATCH = 0.05  # seconds

pytestmark = [pytest.mark.perf, pytest.mark.timeout(900)]


def random_columns(steps: int) -> Columns:
    """A million transitions in episodes of so many steps."""
    stream = np.random.default_rng(0)
    episodes = TRANSITIONS // steps
    offsets = np.arange(episodes + 1, dtype=np.int64) * steps
    ends = np.zeros(TRANSITIONS, bool)
    ends[offsets[1:] - 1] = True
    return {
        "observations": stream.standard_normal((TRANSITIONS + episodes, OBSERVATION), dtype=np.float32),
        "actions": stream.uniform(-1, 1, (TRANSITIONS, ACTION)).astype(np.float32),
        "rewards": stream.standard_normal(TRANSITIONS, dtype=np.float32),
        "success": np.zeros(TRANSITIONS, bool),
        "terminated": np.zeros(TRANSITIONS, bool),
        "truncated": ends,
        "offsets": offsets,
        "seeds": np.arange(episodes),
    }


@pytest.fixture(scope="module", params=[50, 1000])
def dataset(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(folder))
        provenance = Provenance(origin="imported", task=None, recipe={"file": "random numbers"})
        made = add_dataset(f"perf/steps-{request.param}-v1", provenance, random_columns(request.param))
    flat = made.transitions()
    with h5py.File(folder / "flat.hdf5", "w") as file:
        for name in ("observations", "actions", "rewards", "next_observations"):
            file[name] = getattr(flat, name)
        file["terminals"], file["timeouts"] = flat.terminated, flat.truncated
    return made


def _flat(dataset: Dataset) -> dict[str, np.ndarray]:
    with h5py.File(dataset.path.parents[2] / "flat.hdf5") as file:
        return {name: item[()] for name, item in file.items()}  # pyright: ignore[reportReturnType,reportIndexIssue]


def loop(dataset: Dataset) -> None:
    data = _flat(dataset)
    lists: dict[str, list] = {name: [] for name in ("observations", "next", "actions", "rewards", "terminals")}
    for row in range(len(data["rewards"]) - 1):
        if data["timeouts"][row]:
            continue
        lists["observations"].append(data["observations"][row].astype(np.float32))
        lists["next"].append(data["observations"][row + 1].astype(np.float32))
        lists["actions"].append(data["actions"][row].astype(np.float32))
        lists["rewards"].append(data["rewards"][row].astype(np.float32))
        lists["terminals"].append(bool(data["terminals"][row]))
    for rows in lists.values():
        np.array(rows)


def minari(dataset: Dataset) -> None:
    from minari import MinariDataset

    parts = [
        (e.observations[:-1], e.observations[1:], e.actions, e.rewards, e.terminations)
        for e in MinariDataset(dataset.path / "data").iterate_episodes()
    ]
    for fields in zip(*parts, strict=True):
        np.concatenate(fields)


def h5py_arrays(dataset: Dataset) -> None:
    _flat(dataset)


def gnomon(dataset: Dataset) -> None:
    Dataset(dataset.path, dataset.manifest).transitions()


def seconds(way: Callable[[Dataset], object], dataset: Dataset, rounds: int) -> float:
    """The best of some rounds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        way(dataset)
        times.append(time.perf_counter() - begun)
    return min(times)


def test_transitions_against_the_ways_of_others(dataset: Dataset) -> None:
    gnomon(dataset)
    ours = seconds(gnomon, dataset, 5)
    others = {way.__name__: seconds(way, dataset, rounds) for way, rounds in ((h5py_arrays, 3), (minari, 1), (loop, 1))}
    print(f"\n{dataset.id}: gnomon {1000 * ours:.0f} ms")
    for name, taken in others.items():
        print(f"  {name:12} {1000 * taken:8.0f} ms = {taken / ours:6.1f} times gnomon's")
    assert others["loop"] > 50 * ours
    assert others["minari"] > 5 * ours


def test_opening_and_a_first_batch(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNOMON_HOME", str(dataset.path.parents[2]))
    rows = np.random.default_rng(0).integers(0, 900_000, 256)

    def first_batch(_: Dataset) -> None:
        load_dataset(dataset.id).histories(1)[rows]

    taken = seconds(first_batch, dataset, 5)
    print(f"\n{dataset.id}: opened, and a first batch of 256 transitions, in {1000 * taken:.1f} ms")
    assert taken < FIRST_BATCH


def test_tensors_at_the_bandwidth_of_memory(dataset: Dataset) -> None:
    tensors = dataset.to_torch()
    size = sum(tensor.nbytes for tensor in tensors.values())
    taken = seconds(lambda data: data.to_torch(), dataset, 5)
    source = [np.asarray(column) for column in dataset.transitions().__dict__.values()]
    copied = seconds(lambda _: [array.copy() for array in source], dataset, 5)
    print(
        f"\n{dataset.id}: {size / taken / 1e9:.1f} GB/s to tensors; a plain copy of them {size / copied / 1e9:.1f} GB/s"
    )
    assert taken < 3 * copied
