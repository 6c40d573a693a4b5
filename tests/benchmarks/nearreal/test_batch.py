"""Stepping many at once is stepping each alone, and a step is a function of state and action."""

import copy
import random

import numpy as np
import pytest

from gnomon.benchmarks.simulators.batch import Batch, Dynamics, Single
from gnomon.benchmarks.simulators.fusion_surrogate import FusionSurrogate
from gnomon.benchmarks.simulators.glucose import Glucose
from gnomon.benchmarks.simulators.pipeline import Pipeline
from gnomon.benchmarks.simulators.spring import Spring

DYNAMICS = [Pipeline(), Pipeline(150), Spring(), FusionSurrogate(), Glucose()]


@pytest.fixture(params=DYNAMICS, ids=lambda dynamics: type(dynamics).__name__)
def dynamics(request: pytest.FixtureRequest) -> Dynamics:
    return request.param


def actions(dynamics: Dynamics, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (*shape, dynamics.action_space.shape[0])).astype(np.float32)


def test_instance_k_is_the_environment_of_seed_k(dynamics: Dynamics) -> None:
    batch, given = Batch(dynamics), actions(dynamics, 60, 5)
    together = [batch.reset(range(5))], []
    for step in given:
        observations, rewards, _ = batch.step(step)
        together[0].append(observations)
        together[1].append(rewards)
    for lane in range(5):
        alone = Single(dynamics)
        seen, paid = [alone.reset(seed=lane)[0]], []
        for step in given:
            observation, reward, *_ = alone.step(step[lane])
            seen.append(observation)
            paid.append(reward)
        assert np.array(seen) == pytest.approx(np.array(together[0])[:, lane], rel=1e-6, abs=1e-6)
        assert np.array(paid) == pytest.approx(np.array(together[1])[:, lane], rel=1e-5, abs=1e-5)


def test_advancing_leaves_the_given_state_as_it_was(dynamics: Dynamics) -> None:
    batch = Batch(dynamics)
    batch.reset(range(3))
    before, state = copy.deepcopy(batch.state), batch.state
    batch.step(actions(dynamics, 3))
    assert all(np.array_equal(before[name], state[name]) for name in before)


def test_no_global_random_number_is_used(dynamics: Dynamics) -> None:
    """NeoRL-2's glucose and hopper draw from the global generators, so that their seeds do nothing."""
    starts = []
    for seed in (0, 1):
        np.random.seed(seed)  # noqa: NPY002
        random.seed(seed)
        starts.append(Batch(dynamics).reset([4]))
    assert np.array_equal(*starts)


def test_actions_outside_the_box_are_its_bounds(dynamics: Dynamics) -> None:
    one, other = Batch(dynamics), Batch(dynamics)
    one.reset([0])
    other.reset([0])
    width = dynamics.action_space.shape[0]
    assert np.array_equal(one.step(np.full((1, width), 7.0))[0], other.step(np.ones((1, width)))[0])


def test_a_thousand_instances_keep_their_shapes(dynamics: Dynamics) -> None:
    batch = Batch(dynamics)
    size = dynamics.observation_space.shape[0]
    assert batch.reset(range(1000)).shape == (1000, size)
    observations, rewards, terminated = batch.step(actions(dynamics, 1000))
    assert (observations.shape, rewards.shape, terminated.shape) == ((1000, size), (1000,), (1000,))
    low, high = dynamics.observation_space.low, dynamics.observation_space.high
    assert (observations >= np.float32(low) - 1e-6).all()
    assert (observations <= np.float32(high) + 1e-6).all()
