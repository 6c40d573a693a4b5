"""The kitchen: the package's physics and thresholds, without its noise and its memory of earlier episodes."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

import mujoco
import numpy as np
import pytest

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.rollout import Lanes
from gnomon.benchmarks.simulators.kitchen import Kitchen, KitchenEnv, is_complete
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.kitchen import SUBTASKS
from gnomon.datasets.policies import POLICIES

TASK = TASKS["kitchen/four-v1"]
MICROWAVE = 22  # the position of its door


@pytest.fixture(scope="module")
def kitchen() -> Kitchen:
    return Kitchen(SUBTASKS)


@pytest.fixture(scope="module")
def episode() -> Episode:
    """One episode of the expert."""
    return Lanes(TASK, 1).run(POLICIES[TASK.expert](TASK), [11])[0]


def test_a_step_is_the_packages(kitchen: Kitchen) -> None:
    theirs = KitchenEnv(list(SUBTASKS), robot_noise_ratio=0.0, object_noise_ratio=0.0)
    kitchen.reset(seed=3)
    mujoco.mj_resetData(theirs.model, theirs.data)
    theirs.robot_env.set_state(kitchen.data.qpos, kitchen.data.qvel)
    theirs.robot_env._get_obs()  # it remembers the joints that the next action starts from
    stream = np.random.default_rng(0)
    for action in stream.uniform(-1, 1, (40, 9)).astype(np.float32):
        observation, reward, *_ = kitchen.step(action)
        their_observation, their_reward, *_ = theirs.step(action)
        assert np.array_equal(observation[:59], their_observation["observation"])
        assert reward == their_reward


@pytest.mark.parametrize(
    ("subtask", "places", "incomplete", "complete"),
    [  # 0.3 from the goals that the package's documentation lists, one side of it and the other
        ("microwave", [22], [-0.449], [-0.451]),
        ("slide cabinet", [19], [0.069], [0.071]),
        ("hinge cabinet", [20, 21], [0.0, 1.149], [0.0, 1.151]),
        ("hinge cabinet", [20, 21], [-0.301, 1.45], [-0.299, 1.45]),
        ("light switch", [17, 18], [-0.389, -0.05], [-0.391, -0.05]),
        ("bottom burner", [11, 12], [-0.579, -0.01], [-0.581, -0.01]),
        ("top burner", [15, 16], [-0.619, -0.01], [-0.621, -0.01]),
        ("kettle", range(23, 30), [-0.23, 0.449, 1.62, 0.99, 0, 0, -0.06], [-0.23, 0.451, 1.62, 0.99, 0, 0, -0.06]),
    ],
)
def test_a_subtask_is_complete_nearer_than_the_packages_threshold(
    subtask: str, places: list[int], incomplete: list[float], complete: list[float]
) -> None:
    positions = np.zeros(30)
    positions[places] = incomplete
    assert not is_complete(subtask, positions)
    positions[places] = complete
    assert is_complete(subtask, positions)


def test_rewards_and_flags_follow_from_the_observed_objects(episode: Episode) -> None:
    """The distances from the documented goals, worked out from stored observations alone."""
    objects = episode.observations[1:, 18:39].astype(np.float64)
    distances = [
        np.abs(objects[:, 13] + 0.75),
        np.linalg.norm(objects[:, 14:21] - [-0.23, 0.75, 1.62, 0.99, 0, 0, -0.06], axis=1),
        np.hypot(objects[:, 8] + 0.69, objects[:, 9] + 0.05),
        np.abs(objects[:, 10] - 0.37),
    ]
    completed = np.maximum.accumulate(np.stack(distances, axis=1) < 0.3)
    before = np.concatenate([np.zeros((1, 4), bool), completed[:-1]])
    assert np.array_equal(episode.observations[1:, 59:63] > 0, completed)
    assert np.array_equal(episode.rewards, (completed & ~before).sum(1))
    assert np.array_equal(episode.success, completed.all(1))
    assert episode.terminated == bool(completed[-1].all())


def test_the_expert_does_all_four_in_their_order(episode: Episode) -> None:
    assert episode.terminated
    assert episode.rewards.sum() == 4
    first = [int(np.flatnonzero(flags)[0]) for flags in episode.observations[:, 59:63].T]
    assert first == sorted(first)


def test_a_subtask_pays_once_an_episode_and_again_in_the_next(kitchen: Kitchen) -> None:
    idle = np.zeros(9, np.float32)

    def paid(opening: float) -> float:
        kitchen.data.qpos[MICROWAVE] = opening
        return kitchen.step(idle)[1]

    for seed in (1, 2):
        observation, _ = kitchen.reset(seed=seed)
        assert not observation[59:63].any()
        assert [paid(-0.7), paid(0.0), paid(-0.7)] == [1, 0, 0]


def test_the_start_is_drawn_from_the_seed_and_all_else_stands_where_it_did(kitchen: Kitchen) -> None:
    starts = np.stack([kitchen.reset(seed=seed)[0] for seed in range(200)])
    positions = np.delete(starts[:, :39], range(9, 18), axis=1)
    off = np.abs(positions - kitchen.robot.init_qpos)
    assert 0.025 < off[:, :7].max() <= 0.03
    assert 0.018 < off[:, 23:25].max() <= 0.02
    turns = 2 * np.arctan2(positions[:, 29], positions[:, 26])
    assert 0.09 < np.abs(turns).max() <= 0.1
    assert not off[:, 7:23].any()
    assert not starts[:, 9:18].any()
    assert not starts[:, 39:].any()
