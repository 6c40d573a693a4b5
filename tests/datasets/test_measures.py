"""The measures: values worked out by hand, what must not change them, what must, and the contract of the registry."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.benchmarks import reference_scores
from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets import columns
from gnomon.datasets.build import build_dataset
from gnomon.datasets.columns import Columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import MANIFEST, Manifest
from gnomon.datasets.measures import MEASURES
from gnomon.datasets.measures.saco import unique_pairs
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.report import REPORT, measure, read_report, write_report
from gnomon.datasets.store import load_dataset
from gnomon.errors import DatasetError

SMALL, CALM = "maze/umaze/planner-test-v1", "maze/umaze/calm-test-v1"
MAZE, ARM = "maze/umaze-v1", "metaworld/reach-v1"


def episode(observations: Any, actions: Any, rewards: Any = None, success: bool = False) -> Episode:
    """An episode from nested lists; rewards are zero when not given, and success is at the last step."""
    length = len(actions)
    return Episode(
        seed=7,
        observations=np.array(observations, np.float32),
        actions=np.array(actions, np.float32),
        rewards=np.zeros(length, np.float32) if rewards is None else np.array(rewards, np.float32),
        success=np.arange(1, length + 1) == length * success,
        terminated=False,
        truncated=True,
    )


def in_memory(data: Columns, task: str = MAZE) -> Dataset:
    """A dataset that is only in memory."""
    manifest = Manifest(
        id="maze/umaze/by-hand-v1",
        task=task,
        origin="built",
        licence="CC-BY-4.0",
        recipe={},
        recipe_hash="",
        content_hash="",
        episodes=len(data["seeds"]),
        transitions=len(data["rewards"]),
        statistics={},
        gnomon="",
        versions={},
        platform={},
        files={},
    )
    dataset = Dataset(Path("nowhere"), manifest)
    dataset.__dict__["columns"] = data  # what the cached property would have read
    return dataset


def by_hand(*episodes: Episode) -> Dataset:
    return in_memory(columns.from_episodes(episodes))


def line(positions: Sequence[float], **fields: Any) -> Episode:
    """An episode of a ball on a line; it never acts."""
    observations = np.zeros((len(positions), 6))
    observations[:, 0] = positions
    return episode(observations, np.zeros((len(positions) - 1, 2)), **fields)


def value(name: str, dataset: Dataset) -> Any:
    return MEASURES[name].compute(dataset)


@pytest.fixture
def scored_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the metric and the score scale of every dataset's task."""

    def change(metric: str, random: float, reference: float) -> None:
        task = replace(TASKS[MAZE], metric=metric)  # pyright: ignore[reportArgumentType]
        scale = {MAZE: {"random": {"mean": random}, "reference": {"mean": reference}}}
        monkeypatch.setattr(Dataset, "task", property(lambda _: task))
        monkeypatch.setattr(reference_scores, "all_reference_scores", lambda: scale)

    return change


def test_returns_and_lengths_by_hand() -> None:
    dataset = by_hand(*(line([0] * (length + 1), rewards=[2] * length) for length in (4, 1, 5, 2, 3)))
    expected = {"mean": 3, "minimum": 1, "q05": 1.2, "q25": 2, "median": 3, "q75": 4, "q95": 4.8, "maximum": 5}
    assert value("lengths", dataset) == pytest.approx(expected)
    assert value("returns", dataset) == pytest.approx({name: 2 * length for name, length in expected.items()})


def test_success_by_hand(scored_by: Callable[..., None]) -> None:
    failed, solved = line([0, 0, 0]), line([0, 0, 0], success=True)
    assert value("success", by_hand(failed, solved, failed, failed)) == 0.25
    assert value("success", by_hand(failed)) == 0
    scored_by("return", 0, 1)
    assert value("success", by_hand(failed, solved)) == 0.5
    assert value("success", by_hand(failed)) is None


def test_saturation_by_hand() -> None:
    actions = [[1, -1], [0.9995, -0.9985], [0.5, 0], [-1, 0.9991]]
    found = value("saturation", by_hand(episode(np.zeros((5, 6)), actions)))
    assert found == {"at_bound": 3 / 8, "near_bound": 5 / 8}


def test_saturation_is_absent_without_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unbounded(gymnasium.Env[Any, Any]):
        observation_space = gymnasium.spaces.Box(-1, 1, (6,))
        action_space = gymnasium.spaces.Box(-np.inf, np.inf, (2,))

    task = replace(TASKS[MAZE], simulator=lambda _: Unbounded())
    monkeypatch.setattr(Dataset, "task", property(lambda _: task))
    assert value("saturation", by_hand(line([0, 0]))) is None


def test_starts_and_duplicates_by_hand() -> None:
    same, same_start, other = line([0, 1, 2]), line([0, 1, 3]), line([1, 1, 2])
    dataset = by_hand(same, other, same, same_start)
    assert value("starts", dataset) == {"distinct": 0.5, "duplicates": 2}
    assert value("duplicates", dataset) == 1


def test_another_seed_does_not_make_another_trajectory_and_another_reward_does() -> None:
    once = line([0, 1, 2])
    assert value("duplicates", by_hand(once, replace(once, seed=8))) == 1
    assert value("duplicates", by_hand(once, line([0, 1, 2], rewards=[0, 1]))) == 0


def test_sparsity_by_hand() -> None:
    assert value("sparsity", by_hand(line([0] * 4, rewards=[0, 0.5, 0]), line([0, 0], rewards=[-1]))) == 0.5


def test_tq_by_hand(scored_by: Callable[..., None]) -> None:
    dataset = by_hand(line([0, 0], rewards=[2]), line([0, 0, 0], rewards=[3, 9], success=True))
    scored_by("return", random=2, reference=10)  # the mean return is 7
    assert value("tq", dataset) == pytest.approx(5 / 8)
    scored_by("success", random=0.1, reference=0.9)  # the mean success is a half
    assert value("tq", dataset) == pytest.approx(0.5)
    scored_by("return", random=8, reference=10)
    assert value("tq", dataset) == pytest.approx(-0.5)


def test_tq_is_absent_without_a_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_scores, "all_reference_scores", dict)
    assert value("tq", by_hand(line([0, 0]))) is None


def pairs(*rows: tuple[float, float]) -> Columns:
    """One episode of one-dimensional observations and actions; the last observation is far away and has no action."""
    return columns.from_episodes([episode([[first] for first, _ in rows] + [[99]], [[second] for _, second in rows])])


def test_unique_pairs_by_hand() -> None:
    # Bins of width 1. (0, 10) and (10, 0) have one sum and are two pairs; (10, 0) and (9.4, 0.2) share the last bin.
    assert unique_pairs(pairs((0, 0), (0.5, 0.9), (0, 10), (10, 0), (9.4, 0.2)), []) == (3, 3)
    assert unique_pairs(pairs((0, 0), (0.5, 0.9), (0, 10), (10, 0), (9.4, 0.2)), [], bins=20) == (5, 5)


def test_bins_span_the_reference_not_the_dataset() -> None:
    narrow = pairs(*((step / 10, 0) for step in range(10)))
    assert unique_pairs(narrow, []) == (10, 10)
    assert unique_pairs(narrow, [pairs((10, 0))])[0] == 1


def test_the_reference_has_as_many_transitions_as_the_dataset() -> None:
    narrow, wide = pairs((0, 0), (0, 0), (0, 0)), pairs(*((step, other) for step in range(11) for other in range(11)))
    unique, reference = unique_pairs(narrow, [wide])
    assert unique == 1
    assert 1 < reference <= 3
    assert unique_pairs(wide, [narrow])[0] == 100


def test_saco_and_lsaco_by_hand() -> None:
    corners = pairs((0, 0), (0, 10), (10, 0), (10, 10))
    assert value("saco", in_memory(corners)) == {
        "saco": 1,
        "lsaco": 1,
        "unique": 4,
        "unique_reference": 4,
        "bins": 10,
        "reference": ["maze/umaze/by-hand-v1"],
    }
    assert value("saco", in_memory(pairs((0, 0), (0, 0))))["lsaco"] is None


def test_saco_names_the_built_datasets_of_the_task(own_small: Path) -> None:
    alone = value("saco", load_dataset(SMALL))
    assert (alone["saco"], alone["reference"]) == (1, [SMALL])
    build_dataset(CALM, workers=1)
    noisy, calm = (value("saco", load_dataset(id)) for id in (SMALL, CALM))
    assert noisy["reference"] == calm["reference"] == sorted([SMALL, CALM])
    assert calm["saco"] < noisy["saco"], "without noise fewer actions are seen"
    assert calm["lsaco"] == pytest.approx(math.log(calm["unique"]) / math.log(calm["unique_reference"]))


def test_no_cell_is_lost_in_the_hash() -> None:
    data = stream_of_episodes(seed=0, count=20, dimension=30)
    rows = np.hstack([np.vstack([e.observations[:-1] for e in data]), np.vstack([e.actions for e in data])], dtype="f8")
    low, high = rows.min(0), rows.max(0)
    cells = np.minimum((rows - low) / (high - low) * 10, 9).astype(int)
    assert unique_pairs(columns.from_episodes(data), [])[0] == len(np.unique(cells, axis=0))


def test_entropy_by_hand() -> None:
    # The first action is the observation and leaves the floor; the second is independent of it, with variance 4.
    observations = [[1] * 6, [1] * 6, [-1] * 6, [-1] * 6, [0] * 6]
    found = value("entropy", by_hand(episode(observations, [[1, 2], [1, -2], [-1, 2], [-1, -2]])))
    floor, noise = (0.5 * math.log(2 * math.pi * math.e * variance) for variance in (1e-12, 4))
    assert found == pytest.approx((floor + noise) / 2, abs=1e-6)


@pytest.mark.parametrize(("unit", "offset"), [(1, 0), (1000, 7), (1e-5, 0)])
def test_entropy_of_normal_noise_is_the_textbooks_in_any_unit(unit: float, offset: float) -> None:
    stream = np.random.default_rng(0)
    seen, noise = stream.normal(size=(20001, 6)), stream.normal(size=(20000, 2)) * 0.3
    acted = seen[:-1, :2] * 5 - seen[:-1, 3:5] + 40 + noise
    found = value("entropy", by_hand(episode(unit * seen + offset, acted)))
    assert found == pytest.approx(1.4189 + math.log(0.3), abs=0.02)


def test_coverage_by_hand() -> None:
    square = [[0, 0], [0.1, 0.2], [1, 0], [0.8, 0.1], [0, 0.5], [0.6, 0.5]]  # a box of four by two cells
    observations = np.hstack([np.array(square), np.full((6, 4), 9)])
    found = value("coverage", by_hand(episode(observations, np.zeros((5, 2)))))
    assert found == {"share": 4 / 8, "occupied": 4, "cells": 8}
    assert value("coverage", by_hand(line([0, 1.1]))) == {"share": 2 / 5, "occupied": 2, "cells": 5}
    assert value("coverage", by_hand(line([3, 3]))) == {"share": 1, "occupied": 1, "cells": 1}


def stream_of_episodes(seed: int, count: int, dimension: int = 6) -> list[Episode]:
    """Different episodes of one to thirty steps with numbers from a seeded stream."""
    stream = np.random.default_rng(seed)
    lengths = stream.integers(1, 31, count)
    return [
        episode(
            stream.normal(size=(length + 1, dimension)),
            stream.uniform(-1, 1, (length, 2)),
            stream.integers(0, 2, length),
            bool(stream.integers(2)),
        )
        for length in lengths
    ]


def numbers(dataset: Dataset) -> dict[str, Any]:
    """Every number of every measure, flat: `returns.median`."""
    return {
        f"{name}.{part}": number
        for name, found in measure(dataset).items()
        for part, number in (found.items() if isinstance(found, dict) else [("", found)])
        if part != "reference"
    }


seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=20)
@given(seed=seeds, count=st.integers(1, 12))
def test_the_order_of_episodes_changes_nothing(seed: int, count: int) -> None:
    episodes = stream_of_episodes(seed, count)
    forwards, backwards = numbers(by_hand(*episodes)), numbers(by_hand(*episodes[::-1]))
    assert len(forwards) > len(MEASURES)
    assert backwards == pytest.approx(forwards)


@given(seed=seeds, counts=st.lists(st.integers(1, 8), min_size=2, max_size=3))
def test_the_order_of_the_reference_changes_nothing(seed: int, counts: list[int]) -> None:
    tested, *others = [stream_of_episodes(seed + number, count) for number, count in enumerate(counts)]
    forwards = [columns.from_episodes(part) for part in (tested, *others)]
    backwards = [columns.from_episodes(part[::-1]) for part in (tested, *others[::-1])]
    few_cells = unique_pairs(forwards[0], forwards[1:], bins=2)
    assert unique_pairs(backwards[0], backwards[1:], bins=2) == few_cells


@given(seed=seeds, count=st.integers(1, 12))
def test_saco_of_a_dataset_against_itself_is_one(seed: int, count: int) -> None:
    found = value("saco", by_hand(*stream_of_episodes(seed, count)))
    assert found["saco"] == 1
    assert found["lsaco"] == (1 if found["unique"] > 1 else None)


@given(seed=seeds, count=st.integers(1, 12), position=st.integers(0, 11))
def test_an_episode_twice_is_seen(seed: int, count: int, position: int) -> None:
    episodes = stream_of_episodes(seed, count)
    once, twice = by_hand(*episodes), by_hand(*episodes, episodes[position % count])
    assert value("starts", once) == {"distinct": 1, "duplicates": 0}
    assert value("starts", twice) == {"distinct": count / (count + 1), "duplicates": 1}
    assert (value("duplicates", once), value("duplicates", twice)) == (0, 1)
    assert value("saco", twice)["unique"] == value("saco", once)["unique"]


@given(seed=seeds)
def test_copies_of_a_dataset_have_less_than_the_reference(seed: int) -> None:
    some, others = stream_of_episodes(seed, 5), stream_of_episodes(seed + 1, 60)
    reference = [columns.from_episodes(others)]
    once = np.divide(*unique_pairs(columns.from_episodes(some), reference))
    assert np.divide(*unique_pairs(columns.from_episodes(some * 5), reference)) < once


def test_the_registry_is_whole() -> None:
    assert len(MEASURES) == 11
    assert MEASURES.broken == {}
    assert all(entry.label and entry.meaning and entry.formula for entry in MEASURES.values())


@pytest.fixture
def arm() -> Dataset:
    """Two episodes of a manipulation task, whose observation names no position."""
    task = TASKS[ARM]
    policy = POLICIES["metaworld/scripted"](task, noise=0.3)
    return in_memory(columns.from_episodes(rollout(task, policy, [1, 2], lanes=1)), ARM)


@pytest.mark.parametrize("name", list(MEASURES))
def test_a_measure_is_json_on_a_maze(name: str, small: Dataset) -> None:
    assert value(name, small) is not None
    assert json.loads(json.dumps(value(name, small), allow_nan=False)) == value(name, small)


def test_measures_are_json_on_an_arm_and_only_coverage_is_absent(arm: Dataset) -> None:
    found = measure(arm)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert [name for name in MEASURES if found[name] is None] == ["coverage"]


@pytest.mark.parametrize("name", ["observations", "actions", "rewards"])
def test_values_that_are_not_finite_are_refused(name: str) -> None:
    dataset = by_hand(line([0, 1, 2]))
    dataset.columns[name].flat[1] = np.nan
    with pytest.raises(DatasetError, match=f"{name} of maze/umaze/by-hand-v1 are not all finite"):
        measure(dataset)


def test_a_report_is_merged_by_section_and_the_manifest_stays(own_small: Path) -> None:
    dataset, manifest = load_dataset(SMALL), (own_small / MANIFEST).read_bytes()
    assert read_report(dataset) == {}
    write_report(dataset, "lint", {"findings": 0})
    write_report(dataset, "quality", {"tq": 0.1})
    write_report(dataset, "quality", measure(dataset))
    assert read_report(dataset) == {"lint": {"findings": 0}, "quality": measure(dataset)}
    assert (own_small / MANIFEST).read_bytes() == manifest
    load_dataset(SMALL).verify()


@pytest.mark.parametrize("damage", [b"", b'{"quality": {"tq"', b"[1]", b"\xff\xfe"])
def test_a_damaged_report_is_made_again(damage: bytes, own_small: Path) -> None:
    dataset = load_dataset(SMALL)
    (own_small / REPORT).write_bytes(damage)
    assert read_report(dataset) == {}
    write_report(dataset, "quality", {"tq": 0.5})
    assert read_report(dataset) == {"quality": {"tq": 0.5}}


def test_a_value_that_json_does_not_have_leaves_the_report_as_it_was(own_small: Path) -> None:
    dataset = load_dataset(SMALL)
    write_report(dataset, "quality", {"tq": 0.5})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_report(dataset, "quality", {"tq": math.nan})
    assert read_report(dataset) == {"quality": {"tq": 0.5}}
    assert [path.name for path in own_small.iterdir() if REPORT in path.name] == [REPORT]
