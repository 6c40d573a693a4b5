"""Data that is to be stitched: no trajectory holds a pair that is judged, and the linter finds one that does."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.maze import NEAR_HORIZON, STITCHED, far_pairs, maze_map
from gnomon.datasets import columns
from gnomon.datasets.build import build_dataset
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.lint import RULES, lint
from gnomon.datasets.lint.stitching import visited_cells
from gnomon.datasets.lint.subject import Subject, subject_of
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.verify import rebuild

Columns = dict[str, np.ndarray]


@pytest.fixture(scope="module", params=STITCHED)
def dataset(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """Sixty episodes or so of the recipe; registered for the module's time only, as other tests count the recipes."""
    recipe = replace(RECIPES[f"maze/{request.param}/stitch-v1"], transitions=3000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setitem(RECIPES._all(), recipe.id, recipe)
        yield build_dataset(recipe.id, workers=1)


def mutated(subject: Subject, **changed: np.ndarray) -> Subject:
    return replace(subject, columns={**subject.columns, **changed})


def of_rule(subject: Subject) -> list[str]:
    return [sentence for _, sentence in RULES["kept-pairs"].check(subject)]


def test_the_linter_finds_nothing_and_a_second_build_is_the_same(dataset: Dataset) -> None:
    assert [finding for finding in lint(subject_of(dataset)) if finding.severity != "note"] == []
    rebuild(dataset, workers=1)


def test_trajectories_are_short(dataset: Dataset) -> None:
    subject = subject_of(dataset)
    known = maze_map(dataset.task.id.split("/")[1].split("-")[0])
    assert (subject.ends - subject.starts + 1).max() <= NEAR_HORIZON
    for visited in visited_cells(subject):
        cells = known.index[visited]
        assert known.distances[cells][:, cells].max() < 6


def test_lost_ends_that_make_one_trajectory_of_many_are_found(dataset: Dataset) -> None:
    subject, none = subject_of(dataset), np.zeros(len(dataset.columns["rewards"]), bool)
    found = of_rule(mutated(subject, terminated=none, truncated=none))
    assert len(found) > 32
    assert all(sentence.endswith("a pair to be judged on.") for sentence in found)


def test_one_trajectory_between_a_pair_is_found(dataset: Dataset) -> None:
    """Its first steps may lie in any cell, so the pair itself is what the linter must name."""
    task = TASKS[dataset.task.id.replace("-near-", "-stitch-")]
    (far,) = rollout(task, POLICIES["maze/planner"](task), [3], lanes=1)
    added = columns.from_episodes([far])
    subject = subject_of(dataset)
    both = {name: np.concatenate([subject[name], added[name]]) for name in ("actions", "terminated", "truncated")}
    both["observations"] = np.concatenate([subject["observations"], far.observations[:-1]])
    both["next_observations"] = np.concatenate([subject["next_observations"], far.observations[1:]])
    known = maze_map(task.id.split("/")[1].split("-")[0])
    ends = known.cells[known.cell_of(far.observations[[0, -1], 0:2])]
    start, goal = (tuple(cell.tolist()) for cell in ends)
    assert (start, goal) in far_pairs(task.id.split("/")[1].split("-")[0])
    assert any(f"both cells {start} and {goal}" in sentence for sentence in of_rule(mutated(subject, **both)))


def test_the_rule_is_for_data_that_is_to_be_stitched(small: Dataset) -> None:
    subject = subject_of(small)
    none = np.zeros(len(subject), bool)
    assert of_rule(mutated(subject, terminated=none, truncated=none)) == []
