"""The arm's scripted policies: what they choose, how they vary, and that an episode's seed decides it."""

import numpy as np
import pytest
from scipy.stats import binom

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import policy_stream, seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.arm_hand import Hand, Noise
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.recipes.arm import SHARES

SORTING = TASKS["arm/sorting-v1"]
BINS = {"red": 0.185, "blue": -0.185}  # y


def bins_of(kind: str, episodes: int) -> list[tuple[str, str]]:
    """Of every object that ended in a bin of `arm/sorting/<kind>-v1`: which one it is, and which bin."""
    recipe = RECIPES[f"arm/sorting/{kind}-v1"]
    seeds = [seed_of("validate", recipe.hash, index) for index in range(episodes)]
    ends = [
        episode.observations[-1]
        for episode in rollout(SORTING, POLICIES[recipe.policy](SORTING, **recipe.options), seeds)
    ]
    return [
        (colour, bin)
        for end in ends
        for colour, first in (("red", 21), ("blue", 34))
        for bin, y in BINS.items()
        if np.abs(end[first : first + 2] - np.array([0.25, y], np.float32)).max() < 0.045
    ]


@pytest.mark.parametrize("kind", SHARES)
@pytest.mark.slow  # 40 episodes of up to 120 steps, five seconds
def test_objects_come_to_their_own_bin_as_often_as_the_recipe_says(kind: str) -> None:
    found = bins_of(kind, 40)
    right = sum(colour == bin for colour, bin in found)
    assert len(found) >= 70, "of 80 objects, hardly any is missed"
    assert binom.cdf(right, len(found), SHARES[kind]) > 5e-4
    assert binom.sf(right - 1, len(found), SHARES[kind]) > 5e-4


def test_the_share_is_that_of_each_object_and_not_of_the_episode() -> None:
    found = bins_of("half-right", 16)
    by_colour = {colour: {bin for one, bin in found if one == colour} for colour in BINS}
    assert by_colour == {"red": {"red", "blue"}, "blue": {"red", "blue"}}


def test_noise_has_the_spread_that_is_asked() -> None:
    observation = np.zeros(47)
    hand = Hand(Noise(action=0.3), policy_stream(1), observation)
    going = hand.go(np.array([0.0, 0.0]), 0.5, 0.0, 1.0, hold=30)
    actions = np.stack([next(going) for _ in range(30)])
    assert actions.std(0) == pytest.approx(0.3, rel=0.5)
    places = np.stack([hand.near(np.array([0.2, 0.1]), 0.01) for _ in range(2000)])
    assert places.mean(0) == pytest.approx([0.2, 0.1], abs=1e-3)
    assert places.std(0) == pytest.approx(0.01, rel=0.1)


def test_a_hand_gives_up_a_place_that_it_cannot_reach() -> None:
    hand = Hand(Noise(), policy_stream(1), np.zeros(47))
    assert sum(1 for _ in hand.go(np.array([0.5, 0.0]), 0.1, 0.0, 1.0)) == 30


@pytest.mark.parametrize("name", ["sorting", "pick-place", "drawer"])
def test_noise_comes_from_the_episode_alone_and_without_noise_there_is_none(name: str) -> None:
    task = TASKS[f"arm/{name}-v1"]
    observations = np.stack([task.make().reset(seed=2)[0]] * 3)

    def actions(**noise: float) -> np.ndarray:
        policy = POLICIES[task.expert](task, **noise)
        policy.start_episodes([0, 1, 2], [1, 2, 1])  # pyright: ignore[reportAttributeAccessIssue]
        played = [np.asarray(policy.act(observations, np.zeros(3, bool))) for _ in range(6)]
        policy.start_episodes([1], [1])  # pyright: ignore[reportAttributeAccessIssue]
        again = [np.asarray(policy.act(observations, np.zeros(3, bool)))[1] for _ in range(6)]
        assert np.array_equal(again, np.stack(played)[:, 0]), "a lane forgets the episode before"
        return np.stack(played)

    noisy, calm = actions(action=0.2, pick=0.005), actions()
    assert np.array_equal(noisy[:, 0], noisy[:, 2])
    assert not np.array_equal(noisy[:, 0], noisy[:, 1])
    assert np.array_equal(calm[:, 0], calm[:, 1])


def test_every_summary_of_scripted_data_says_so() -> None:
    recipes = [recipe for id, recipe in RECIPES.items() if id.startswith("arm/") and recipe.policy != "uniform"]
    assert len(recipes) == 14
    assert all("scripted, no human data" in recipe.summary for recipe in recipes)
