"""The hopper: its flight against Gymnasium's, which friction acts, and its ending."""

import numpy as np
import pytest
from gymnasium.envs.mujoco.hopper_v5 import HopperEnv

from gnomon.benchmarks.simulators.friction_hopper import FrictionHopper, rewards, terminated
from gnomon.benchmarks.simulators.transitions import Transitions
from gnomon.benchmarks.tasks import TASKS


def test_with_hopper_v5s_friction_it_is_hopper_v5() -> None:
    """Foot friction 2; the peer's position along the floor gives the speed, and its reward has a bonus of 1."""
    ours, theirs = FrictionHopper((2.0, 2.0)), HopperEnv(exclude_current_positions_from_observation=False)
    ours.reset(seed=3)
    theirs.reset()
    theirs.set_state(ours.data.qpos, ours.data.qvel)
    for action in np.random.default_rng(0).uniform(-1, 1, (15, 3)).astype(np.float32):
        mine, yours = ours.step(action), theirs.step(action)
        assert mine[0][:11] == pytest.approx(yours[0][1:], abs=1e-6)
        assert mine[0][11] == pytest.approx(yours[4]["x_velocity"], abs=1e-5)
        assert mine[1] == pytest.approx(yours[1] - yours[4]["reward_survive"], abs=1e-5)
        assert mine[2] == yours[2]


def test_the_friction_that_acts_is_new_every_step_and_not_the_one_that_is_shown() -> None:
    hopper = FrictionHopper()
    shown = hopper.reset(seed=0)[0][12]
    steps = [hopper.step(np.zeros(3)) for _ in range(20)]
    acting = [info["friction"] for *_, info in steps]
    assert len(set(acting)) == 20
    assert all(1.5 <= friction <= 2.5 for friction in acting)
    assert {observation[12] for observation, *_ in steps} == {shown}


def test_the_constant_friction_is_the_one_that_is_shown_to_the_bit_that_is_stored() -> None:
    """NeoRL-2 simulates it rounded to a hundredth, and shows it unrounded."""
    hopper = FrictionHopper(changes="episode")
    observation = hopper.reset(seed=0)[0]
    frictions = {hopper.step(np.zeros(3))[4]["friction"] for _ in range(10)}
    assert [np.float32(friction) for friction in frictions] == [np.float32(observation[12])]


def test_friction_below_the_floors_would_change_nothing() -> None:
    """MuJoCo takes the larger friction of the two geometries, and the floor has 1: no registered range goes lower."""
    paths = []
    for friction in (0.3, 0.9, 2.5):
        hopper = FrictionHopper((friction, friction))
        hopper.reset(seed=1)
        hopper.set_state(hopper.init_qpos, np.array([1.0, -1, 0, 0, 0, 0]))
        paths.append([hopper.step(np.full(3, 0.3))[0][5] for _ in range(30)])
    assert paths[0] == paths[1] != paths[2]
    for id in ("friction-hopper", "friction-hopper-slippery", "friction-hopper-constant"):
        assert TASKS[f"nearreal/{id}-v1"].make().simulator.friction[0] >= 1  # pyright: ignore[reportAttributeAccessIssue]


def test_reward_and_ending_by_hand() -> None:
    after = np.zeros((4, 13))
    after[:, 0], after[:, 11] = (0.71, 0.70, 1.2, 1.2), 2.5
    after[:, 1] = 0.19, 0, 0.2, -0.2
    assert rewards(Transitions.of(after, np.full((4, 3), 0.5), after)) == pytest.approx(2.5 - 0.75e-3)
    assert terminated(Transitions.of(after, np.zeros((4, 3)), after)).tolist() == [False, True, True, True]


def test_nothing_of_the_last_friction_is_left() -> None:
    used, fresh = FrictionHopper(), FrictionHopper()
    used.reset(seed=5)
    for _ in range(50):
        used.step(np.ones(3))
    assert np.array_equal(used.reset(seed=6)[0], fresh.reset(seed=6)[0])
    for _ in range(50):
        assert np.array_equal(used.step(np.ones(3))[0], fresh.step(np.ones(3))[0])
