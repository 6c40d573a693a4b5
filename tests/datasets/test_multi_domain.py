"""The multi-domain view: wide rows are the tasks' own values in their columns, drawn by weight, read without copies."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from domains import TASK_IDS, dataset_of, shared_home, view_of
from hypothesis import given
from hypothesis import strategies as st

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.multi_domain import WORDS, Layout, MultiDomain
from gnomon.errors import DatasetError, UsageError

SIZES = st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5), min_size=1), min_size=1, max_size=4)
SHARES = st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(any)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with one small dataset of each of three tasks."""
    yield from shared_home(tmp_path_factory.mktemp("domains"))


@pytest.fixture
def view(shared: Path, monkeypatch: pytest.MonkeyPatch) -> MultiDomain:
    monkeypatch.setenv("GNOMON_HOME", str(shared))
    return view_of(*TASK_IDS)


def _parts(sizes: dict[str, int]) -> dict[str, slice]:
    ends = np.cumsum([0, *sizes.values()]).tolist()
    return {name: slice(ends[place], ends[place + 1]) for place, name in enumerate(sizes)}


@given(SIZES)
def test_parts_of_one_name_share_columns_and_others_none(tasks: list[dict[str, int]]) -> None:
    layout = Layout.of([_parts(sizes) for sizes in tasks], [1] * len(tasks))
    widest = {name: max(sizes.get(name, 0) for sizes in tasks) for sizes in tasks for name in sizes}
    places = [set(range(*part.indices(10**6))) for part in layout.parts.values()]
    assert set().union(*places) == set(range(sum(widest.values())))
    assert sum(map(len, places)) == layout.observation_size == sum(widest.values())
    for sizes in tasks:
        found = layout.columns_of(_parts(sizes))
        assert len(set(found)) == sum(sizes.values())
        for name, part in _parts(sizes).items():
            assert found[part].tolist() == list(range(layout.parts[name].start, layout.parts[name].start + sizes[name]))


def test_the_layout_of_three_tasks(view: MultiDomain) -> None:
    """Pendulum and cheetah share the columns of `velocity`, of which the cheetah has nine."""
    widths = {name: part.stop - part.start for name, part in view.layout.parts.items()}
    metaworld = {"hand": 3, "gripper": 1, "objects": 14, "previous": 18, "goal": 3}
    assert widths == {"orientation": 2, "velocity": 9, **metaworld, "position": 8}
    assert (view.layout.observation_size, view.layout.action_size) == (58, 6)
    assert [int(one.observation_mask.sum()) for one in view.descriptors] == [3, 39, 17]
    assert [int(one.action_mask.sum()) for one in view.descriptors] == [1, 4, 6]
    assert [one.domain for one in view.descriptors] == ["dmcontrol", "metaworld", "dmcontrol"]


def test_every_row_is_the_transition_of_its_dataset(view: MultiDomain) -> None:
    rows = np.random.default_rng(0).permutation(len(view))
    batch = view.batch(rows)
    for one, dataset in zip(view.descriptors, view.datasets, strict=True):
        mine, data = batch.numbers == one.number, dataset.transitions()
        own = rows[mine] - [0, *np.cumsum([len(d.columns["rewards"]) for d in view.datasets])][one.number]
        assert sorted(own) == list(range(len(data)))
        for name in ("observations", "next_observations"):
            wide = getattr(batch, name)[mine]
            assert np.array_equal(wide[:, one.columns], getattr(data, name)[own])
            assert not wide[~batch.observation_mask[mine]].any()
        size = data.actions.shape[1]
        assert np.array_equal(batch.actions[mine, :size], data.actions[own])
        assert not batch.actions[mine, size:].any()
        for name in ("rewards", "terminated", "truncated"):
            assert np.array_equal(getattr(batch, name)[mine], getattr(data, name)[own])
    assert batch.truncated.sum() == 6


@pytest.mark.usefixtures("shared")
@given(weights=SHARES)
def test_rows_are_drawn_by_weight_and_evenly(shared: Path, weights: list[int]) -> None:
    """Words at even distances stand for random ones: each dataset gets its share of them, each row as many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(shared))
        view = view_of(*TASK_IDS).weighted(weights)
        rows = view.chosen(np.arange(0, WORDS, 2**17))
    counts = np.bincount(rows, minlength=len(view)).reshape(3, 120)
    assert counts.sum(1) == pytest.approx(len(rows) * np.array(weights) / sum(weights), abs=2)
    assert (np.ptp(counts, axis=1) <= 2).all()


def test_batches_are_those_of_their_seed(view: MultiDomain) -> None:
    def first(seed: int) -> bytes:
        batches = view.batches(seed, 64)
        return b"".join(next(batches).observations.tobytes() for _ in range(2))

    assert first(1) == first(1) != first(2)
    alone = next(view.weighted([0, 1, 0]).batches(1, 64))
    assert set(alone.numbers) == {1}
    assert alone.observations.shape == (64, view.layout.observation_size)


def test_moments_are_numpys(view: MultiDomain) -> None:
    means, spreads = view.moments()
    for one, dataset in zip(view.descriptors, view.datasets, strict=True):
        own = np.array(dataset.columns["observations"], np.float64)
        assert means[one.number, one.columns] == pytest.approx(own.mean(0), rel=1e-5, abs=1e-6)
        assert spreads[one.number, one.columns] == pytest.approx(own.std(0), rel=1e-5, abs=1e-6)
        assert not means[one.number, ~one.observation_mask].any()
        assert (spreads[one.number, ~one.observation_mask] == 1).all()


def test_datasets_larger_than_memory_are_read_in_flat_memory(shared: Path, tmp_path: Path) -> None:
    """The process may take 64 MiB more than it has; the files are larger, and to copy their observations fails."""
    ids = [dataset_of(id) for id in TASK_IDS]
    script = Path(__file__).parent.parent / "importable" / "multi_domain_memory.py"
    environment = {"GNOMON_HOME": str(shared), "PATH": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, script, tmp_path, *ids], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["files"] > found["allowed"]
    assert found["refused"]
    assert found["grown"] < 8 * 2**20


@pytest.mark.parametrize("weights", [[1, 1], [0, 0, 0], [1, -1, 1], [1, float("inf"), 1], [float("nan"), 1, 1]])
def test_weights_that_are_no_shares_are_refused(view: MultiDomain, weights: list[float]) -> None:
    with pytest.raises(UsageError, match="as many weights"):
        view.weighted(weights)


def test_a_view_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        MultiDomain.of([])


def test_numbered_actions_are_refused(view: MultiDomain) -> None:
    one = view.datasets[0]
    numbered: Dataset = one.holding({**one.columns, "actions": np.zeros(len(one.columns["actions"]), np.int64)})
    with pytest.raises(DatasetError, match="numbers as actions"):
        MultiDomain.of([numbered])
