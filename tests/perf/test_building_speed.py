"""What building costs beside the bare simulator and policy, and how it grows with cores.

    make bench

| way       | what it is                                                                             |
| --------- | -------------------------------------------------------------------------------------- |
| bare      | Gymnasium's environment and the behaviour policy, a batch of ten: nothing is kept       |
| building  | the same episodes as a dataset: recorded, sent, joined, hashed, written, one worker     |

Wall-clock time, so it needs the cores for itself. Workers are made before the clock starts by a first, small build.
"""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.build import build_dataset
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

RECIPE = replace(RECIPES["locomotion/halfcheetah/expert-v1"], id="locomotion/halfcheetah/perf-v1", transitions=200_000)
pytestmark = [pytest.mark.perf, pytest.mark.timeout(1800)]


def bare_rate(steps: int = 3000) -> float:
    """Transitions a second."""
    task, lanes = TASKS[RECIPE.task], RECIPE.lanes
    simulators, policy = [task.make().simulator for _ in range(lanes)], POLICIES[RECIPE.policy](task, **RECIPE.options)
    observations = np.stack([simulator.reset(seed=seed)[0] for seed, simulator in enumerate(simulators)])
    policy.start_episodes(range(lanes), range(lanes))  # pyright: ignore[reportAttributeAccessIssue]
    reset, begun = np.zeros(lanes, bool), time.perf_counter()
    for _ in range(steps):
        actions = np.asarray(policy.act(observations.astype(np.float32), reset))
        observations = np.stack([s.step(action)[0] for s, action in zip(simulators, actions, strict=True)])
    return steps * lanes / (time.perf_counter() - begun)


def building_rate(recipe: Recipe, workers: int) -> float:
    begun = time.perf_counter()
    dataset = build_dataset(recipe.id, workers)
    return dataset.manifest.transitions / (time.perf_counter() - begun)


def test_building_is_nearly_as_fast_as_playing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES._all(), RECIPE.id, RECIPE)
    rates = {}
    for workers in (1, 2):
        monkeypatch.setenv("GNOMON_HOME", str(tmp_path / str(workers)))
        rates[workers] = building_rate(RECIPE, workers)
    bare = bare_rate()
    print(f"\nbare {bare:,.0f} transitions a second; building {rates[1]:,.0f} with one worker = {rates[1] / bare:.0%}")
    print(f"two workers {rates[2]:,.0f} = {rates[2] / rates[1]:.2f} × one")
    assert rates[1] >= 0.7 * bare
    assert rates[2] >= 1.5 * rates[1]
