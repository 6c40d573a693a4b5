"""The cheetah: its run against Gymnasium's, and what a step above the limit costs."""

import numpy as np
import pytest
from gymnasium.envs.mujoco.half_cheetah_v5 import HalfCheetahEnv

from gnomon.benchmarks.simulators.safe_cheetah import SPEED_LIMIT, SafeCheetah, costs, rewards, terminated
from gnomon.benchmarks.simulators.transitions import Transitions


def test_it_runs_as_half_cheetah_v5() -> None:
    ours, theirs = SafeCheetah(), HalfCheetahEnv()
    first = ours.reset(seed=3)[0]
    assert theirs.reset(seed=3)[0] == pytest.approx(first[:17], abs=1e-6)
    for action in np.random.default_rng(0).uniform(-1, 1, (40, 6)).astype(np.float32):
        mine, yours = ours.step(action), theirs.step(action)
        assert mine[0][:17] == pytest.approx(yours[0], rel=1e-6, abs=1e-6)
        assert mine[0][17] == pytest.approx(yours[4]["x_velocity"], abs=1e-5)
        assert mine[1] == pytest.approx(yours[1], abs=1e-5)
        assert mine[4]["cost"] == 0


@pytest.mark.parametrize(
    ("speed", "reward", "cost"), [(3.2, 3.05, 0), (3.2096, 3.0596, 0), (3.2097, -100, 1), (-5, -5.15, 0)]
)
def test_a_step_above_the_limit_is_worth_minus_100(speed: float, reward: float, cost: float) -> None:
    """Below: speed - 0.1 · 6 · 0.25. The limit itself is allowed."""
    after = np.zeros((1, 18))
    after[0, 17] = speed
    actions = np.full((1, 6), 0.5)
    moved = Transitions.of(after, actions, after)
    assert rewards(moved) == pytest.approx(reward)
    assert costs(moved).tolist() == [cost]


def test_a_violation_ends_nothing_anywhere() -> None:
    """NeoRL-2 attaches a done function that ends at a violation to an environment that does not."""
    cheetah = SafeCheetah()
    cheetah.reset(seed=0)
    cheetah.set_state(cheetah.init_qpos, np.array([6.0, *np.zeros(8)]))
    observation, reward, ended, _, info = cheetah.step(np.zeros(6))
    assert observation[17] > SPEED_LIMIT
    assert (reward, ended, info["cost"]) == (-100, False, 1)
    assert not terminated(Transitions.of(observation, np.zeros(6), observation)).any()
