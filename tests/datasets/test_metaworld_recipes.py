"""Qualities of Meta-World data: the lapsing expert is the expert until it lapses, and hardly ever succeeds."""

from typing import Any

import numpy as np

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.recipes.metaworld_quality import LATEST_LAPSE

TASK = TASKS["metaworld/drawer-open-v1"]
SEEDS = [seed_of("train", "lapse", number) for number in range(3)]


def _played(policy: str, **options: Any) -> list[np.ndarray]:
    return [episode.actions for episode in rollout(TASK, POLICIES[policy](TASK, **options), SEEDS, lanes=2)]


def test_the_lapsing_expert_is_the_expert_until_it_lapses() -> None:
    """From then on its actions are even over the box, and where it lapses is another step in every episode."""
    expert, lapsing = (
        _played("metaworld/scripted", noise=0.3),
        _played("metaworld/lapsing", latest=LATEST_LAPSE, noise=0.3),
    )
    lapses = []
    for right, wrong in zip(expert, lapsing, strict=True):
        shared = min(len(right), len(wrong))
        (other,) = np.nonzero((right[:shared] != wrong[:shared]).any(1))
        lapses.append(int(other[0]))
        assert len(wrong) == TASK.horizon
        assert np.abs(wrong[other[0] :].mean(0)).max() < 0.25
    assert max(lapses) < LATEST_LAPSE
    assert len(set(lapses)) > 1


def test_a_replay_like_mixture_goes_from_random_to_steady_in_equal_parts() -> None:
    recipe = RECIPES["metaworld/drawer-open/replay-like-v1"]
    assert [part.options.get("noise") for part in recipe.parts] == [None, 0.3, 0.6, 0.3, 0.05]
    assert [part.policy.rpartition("/")[2] for part in recipe.parts] == [
        "uniform", "lapsing", "scripted", "scripted", "scripted"
    ]  # fmt: skip
    assert {part.transitions for part in recipe.parts} == {4000}
    assert len({part.hash for part in recipe.parts}) == 5


def test_every_task_has_five_qualities() -> None:
    kinds = ("scripted", "steady", "noisy", "failures", "replay-like")
    tasks = [id for id in TASKS if id.startswith("metaworld/")]
    assert len(tasks) == 50
    assert all(f"{task.removesuffix('-v1')}/{kind}-v1" in RECIPES for task in tasks for kind in kinds)
