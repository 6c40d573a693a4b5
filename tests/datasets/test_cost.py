"""The estimate of what a build costs, against what it costs."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from gnomon.datasets.build import build_dataset
from gnomon.datasets.cost import Cost, estimate
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipes import RECIPES


def size_without_card(dataset: Dataset) -> int:
    named = [dataset.path / name for name in (*dataset.manifest.files, "manifest.json")]
    return sum(path.stat().st_size for path in [*named, *(dataset.path / "columns").iterdir()])


def test_the_disk_is_told_within_a_tenth_and_nothing_is_left_behind(small: Dataset) -> None:
    before = sorted(path for path in small.path.parents[3].rglob("*") if path.is_file())
    cost = estimate(RECIPES[small.id], workers=1)
    assert cost.disk_bytes == pytest.approx(size_without_card(small), rel=0.1)
    assert sorted(path for path in small.path.parents[3].rglob("*") if path.is_file()) == before


def test_more_data_costs_more_and_another_worker_is_memory() -> None:
    recipe = RECIPES["maze/umaze/planner-test-v1"]
    one, two = estimate(recipe, workers=1), estimate(replace(recipe, transitions=1_500_000), workers=2)
    assert two.disk_bytes == pytest.approx(1000 * one.disk_bytes, rel=0.2)
    assert two.seconds > 5 * one.seconds
    assert 5e7 < one.memory_bytes < two.memory_bytes < 4e9


@pytest.mark.slow
@pytest.mark.parametrize("id", ["maze/medium/wander-v1", "metaworld/reach/scripted-v1"])
@pytest.mark.parametrize("workers", [1, 2])
def test_the_time_is_told_within_a_factor_of_two_and_a_half(id: str, workers: int, home: Path) -> None:
    told = estimate(RECIPES[id], workers)
    begun = time.perf_counter()
    dataset = build_dataset(id, workers)
    took = time.perf_counter() - begun
    assert took / 2.5 < told.seconds < took * 2.5
    assert told.disk_bytes == pytest.approx(size_without_card(dataset), rel=0.1)


def test_it_reads_as_a_sentence() -> None:
    assert str(Cost(40.2, 12_300_000, 312_000_000)) == "about 40 s, 12 MB on disk, 312 MB of memory"
    assert str(Cost(0.2, 1000, 1_312_000_000)) == "about 1 s, 1 MB on disk, 1,312 MB of memory"
    assert str(Cost(4000, 10**9, 10**9)) == "about 67 min, 1,000 MB on disk, 1,000 MB of memory"
