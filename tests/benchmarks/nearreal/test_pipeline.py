"""The pipeline: its delay and reward by hand, and the faults of the original that it does not have."""

import numpy as np
import pytest

from gnomon.benchmarks.simulators.batch import Batch
from gnomon.benchmarks.simulators.pipeline import CHANGE_PROBABILITY, HORIZON, TARGETS, Pipeline, target_schedule
from gnomon.benchmarks.simulators.transitions import Transitions


def flows(length: int, steps: int) -> np.ndarray:
    """[steps + 1] the flow at the outlet where the gate is opened by 1 in the first step alone."""
    batch = Batch(Pipeline(length))
    first = batch.reset([0])
    observed = [batch.step([[float(step == 0)]])[0] for step in range(steps)]
    return np.array([first, *observed])[:, 0, 0]


@pytest.mark.parametrize(("length", "delay"), [(100, 19), (150, 29)])
def test_an_action_shows_at_the_outlet_that_many_steps_after_its_own(length: int, delay: int) -> None:
    """In arXiv 2503.19267 a pipe of 100 and a flow of 5 are 20 cells; the first is filled in the action's own step."""
    outlet = flows(length, delay + 3)
    after = outlet[1:] - outlet[0]  # after[k]: what step k shows
    assert np.flatnonzero(after > 0.5)[0] == delay
    assert after[delay:] == pytest.approx(1, abs=1e-4)


def test_the_observation_remembers_25_flows_and_25_actions_newest_first() -> None:
    batch = Batch(Pipeline())
    first = batch.reset([3])[0]
    assert (first[2:27] == first[0]).all()
    assert (first[27:] == 0).all()
    seen = [batch.step([[value]])[0][0] for value in np.linspace(-1, 1, 30)]
    assert seen[-1][27:52] == pytest.approx(np.linspace(-1, 1, 30)[::-1][:25], abs=1e-6)
    assert seen[-1][2:27].tolist() == [step[0] for step in seen[-2:-27:-1]]


@pytest.mark.parametrize(
    ("flow", "target", "reward"),
    [(110, 110, 1.0), (100, 110, 0.61), (10, 110, -2.0), (200, 50, -2.75)],  # (200 - |error|)² / 10⁴ - 3
)
def test_the_reward_by_hand(flow: float, target: float, reward: float) -> None:
    following = np.zeros((1, 52))
    following[0, :2] = flow, target
    assert Pipeline().rewards(Transitions.of(following * 0, np.zeros(1), following)) == pytest.approx(reward)


def test_the_gate_stays_between_closed_and_full() -> None:
    batch = Batch(Pipeline())
    batch.reset([0, 1])
    outlets = [batch.step([[-1.0], [1.0]])[0][:, 0].tolist() for _ in range(250)]
    assert outlets[-1] == [0, 200]


def test_targets_change_as_often_as_they_should() -> None:
    schedules = np.stack([target_schedule(np.random.default_rng(seed)) for seed in range(400)])
    changes = (np.diff(schedules, axis=1) != 0).sum()
    expected = 400 * HORIZON * CHANGE_PROBABILITY * (1 - 1 / len(TARGETS))  # a draw may repeat the target
    assert abs(changes - expected) < 5 * np.sqrt(expected)
    assert set(np.unique(schedules)) == set(TARGETS)


def test_no_target_outlives_its_episode() -> None:
    """The original keeps the last episode's target until it changes by chance."""
    batch = Batch(Pipeline())
    batch.reset([0])
    batch.step([[0.0]])
    again, fresh = batch.reset([9]), Batch(Pipeline()).reset([9])
    assert np.array_equal(again, fresh)
    starts = {Batch(Pipeline()).reset([seed])[0, 1] for seed in range(40)}
    assert starts == set(TARGETS)
