"""The contract of a recipe, checked on every registered one with four episodes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from rendering import is_drawn, skip_without_renderer

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.splits import MT10
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

SHIPPED = [id for id in RECIPES if "-test-" not in id]


def test_the_registry_is_whole() -> None:
    assert len(SHIPPED) == 420
    assert RECIPES.broken == {}
    assert POLICIES.broken == {}


def _marked(id: str) -> Any:
    """Slow: pictures, and but for ten tasks the four more kinds of Meta-World data, which are alike on all fifty."""
    family, task, kind = id.split("/", 2)
    is_alike = family == "metaworld" and kind != "scripted-v1" and f"metaworld/{task}-v1" not in MT10
    return pytest.param(id, marks=pytest.mark.slow if is_alike or is_drawn(id) else ())


@pytest.mark.parametrize("id", [_marked(id) for id in SHIPPED])
def test_four_episodes(id: str) -> None:
    if is_drawn(id):
        skip_without_renderer()
    recipe = RECIPES[id]
    assert recipe.id == id
    assert recipe.transitions >= TASKS[recipe.task].horizon
    ends = [recipe.parts[0], recipe.parts[-1]] if recipe.parts else [recipe]
    episodes = [episode for end in ends for episode in _episodes(end, 4 // len(ends))]
    is_discrete = episodes[0].actions.ndim == 1
    begin = None if is_discrete else 1  # some games begin in one state, or have a handful of ways to go on
    assert len({episode.observations[:begin].tobytes() for episode in episodes}) >= (2 if is_discrete else 4)
    actions = [episode.actions for episode in episodes]  # a game may be lost in a step or two
    together = [np.concatenate(actions)] if is_discrete else actions
    assert all(np.ptp(part, axis=0).min() > 0 for part in together), "an action never varies"


def _episodes(recipe: Recipe, count: int) -> list[Episode]:
    """The first episodes of a recipe without parts."""
    task = TASKS[recipe.task]
    seeds = [seed_of("collect", recipe.hash, index) for index in range(count)]
    episodes = rollout(task, POLICIES[recipe.policy](task, **recipe.options), seeds, lanes=2)
    assert [episode.seed for episode in episodes] == seeds
    return episodes


def test_the_planner_reaches_the_goal_and_the_wanderer_does_not_look_at_it() -> None:
    task = TASKS["maze/medium-v1"]
    successes = {}
    for kind in ("planner", "wander"):
        recipe = RECIPES[f"maze/medium/{kind}-v1"]
        policy = POLICIES[recipe.policy](task, **recipe.options)
        episodes = rollout(task, policy, [seed_of("collect", recipe.hash, index) for index in range(40)], recipe.lanes)
        successes[kind] = np.mean([episode.success.any() for episode in episodes])
    assert successes["planner"] == 1
    assert 0.3 < successes["wander"] < 0.8


def test_the_hash_is_over_what_decides_the_data() -> None:
    recipe = RECIPES["maze/umaze/wander-v1"]
    assert replace(recipe, summary="Another sentence.", ranked=False).hash == recipe.hash
    assert replace(recipe, transitions=5).hash != recipe.hash
    assert replace(recipe, options={"noise": 0.4}).hash != recipe.hash


@pytest.mark.parametrize(
    "id", ["Maze/umaze-v1", "maze/umaze", "maze/a-v1", "maze/u_maze-v1", "../up-v1", "maze//umaze-v1"]
)
def test_a_bad_id_is_refused(id: str) -> None:
    with pytest.raises(ValueError, match="is not a dataset id"):
        Recipe(id=id, summary="", task="", policy="")
