"""The kitchen's scripted operator: its kinematics against the simulator's, and what it gets done."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

import mujoco
import numpy as np
import pytest

from gnomon.benchmarks.contracts import StochasticPolicy
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.simulators.kitchen import Kitchen, is_complete
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.kitchen import SUBTASKS
from gnomon.datasets.policies.kitchen import Operation, Operator
from gnomon.datasets.policies.kitchen_arm import LEVEL, Arm, pointing
from gnomon.datasets.policies.kitchen_scripts import MICROWAVE, SCRIPTS, SIDE_POSTURE
from gnomon.errors import UsageError

TASK = TASKS["kitchen/four-v1"]
NONE = np.zeros(4, bool)


@pytest.fixture(scope="module")
def kitchen() -> Kitchen:
    return Kitchen(SUBTASKS)


@pytest.fixture(scope="module")
def arm() -> Arm:
    return Arm()


def positions_of(observation: np.ndarray) -> np.ndarray:
    return np.concatenate([observation[:9], observation[18:39]])


def test_the_hand_and_the_handles_are_where_the_simulator_has_them(kitchen: Kitchen, arm: Arm) -> None:
    kitchen.reset(seed=1)
    for action in np.random.default_rng(2).uniform(-1, 1, (5, 9)):
        observation = kitchen.step(action)[0]
        arm.look(positions_of(observation))
        mujoco.mj_forward(kitchen.model, kitchen.data)
        hand = kitchen.data.site("end_effector")
        assert arm.pose[0] == pytest.approx(hand.xpos, abs=1e-12)
        assert arm.pose[1] == pytest.approx(hand.xmat.reshape(3, 3), abs=1e-12)
        assert arm.place("kettle_site") == pytest.approx(kitchen.data.site("kettle_site").xpos, abs=1e-12)


def test_the_links_are_as_long_as_frankas(kitchen: Kitchen, arm: Arm) -> None:
    """With all joints at zero the arm is upright: 0.333, 0.316 and 0.384 m in Franka's documentation."""
    positions = kitchen.robot.init_qpos.copy()
    positions[:7] = 0
    arm.look(positions)
    wrist = arm.data.xpos[arm.model.body("panda0_link5").id]
    pedestal = 1.8
    assert wrist == pytest.approx([0, 0, pedestal + 0.333 + 0.316 + 0.384], abs=1e-5)


def test_a_lead_opens_the_door_by_its_radius(kitchen: Kitchen, arm: Arm) -> None:
    """The microwave's handle is 0.475 m along and 0.108 m off the door, so that it moves on a circle of 0.487 m."""
    arm.look(positions_of(kitchen.reset(seed=1)[0]))
    before = arm.place("microhandle_site")
    chord = np.linalg.norm(arm.place("microhandle_site", MICROWAVE, -0.5) - before)
    assert chord == pytest.approx(2 * np.hypot(0.475, 0.108) * np.sin(0.25), abs=1e-6)
    assert np.array_equal(arm.place("microhandle_site"), before)


def test_pointing() -> None:
    assert pointing(0, 0) == pytest.approx(LEVEL)
    assert pointing(np.pi / 2, 0)[:, 2] == pytest.approx([-1, 0, 0])  # forward is left
    assert pointing(0, np.pi / 2)[:, 2] == pytest.approx([0, 0, 1])  # forward is up
    assert pointing(0, 0, np.pi / 2)[:, 0] == pytest.approx([1, 0, 0])  # the upper side is right


def test_joints_move_the_hand_as_asked(kitchen: Kitchen, arm: Arm) -> None:
    positions = positions_of(kitchen.reset(seed=4)[0])
    positions[:7] = SIDE_POSTURE
    arm.look(positions)
    start, axes = arm.pose
    shift, turn = np.array([0.004, -0.003, 0.005]), np.array([0.01, 0.02, -0.01])
    joints = arm.joints_for(shift, turn, np.array(SIDE_POSTURE))
    arm.look(np.concatenate([positions[:7] + joints, positions[7:]]))
    moved, turned = arm.pose[0] - start, arm.way_to(start, axes)[1]
    assert moved == pytest.approx(shift, abs=5e-4)
    assert -turned == pytest.approx(turn, abs=4e-3)


def test_no_joint_is_led_out_of_its_range(kitchen: Kitchen, arm: Arm) -> None:
    positions = positions_of(kitchen.reset(seed=4)[0])
    stream = np.random.default_rng(3)
    for shift in 0.05 * stream.standard_normal((20, 3)):
        positions[:7] = stream.uniform(arm.low, arm.high)
        positions[1] = arm.low[1] + 0.001
        arm.look(positions)
        after = positions[:7] + arm.joints_for(shift, np.zeros(3), np.array(SIDE_POSTURE))
        assert (after >= arm.low).all()
        assert (after <= arm.high).all()


def test_the_servo_moves_the_joints_by_what_is_asked_and_holds_them_against_gravity(kitchen: Kitchen, arm: Arm) -> None:
    wanted = np.array([0.02, 0.02, 0.03, 0.02, -0.03, 0.02, 0.03])
    for displacement in (np.zeros(7), wanted):
        observation, _ = kitchen.reset(seed=1)
        before = observation[:7]
        for _ in range(6):
            arm.look(positions_of(observation))
            before = observation[:7]
            observation = kitchen.step(np.concatenate([arm.servo(displacement), [0, 0]]))[0]
        assert observation[:7] - before == pytest.approx(displacement, abs=2e-3)


@pytest.mark.parametrize("subtask", SCRIPTS)
def test_every_subtask_is_done_with_noise(subtask: str, kitchen: Kitchen, arm: Arm) -> None:
    operation = Operation(arm, "four", 1.0, policy_stream(6))
    operation.queue = [subtask]
    observation, _ = kitchen.reset(seed=6)
    for _ in range(110):
        observation = kitchen.step(operation.act(observation).clip(-1, 1).astype(np.float32))[0]
        if is_complete(subtask, positions_of(observation)):
            return
    pytest.fail(f"{subtask} is not complete after 110 steps")


def test_outside_the_episodes_for_the_four_one_of_them_stays_undone(arm: Arm) -> None:
    mixed, four = (Operation(arm, plan, 0.0, policy_stream(1)) for plan in ("mixed", "four"))
    three = np.array([True, True, False, True])
    assert mixed._may_do("light switch", NONE)
    assert mixed._may_do("hinge cabinet", three)
    assert mixed._may_do("kettle", three), "it was completed, and may be done again where it was undone"
    assert not mixed._may_do("light switch", three)
    assert four._may_do("light switch", three)


def test_a_plan_decides_how_many_episodes_are_for_the_four(arm: Arm) -> None:
    for plan, share in (("four", 1.0), ("partial", 0.25), ("mixed", 0.0)):
        operations = [Operation(arm, plan, 1.0, policy_stream(seed)) for seed in range(400)]
        assert np.mean([operation.for_the_four for operation in operations]) == pytest.approx(share, abs=0.07)
        others = [tuple(operation.queue) for operation in operations if not operation.for_the_four]
        assert len(set(others)) >= 0.5 * len(others)
        assert all(len(queue) == 5 and set(queue) <= set(SCRIPTS) for queue in others)
        assert all("hinge cabinet" not in queue[:-1] for queue in others)


def test_noise_comes_from_the_episode_alone_and_without_noise_there_is_none(kitchen: Kitchen) -> None:
    observations = np.stack([kitchen.reset(seed=2)[0].astype(np.float32)] * 3)

    def actions(noise: float) -> np.ndarray:
        operator = Operator(TASK, noise=noise)
        operator.start_episodes([0, 1, 2], [1, 2, 1])
        assert isinstance(operator, StochasticPolicy)
        played = [operator.act(observations, np.zeros(3, bool)) for _ in range(12)]
        operator.start_episodes([1], [1])
        again = [operator.act(observations, np.zeros(3, bool))[1] for _ in range(12)]
        assert np.array_equal(again, np.stack(played)[:, 0]), "a lane forgets the episode before"
        return np.stack(played)

    noisy, calm = actions(1.0), actions(0.0)
    assert np.array_equal(noisy[:, 0], noisy[:, 2])
    assert not np.array_equal(noisy[:, 0], noisy[:, 1])
    assert np.array_equal(calm[:, 0], calm[:, 1])


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(UsageError, match="no plan 'all'; choose one of four, partial, mixed"):
        Operator(TASK, plan="all")
