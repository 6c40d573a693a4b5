"""The quadruped: its body, what it is paid for, and that the faults of D5RL's tasks (arXiv 2408.08441) are mended."""

from collections.abc import Sequence
from math import prod

import mujoco
import numpy as np
import pytest
from dm_control.utils.rewards import tolerance

from gnomon.benchmarks.simulators.legged import LeggedEnvironment, Walk
from gnomon.benchmarks.simulators.legged_goals import Hiking, RunTo, TowardsGoals
from gnomon.benchmarks.simulators.legged_maze import LeggedMaze
from gnomon.benchmarks.simulators.legged_rewards import posture_term
from gnomon.benchmarks.simulators.legged_terrain import bumps, ring
from gnomon.benchmarks.simulators.quadruped import STAND, Quadruped, specification
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.legged import BODY, MAZES
from gnomon.benchmarks.tasks.maze import far_pairs, layout_of, map_of, near_pairs, walls

IDLE = np.zeros(12)
SPREAD = np.tile([0.2, 0.4, 0.4], 4)


@pytest.fixture
def body() -> Quadruped:
    body = Quadruped(specification())
    body.place(np.random.default_rng(0), np.zeros(2))
    return body


def put(environment: LeggedEnvironment, place: Sequence[float], turn: Sequence[float] = (1, 0, 0, 0)) -> None:
    """Set the trunk's position (m) and its rotation as a quaternion."""
    environment.body.data.qpos[:7] = [*place, *turn]
    mujoco.mj_forward(environment.body.model, environment.body.data)  # pyright: ignore[reportAttributeAccessIssue]


def rotation(degrees: float, axis: Sequence[float]) -> list[float]:
    half = np.radians(degrees) / 2
    return [np.cos(half), *(np.sin(half) * np.array(axis))]


def test_it_weighs_what_the_a1_weighs(body: Quadruped) -> None:
    """Trunk 4.713 kg, and four times hip 0.696, thigh 1.013, calf 0.166 and foot 0.06 kg: 12.46 kg of the A1's URDF."""
    assert body.model.body_mass.sum() == pytest.approx(12.46, abs=0.01)
    inertia = body.model.body("trunk").inertia
    assert sorted(inertia) == pytest.approx([0.0158, 0.0378, 0.0457])


def test_the_box_of_targets(body: Quadruped) -> None:
    """Three times 0.2, 0.4 and 0.4 rad around the stand pose, and a calf within its range, −2.69653 to −0.916298."""
    assert body.low == pytest.approx(np.tile([-0.6, -0.3, -2.69653], 4))
    assert body.high == pytest.approx(np.tile([0.6, 2.1, -0.916298], 4))
    assert body.targets(np.ones(12)) == pytest.approx(body.high)
    assert body.targets(IDLE) == pytest.approx(STAND, abs=0.01)


def test_the_torque_law_holds_at_every_step_of_the_physics(body: Quadruped) -> None:
    """clip(60 (q* − q) − 6 q̇, ±33.5), of the state that the step begins with."""
    stream, clipped = np.random.default_rng(1), 0
    for _ in range(10):
        targets = body.targets(stream.uniform(-1, 1, 12))
        body.data.ctrl[:] = targets
        for _ in range(20):
            asked = 60 * (targets - body.data.qpos[7:]) - 6 * body.data.qvel[6:]
            mujoco.mj_step(body.model, body.data)  # pyright: ignore[reportAttributeAccessIssue]
            assert body.data.actuator_force == pytest.approx(asked.clip(-33.5, 33.5))
            clipped += int((np.abs(asked) > 33.5).sum())
    assert clipped > 20


def test_an_action_is_held_for_a_twentieth_of_a_second(body: Quadruped) -> None:
    body.act(IDLE)
    assert body.data.time == pytest.approx(0.05)


def test_it_stands_for_two_seconds_when_it_does_nothing(body: Quadruped) -> None:
    for _ in range(40):
        body.act(IDLE)
        assert not body.has_fallen
    assert np.hypot(*body.position) < 0.05
    assert 0.24 < body.data.qpos[2] < 0.27
    assert np.abs(body.data.qvel).max() < 0.05
    assert posture_term(body.joints) == pytest.approx(1)


def test_what_it_feels(body: Quadruped) -> None:
    """Turned to the left by 90° and moved along y, it goes forward; gyroscope and velocity are the trunk's own."""
    body.data.qpos[3:7] = rotation(90, (0, 0, 1))
    body.data.qvel[:6] = [0, 2, 0, 0.1, 0.2, 0.3]
    felt = body.feel()
    assert felt[BODY["velocity"]] == pytest.approx([2, 0, 0])
    assert felt[BODY["turning"]] == pytest.approx([0.1, 0.2, 0.3])
    assert felt[BODY["orientation"]] == pytest.approx(rotation(90, (0, 0, 1)))
    assert felt[BODY["joints"]] == pytest.approx(body.data.qpos[7:])
    assert body.forward_speed == pytest.approx(2)
    body.act(np.full(12, 0.5))
    assert body.feel()[BODY["previous action"]].tolist() == [0.5] * 12


def speed_of(speed: float, target: float) -> float:
    return float(tolerance(speed, (target - 0.1, target + 0.1), target, "linear", 0))


def stance_of(observation: np.ndarray) -> float:
    """D5RL's factors upright and posture, from what is observed."""
    x, y = observation[BODY["orientation"]][1:3]
    upright = tolerance(1 - 2 * (x * x + y * y), (0.9, np.inf), 0.9, "quadratic", 0)
    bounds = zip(observation[BODY["joints"]], STAND, SPREAD, strict=True)
    return float(upright * prod(float(tolerance(q, (q0 - d, q0 + d), d, "gaussian", 0.5)) for q, q0, d in bounds))


def work_of(observation: np.ndarray) -> float:
    powers = zip(observation[BODY["joint rates"]], observation[BODY["torques"]], strict=True)
    return sum(max(0.0, rate * torque) for rate, torque in powers)


def test_walking_is_paid_as_d5rl_says() -> None:
    """10 · speed v_x cos(pitch) cos(yaw) · upright · posture − 0.01 · work, from the next observation."""
    walk, stream = Walk(0.5), np.random.default_rng(3)
    walk.reset(seed=3)
    rewards = []
    for _ in range(60):
        observation, reward, fallen, _, _ = walk.step(0.6 * stream.uniform(-1, 1, 12))
        y, z = observation[BODY["orientation"]][2:]
        speed = observation[39] * (1 - 2 * (y * y + z * z))  # the cosine is cos(pitch) cos(yaw)
        expected = 10 * speed_of(speed, 0.5) * stance_of(observation) - 0.01 * work_of(observation)
        assert reward == pytest.approx(expected)
        rewards.append(reward)
        if fallen:
            walk.reset(seed=4)
    assert np.ptp(rewards) > 1


def trot(step: int) -> np.ndarray:
    """Two diagonal pairs of legs swing in turn, twice a second: thighs as a cosine, calves bent on the way ahead."""
    phases = 2 * np.pi * (2 * 0.05 * step + np.array([0, 0.5, 0.5, 0]))
    return np.stack([0 * phases, 0.4 * np.cos(phases), -0.56 * np.sin(phases).clip(min=0)], axis=1).ravel()


def test_half_a_metre_a_second_can_be_walked() -> None:
    """A trot without any feedback walks forward and earns two thirds of what there is; standing still a fifth."""
    walk = Walk(0.5)
    paid = {}
    for name, gait in (("trot", trot), ("stand", lambda _: IDLE)):
        walk.reset(seed=0)
        paid[name] = np.mean([walk.step(gait(step))[1] for step in range(100)])
        if name == "trot":
            assert walk.body.position[0] > 1
    assert paid["trot"] > 6
    assert paid["stand"] == pytest.approx(2, abs=0.1)


def test_negative_work_is_not_paid(body: Quadruped) -> None:
    """Joints that move against their torques would have been paid for the power that they take up."""
    body.data.qvel[6:] = 1.0
    body.data.actuator_force[:] = -5.0
    assert body.work == 0
    body.data.actuator_force[:3] = 5.0
    assert body.work == pytest.approx(15)


@pytest.mark.parametrize("heading", [0, 90, 180])
@pytest.mark.parametrize(
    ("degrees", "axis", "falls"),
    [(55, (1, 0, 0), False), (65, (1, 0, 0), True), (55, (0, 1, 0), False), (65, (0, -1, 0), True)],
)
def test_a_fall_is_a_roll_or_pitch_of_60_degrees(
    body: Quadruped, heading: float, degrees: float, axis: tuple[float, ...], falls: bool
) -> None:
    turned = np.empty(4)
    mujoco.mju_mulQuat(turned, rotation(heading, (0, 0, 1)), rotation(degrees, axis))  # pyright: ignore[reportAttributeAccessIssue]
    body.data.qpos[3:7] = turned
    assert body.has_fallen == falls


def test_a_fall_terminates() -> None:
    walk = Walk(0.5)
    walk.reset(seed=0)
    put(walk, (0, 0, 0.3), rotation(90, (1, 0, 0)))
    assert walk.step(IDLE)[2:4] == (True, False)


def test_a_run_draws_ground_grip_and_mass_of_the_seed() -> None:
    fresh, used = RunTo(), RunTo()
    grips, masses, grounds = [], [], []
    for seed in range(12):
        used.reset(seed=seed)
        model = used.body.model
        grips.append(model.geom("RL_foot").friction[0])
        masses.append(model.body("trunk").mass[0])
        grounds.append(int(model.geom("field").contype[0]))
    assert 0.75 <= min(grips) < max(grips) <= 1.25
    assert 4.463 <= min(masses) < max(masses) <= 4.963
    assert set(grounds) == {0, 1}
    fresh.reset(seed=11)
    assert fresh.body.model.geom("FR_foot").friction[0] == grips[-1]
    assert np.array_equal(fresh.body.model.hfield_data, used.body.model.hfield_data)
    assert np.array_equal(fresh.body.model.dof_invweight0, used.body.model.dof_invweight0)


def test_one_goal_follows_another() -> None:
    run = RunTo()
    run.reset(seed=0)
    for _ in range(8):
        goal = run.goal
        assert np.abs(goal).max() <= 10
        put(run, (*goal, 0.4))
        success = run.step(IDLE)[4]["success"]
        assert success
        assert not np.array_equal(run.goal, goal)
    assert not run.step(IDLE)[4]["success"]


def error_at(environment: TowardsGoals, heading: float, bearing: float) -> float:
    """What is observed of a goal at that bearing, under that heading (degrees)."""
    put(environment, (0, 0, 0.3), rotation(heading, (0, 0, 1)))
    environment.goal = 3 * np.array([np.cos(np.radians(bearing)), np.sin(np.radians(bearing))])
    return float(np.degrees(environment.observe()[58]))


def test_the_observed_error_is_the_shorter_way_round() -> None:
    run = RunTo()
    run.reset(seed=0)
    assert error_at(run, 170, -170) == pytest.approx(20)
    assert error_at(run, -170, 170) == pytest.approx(-20)
    assert error_at(run, 30, 90) == pytest.approx(60)


def test_running_is_paid_for_speed_and_heading() -> None:
    run, stream = RunTo(), np.random.default_rng(0)
    run.reset(seed=2)
    for _ in range(30):
        observation, reward, _, _, _ = run.step(0.5 * stream.uniform(-1, 1, 12))
        w, x, y, z = observation[BODY["orientation"]]
        speed = speed_of(observation[39] * np.cos(np.arcsin(2 * (x * z - w * y))), 1.0)
        heading = tolerance(observation[58], (-np.pi / 12, np.pi / 12), np.pi, "linear", 0)
        expected = 10 * speed * heading * stance_of(observation) - 0.001 * work_of(observation)
        assert reward == pytest.approx(expected)


def test_the_goals_of_a_hike_end_and_it_goes_on() -> None:
    """D5RL raises an IndexError after the last of the four."""
    hike = Hiking()
    start, _ = hike.reset(seed=0)
    assert start[58] == pytest.approx(0)
    for x, passed in ((-20, 0), (-9.9, 1), (0.1, 2), (20.1, 3), (39.9, 3), (40.1, 4), (60, 4)):
        put(hike, (x, 0.5, 3.0))
        success = hike.step(IDLE)[4]["success"]
        assert (hike.passed, success) == (passed, passed == 4)
    assert hike.observe()[58] == pytest.approx(0, abs=1e-3)
    hike.reset(seed=1)
    assert hike.passed == 0


@pytest.mark.parametrize(("y", "fails"), [(2.9, False), (3.1, True), (-2.9, False), (-3.1, True)])
def test_a_hike_fails_beside_the_course(y: float, fails: bool) -> None:
    hike = Hiking()
    hike.reset(seed=0)
    put(hike, (-15, y, 0.3))
    assert hike.step(IDLE)[2] == fails


@pytest.mark.parametrize(("x", "height"), [(-15, 0), (10, 0.75), (12.5, 1.5), (15, 0.75), (20, 0), (26.5, 1.5)])
def test_the_course_has_two_hills_of_ramps(x: float, height: float) -> None:
    hike = Hiking()
    hike.reset(seed=0)
    hike.body.place(hike.np_random, np.array([x, 0.0]))
    assert hike.body.data.qpos[2] - 0.25 == pytest.approx(height, abs=0.12)


def test_bumps_and_the_ring() -> None:
    low, hills = bumps(np.random.default_rng(0)), ring(np.random.default_rng(0))
    assert 0 <= low.min() < 0.005
    assert 0.0575 < low.max() <= 0.0625
    assert hills[100, 150] > 0.37  # 5 m from the middle: half a metre less at most a quarter
    assert hills[100, 100] < 0.05
    assert hills[0, 0] == hills[100, 200] == 0


@pytest.mark.parametrize("name", MAZES)
def test_a_maze_begins_and_aims_in_the_cells_of_a_pair(name: str) -> None:
    for id, pairs in ((f"legged/maze-{name}-v1", far_pairs(name)), (f"legged/maze-{name}-near-v1", near_pairs(name))):
        task, environment = TASKS[id], TASKS[id].make()
        assert layout_of(task) == name
        starts = np.stack([environment.reset(seed=seed)[0] for seed in range(20)])
        known = map_of(task)
        cells = [known.cells[known.cell_of(starts[:, task.observation[part]])] for part in ("position", "goal")]
        assert {(tuple(a.tolist()), tuple(b.tolist())) for a, b in zip(*cells, strict=True)} <= set(pairs)
        assert np.array_equal(starts[3], environment.reset(seed=3)[0])


def test_a_maze_pays_once_and_ends_at_the_goal() -> None:
    maze = LeggedMaze(walls("umaze"), far_pairs("umaze"))
    maze.reset(seed=0)
    assert maze.step(IDLE)[1:3] == (0, False)
    put(maze, (maze.goal[0] + 0.3, maze.goal[1] + 0.3, 0.3))
    assert maze.step(IDLE)[1:3] == (1, True)
    maze.reset(seed=0)
    put(maze, (*maze.map.centres[0], 0.3), rotation(100, (1, 0, 0)))
    assert maze.step(IDLE)[1:] == (0, True, False, {"success": False})


def test_walls_stop_it() -> None:
    """Pushed along y out of the cell (1, 2) of the umaze, between two rows of wall, it does not leave it."""
    maze = LeggedMaze(walls("umaze"), far_pairs("umaze"))
    maze.reset(seed=0)
    put(maze, (*maze.map.centres[1], 0.28))
    for _ in range(20):
        maze.body.data.qvel[1] = 2.0
        maze.step(IDLE)
    assert maze.body.position[1] - maze.map.centres[1][1] < 1.0
