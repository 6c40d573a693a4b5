"""The randomised kitchen: its thresholds, what a seed draws, and that nothing is left of the episode before."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

import itertools

import mujoco
import numpy as np
import pytest

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.rollout import Lanes
from gnomon.benchmarks.simulators import kitchen_layout
from gnomon.benchmarks.simulators.kitchen import Kitchen, package
from gnomon.benchmarks.simulators.kitchen_diverse import DiverseKitchen, originals
from gnomon.benchmarks.simulators.kitchen_layout import RANGES, is_complete
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.kitchen_diverse import SUBTASKS
from gnomon.datasets.policies import POLICIES

TASK = TASKS["kitchen-diverse/recombined-v1"]
STANDARD = SUBTASKS["standard"]
USUAL = np.zeros(12)
EDITED = (  # what a reset writes in the model
    *("body_pos", "body_quat", "body_ipos", "geom_pos", "geom_size", "geom_rbound", "geom_aabb", "bvh_aabb"),
    *("site_pos", "mesh_vert", "mat_rgba", "mat_texid", "light_diffuse", "light_dir", "cam_pos", "cam_quat"),
    "cam_fovy",
)


@pytest.fixture(scope="module")
def kitchen() -> DiverseKitchen:
    return DiverseKitchen(STANDARD)


@pytest.fixture(scope="module")
def episode() -> Episode:
    """One episode of the expert."""
    return Lanes(TASK, 1).run(POLICIES[TASK.expert](TASK), [1])[0]


@pytest.mark.parametrize(
    ("subtask", "place", "incomplete", "complete"),
    [  # the thresholds that D5RL's kitchen has (arXiv 2408.08441)
        ("microwave", 22, -0.549, -0.551),
        ("bottom burner", 11, -0.649, -0.651),
        ("top burner", 15, -0.649, -0.651),
        ("light switch", 17, -0.449, -0.451),
        ("slide cabinet", 19, 0.249, 0.251),
        ("hinge cabinet", 21, 1.249, 1.251),
    ],
)
def test_a_subtask_is_complete_beyond_its_threshold(
    subtask: str, place: int, incomplete: float, complete: float
) -> None:
    positions = np.zeros(30)
    positions[place] = incomplete
    assert not is_complete(subtask, positions, USUAL)
    positions[place] = complete
    assert is_complete(subtask, positions, USUAL)


def test_the_kettle_is_complete_near_a_goal_that_moves_with_the_kitchen() -> None:
    positions, shifted = np.zeros(30), USUAL.copy()
    positions[23:26] = [-0.23, 0.651, 1.62]  # 0.1 m from (-0.23, 0.75, 1.62), whichever way the kettle points
    assert is_complete("kettle", positions, USUAL)
    positions[24] = 0.649
    assert not is_complete("kettle", positions, USUAL)
    shifted[:2] = [0.0, -0.01]
    assert is_complete("kettle", positions, shifted)


def test_rewards_and_flags_follow_from_what_is_observed(episode: Episode) -> None:
    """The thresholds again, on stored observations alone: 18 columns before the objects' positions."""
    rows = episode.observations[1:].astype(np.float64)
    goal = np.array([-0.23, 0.75, 1.62]) + np.column_stack([rows[:, 63:65], np.zeros(len(rows))])
    complete = [
        rows[:, 31] < -0.55,
        np.linalg.norm(rows[:, 32:35] - goal, axis=1) < 0.1,
        rows[:, 20] < -0.65,
        rows[:, 26] < -0.45,
    ]
    completed = np.maximum.accumulate(np.stack(complete, axis=1))
    before = np.concatenate([np.zeros((1, 4), bool), completed[:-1]])
    assert np.array_equal(rows[:, 59:63] > 0, completed)
    assert np.array_equal(episode.rewards, (completed & ~before).sum(1))
    assert episode.terminated
    assert completed[-1].all()


def test_a_layout_is_observed_and_stays(episode: Episode) -> None:
    assert np.ptp(episode.observations[:, 63:], axis=0).max() == 0


def test_the_seed_draws_from_the_whole_range(kitchen: DiverseKitchen) -> None:
    starts = np.stack([kitchen.reset(seed=seed)[0] for seed in range(300)])
    lowest, highest = np.array(list(RANGES.values())).T
    width = highest - lowest
    assert (starts[:, 63:] >= lowest).all()
    assert (starts[:, 63:] <= highest).all()
    assert (starts[:, 63:].min(0) < lowest + 0.03 * width).all()
    assert (starts[:, 63:].max(0) > highest - 0.03 * width).all()
    correlation = np.corrcoef(starts[:, 63:].T) - np.eye(12)
    assert np.abs(correlation).max() < 0.25, "each number is drawn by itself"
    arm = np.abs(starts[:, :7] - kitchen.robot.init_qpos[:7])
    assert 0.055 < arm.max() <= 0.06
    kettle = starts[:, 32:34] - kitchen.robot.init_qpos[23:25] - starts[:, 63:65]
    assert 0.028 < np.abs(kettle).max() <= 0.03
    assert 0.23 < np.abs(2 * np.arctan2(starts[:, 38], starts[:, 35])).max() <= 0.25


def test_looks_vary_with_the_seed(kitchen: DiverseKitchen) -> None:
    names = ("mat_rgba", "mat_texid", "light_diffuse", "light_dir", "cam_pos", "cam_quat", "cam_fovy")
    drawn: dict[str, set[bytes]] = {name: set() for name in names}
    for seed in range(10):
        kitchen.reset(seed=seed)
        for name in names:
            drawn[name].add(getattr(kitchen.model, name).tobytes())
    assert {name: len(values) for name, values in drawn.items()} == dict.fromkeys(names, 10)


def test_a_used_kitchen_is_as_a_fresh_one(kitchen: DiverseKitchen) -> None:
    stream = np.random.default_rng(0)
    kitchen.reset(seed=1)
    for action in stream.uniform(-1, 1, (10, 9)):
        kitchen.step(action)
    fresh = DiverseKitchen(STANDARD)
    assert np.array_equal(kitchen.reset(seed=5)[0], fresh.reset(seed=5)[0])
    for name in EDITED:
        assert np.array_equal(getattr(kitchen.model, name), getattr(fresh.model, name)), name
    for action in stream.uniform(-1, 1, (10, 9)):
        assert np.array_equal(kitchen.step(action)[0], fresh.step(action)[0])


def test_without_a_shift_the_physics_is_the_packages(kitchen: DiverseKitchen) -> None:
    plain = Kitchen(STANDARD)
    kitchen.reset(seed=2)
    originals().arrange(kitchen.model, USUAL)
    for simulator in (plain, kitchen):
        mujoco.mj_resetData(simulator.model, simulator.data)
        simulator.data.qpos[:] = package().robot_env.init_qpos
        mujoco.mj_forward(simulator.model, simulator.data)
    for action in np.random.default_rng(1).uniform(-1, 1, (20, 9)):
        assert np.array_equal(plain.step(action)[0][:59], kitchen.step(action)[0][:59])


def test_all_stands_still_in_every_corner_of_the_ranges(
    kitchen: DiverseKitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No shift pushes a door open, no kettle sinks into its burner: one number of two at its end, in all four ways."""
    ends = np.array(list(RANGES.values())).T
    for even, odd in itertools.product((0, 1), repeat=2):
        corner = np.where(np.arange(12) % 2 == 0, ends[even], ends[odd])
        monkeypatch.setattr(
            "gnomon.benchmarks.simulators.kitchen_diverse.draw_layout", lambda _, corner=corner: corner.copy()
        )
        before = kitchen.reset(seed=3)[0]
        after = [kitchen.step(np.zeros(9))[0] for _ in range(15)][-1]
        assert after[18:35] == pytest.approx(before[18:35], abs=0.003)


def test_a_larger_kettle_is_larger_and_stands_on_the_same_place(kitchen: DiverseKitchen) -> None:
    layout = USUAL.copy()
    layout[kitchen_layout.COLUMN["kettle size"]] = 0.1
    kitchen.reset(seed=4)
    pictured = kitchen.model.mesh("kettle").id
    first, count = originals().model.mesh_vertadr[pictured], originals().model.mesh_vertnum[pictured]
    extents = []
    for sizes in (USUAL, layout):
        originals().arrange(kitchen.model, sizes)
        mujoco.mj_kinematics(kitchen.model, kitchen.data)
        handle = kitchen.data.site("kettle_site").xpos[2] - kitchen.data.qpos[25]
        extents.append([handle, np.ptp(kitchen.model.mesh_vert[first : first + count], axis=0)[0]])
    assert np.array(extents[1]) / extents[0] == pytest.approx(1.1, rel=1e-5)
