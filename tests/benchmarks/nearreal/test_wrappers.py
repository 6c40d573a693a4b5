"""Delay, history and mask on an environment whose every number tells where it came from."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.wrappers import Delay, History, Mask


class Counter(gymnasium.Env[Any, Any]):
    """Observes (step, action that acted), pays 1, 10, 100, … and ends after `length` steps."""

    observation_space = Box(-1e9, 1e9, (2,), np.float64)
    action_space = Box(-1.0, 3.0, (1,), np.float32)

    def __init__(self, length: int = 100) -> None:
        self.length, self.steps = length, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.steps = 0
        return np.array([0.0, -9.0]), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.steps += 1
        return np.array([self.steps, action[0]]), 10.0 ** (self.steps - 1), self.steps == self.length, False, {}


def play(environment: gymnasium.Env[Any, Any], steps: int, seed: int = 0) -> tuple[np.ndarray, list[float]]:
    """Observations [steps + 1] and rewards under the actions 0.1, 0.2, …"""
    observations, rewards = [environment.reset(seed=seed)[0]], []
    for number in range(steps):
        observation, reward, *_ = environment.step(np.array([(number + 1) / 10]))
        observations.append(observation)
        rewards.append(float(reward))
    return np.array(observations), rewards


def test_no_delay_is_the_environment() -> None:
    assert np.array_equal(play(Delay(Counter()), 5)[0], play(Counter(), 5)[0])
    assert play(Delay(Counter()), 5)[1] == [1, 10, 100, 1000, 10000]


def test_actions_act_later_and_before_the_first_the_centre_of_the_box_does() -> None:
    acting = play(Delay(Counter(), actions=2), 5)[0][1:, 1]
    assert acting == pytest.approx([1, 1, 0.1, 0.2, 0.3])


def test_observations_arrive_later() -> None:
    seen = play(Delay(Counter(), observations=2), 5)[0][:, 0]
    assert seen.tolist() == [0, 0, 0, 1, 2, 3]


def test_rewards_are_paid_later_and_what_is_due_at_the_end_then() -> None:
    assert play(Delay(Counter(4), rewards=2), 4)[1] == [0, 0, 1, 1110]


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 30), st.integers(0, 2**62))
def test_a_random_delay_stays_in_its_range_and_loses_no_reward(low: int, more: int, length: int, seed: int) -> None:
    delayed = Delay(Counter(length), rewards=(low, low + more), observations=(low, low + more))
    observations, rewards = play(delayed, length, seed)
    assert sum(rewards) == pytest.approx(sum(10.0**step for step in range(length)))
    age = np.arange(length + 1) - observations[:, 0]
    steps = np.arange(length + 1)
    assert (age <= low + more).all()
    assert (age >= np.minimum(low, steps)).all()


def test_random_delays_depend_on_the_seed_alone() -> None:
    used, ranges = Delay(Counter(), actions=(0, 3), observations=(0, 3)), {"actions": (0, 3), "observations": (0, 3)}
    play(used, 30, seed=1)
    again, fresh = play(used, 30, seed=2)[0], play(Delay(Counter(), **ranges), 30, seed=2)[0]
    assert np.array_equal(again, fresh)
    assert not np.array_equal(again, play(Delay(Counter(), **ranges), 30, seed=3)[0])


@pytest.mark.parametrize("wrong", [-1, (3, 2), (-1, 2)])
def test_an_impossible_delay_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="is none"):
        Delay(Counter(), actions=wrong)


def test_a_history_is_newest_first_and_begins_with_repetitions() -> None:
    history = play(History(Counter(), observations=2, actions=2), 3)[0]
    assert history[0].tolist() == [0, -9, 0, -9, 1, 1]
    assert history[3] == pytest.approx([3, 0.3, 2, 0.2, 0.3, 0.2])
    assert History(Counter(), observations=2, actions=2).observation_space.shape == (6,)


def test_the_waiting_actions_of_a_delay_are_its_history() -> None:
    delayed = History(Delay(Counter(), actions=2), actions=2)
    seen = play(delayed, 6)[0]
    acted_next, oldest_waiting = seen[1:, 1], seen[:-1, 3]
    assert acted_next == pytest.approx(oldest_waiting)


def test_nothing_of_an_episode_is_left_in_the_next() -> None:
    used = History(Delay(Counter(), actions=2, observations=1, rewards=3), observations=3, actions=2)
    play(used, 7)
    fresh = History(Delay(Counter(), actions=2, observations=1, rewards=3), observations=3, actions=2)
    for again, new in zip(play(used, 7), play(fresh, 7), strict=True):
        assert np.array_equal(again, new)


def test_a_mask_keeps_the_named_columns() -> None:
    masked = Mask(Counter(), [1])
    assert play(masked, 2)[0].tolist() == [[-9], [0.1], [0.2]]
    assert masked.observation_space.shape == (1,)


@pytest.mark.parametrize("numbers", [{"observations": 0}, {"actions": -1}])
def test_an_impossible_history_is_refused(numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least the present"):
        History(Counter(), **numbers)


def test_spaces_that_are_no_flat_box_are_refused() -> None:
    class Pictures(Counter):
        observation_space = Box(0, 1, (2, 2), np.float64)

    for make in (lambda: History(Pictures()), lambda: Mask(Pictures(), [0])):
        with pytest.raises(ValueError, match="flat Box"):
            make()
