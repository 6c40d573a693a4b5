"""The spring: the same steps from matrix powers, the reward by hand, and when its targets change."""

import numpy as np
import pytest

from gnomon.benchmarks.simulators.batch import Batch
from gnomon.benchmarks.simulators.spring import Spring
from gnomon.benchmarks.simulators.transitions import Transitions


def euler_matrices(mass: float) -> tuple[np.ndarray, np.ndarray]:
    """Written out once more from the equations: x = (x1, x2, v1, v2), k = 2, d = 4, dt = 0.2, F = 30 a."""
    k, d, dt = 2.0, 4.0, 0.2
    rate = np.array(
        [
            [0, 0, 1, 0],
            [0, 0, 0, 1],
            [-2 * k / mass, k / mass, -2 * d / mass, d / mass],
            [k / mass, -2 * k / mass, d / mass, -2 * d / mass],
        ]
    )
    push = np.array([[0, 0], [0, 0], [30 / mass, 0], [0, 30 / mass]])
    return np.eye(4) + dt * rate, dt * push


@pytest.mark.parametrize("mass", [20.0, 30.0])
def test_a_hundred_steps_are_those_of_the_matrix(mass: float) -> None:
    batch, (transition, push) = Batch(Spring(mass)), euler_matrices(mass)
    actions = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    expected = [batch.reset([5])[0, :4]]
    observed = [batch.step(action[None])[0][0, :4] for action in actions]
    for action in actions:
        expected.append(transition @ expected[-1] + push @ action)
    assert np.array(observed) == pytest.approx(np.array(expected[1:]), abs=1e-5)


def test_one_step_by_hand() -> None:
    """With a = (1, 0): v1′ = 0.2/20 (-0.4 + 0.2 + 30) = 0.298, v2′ = 0.05 + 0.01 (0.2 - 0.4) = 0.048; x by v."""
    state = {
        "position": np.array([[0.1, 0.0]]),
        "velocity": np.array([[0.0, 0.05]]),
        "targets": np.zeros((1, 2, 2)),
        "step": np.zeros(1, int),
    }
    after = Spring().advance(state, np.array([[1.0, 0.0]]))
    assert after["position"][0] == pytest.approx([0.1, 0.01])
    assert after["velocity"][0] == pytest.approx([0.298, 0.048])


@pytest.mark.parametrize(
    ("errors", "reward"),
    [((0, 0), 9.210340), ((0.99, 0), 4.605170), ((1.99, 1.99), -1.386294)],  # -ln 0.01 twice; -ln 1 - ln 0.01; -2 ln 2
)
def test_the_reward_by_hand(errors: tuple[float, float], reward: float) -> None:
    following = np.zeros((1, 6))
    following[0, 0:2] = errors
    assert Spring().rewards(Transitions.of(following, np.zeros(2), following)) == pytest.approx(reward, abs=1e-6)


def test_targets_change_between_observations_49_and_50_or_not_at_all() -> None:
    batch = Batch(Spring())
    targets = [batch.reset(range(400))[:, 4:]]
    targets += [batch.step(np.zeros((400, 2)))[0][:, 4:] for _ in range(100)]
    changed = np.diff(np.array(targets), axis=0) != 0
    assert np.flatnonzero(changed.any((1, 2))).tolist() == [49]
    assert 0.4 < changed[49].mean() < 0.6


def test_the_reward_is_for_the_target_that_is_seen_after_the_step() -> None:
    batch = Batch(Spring())
    batch.reset(range(50))
    steps = [batch.step(np.zeros((50, 2))) for _ in range(50)]
    observations, rewards, _ = steps[-1]
    errors = np.abs(observations[:, :2] - observations[:, 4:])
    assert rewards == pytest.approx(-np.log(errors + 0.01).sum(1))
