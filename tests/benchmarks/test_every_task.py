"""The contract of a control task, checked on every registered one."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from rendering import is_drawn, marked, skip_without_renderer

from gnomon.benchmarks.contracts import ControlTask, Episode
from gnomon.benchmarks.reference_scores import all_reference_scores
from gnomon.benchmarks.rollout import Lanes
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES


def test_the_registry_is_whole() -> None:
    assert len(TASKS) == 137
    assert TASKS.broken == {}


@pytest.fixture(params=[marked(id) for id in TASKS], scope="module")
def task(request: pytest.FixtureRequest) -> ControlTask:
    if is_drawn(request.param):
        skip_without_renderer()
    return TASKS[request.param]


@pytest.fixture(scope="module")
def lanes(task: ControlTask) -> Lanes:
    """Two environments of the task: the first has played other episodes before, the second is fresh."""
    lanes = Lanes(task, 2)
    expert = POLICIES[task.expert or "uniform"](task)
    used = Lanes.__new__(Lanes)
    used.__dict__.update(lanes.__dict__, environments=lanes.environments[:1])
    used.run(expert, [5, 6])
    return lanes


@pytest.fixture(scope="module")
def episodes(task: ControlTask, lanes: Lanes) -> list[Episode]:
    """The same seed in the used and in the fresh environment, then another seed; played by the expert, or at random."""
    return lanes.run(POLICIES[task.expert or "uniform"](task), [7, 7, 8])


def test_an_episode_depends_on_its_seed_alone(lanes: Lanes, episodes: list[Episode]) -> None:
    used, fresh, other = episodes
    assert np.array_equal(used.observations, fresh.observations)
    assert np.array_equal(used.rewards, fresh.rewards)
    begin = 1 if lanes.action_count == 0 else None  # some games begin in one state and draw what happens later
    assert not np.array_equal(used.observations[:begin], other.observations[:begin])


def test_spaces_and_types(task: ControlTask, lanes: Lanes, episodes: list[Episode]) -> None:
    environment, episode = lanes.environments[0], episodes[0]
    assert isinstance(environment.observation_space, gymnasium.spaces.Box)
    action_type = np.int64 if environment.action_count else np.float32
    assert environment.action_space.dtype == episode.actions.dtype == action_type
    assert environment.observation_space.dtype == episode.observations.dtype == episode.rewards.dtype == np.float32
    assert episode.observations.shape == (len(episode) + 1, *environment.observation_space.shape)
    assert np.isfinite(episode.observations).all()
    assert np.isfinite(episode.rewards).all()
    assert all(environment.action_space.contains(action) for action in episode.actions)


def test_the_named_columns_are_the_whole_observation(task: ControlTask, lanes: Lanes) -> None:
    everything = np.arange(np.prod(lanes.observation_shape))
    named = np.concatenate([everything[part] for part in task.observation.values()])
    assert np.array_equal(named, everything)


def test_a_goal_stays_where_it_is(task: ControlTask, episodes: list[Episode]) -> None:
    if "goal" not in task.observation:
        pytest.skip("this task has no goal")
    goals = episodes[0].observations[:, task.observation["goal"]]
    assert np.ptp(goals, axis=0).max() == 0


def test_exactly_one_flag_ends_an_episode(task: ControlTask, episodes: list[Episode]) -> None:
    for episode in episodes:
        assert episode.terminated != episode.truncated
        assert len(episode) <= task.horizon
        assert not episode.success[:-1].any() or task.metric == "return"


def test_an_idle_policy_is_cut_at_the_horizon(task: ControlTask) -> None:
    environment = task.make()
    environment.reset(seed=3)
    idle = np.zeros(environment.action_space.shape or (), environment.action_space.dtype)
    steps = [environment.step(idle)[2:4] for _ in range(2)]
    environment._elapsed = task.horizon - 1
    terminated, truncated = environment.step(idle)[2:4]
    assert steps == [(False, False)] * 2
    assert (terminated, truncated) == (False, True)


def test_the_score_scale_is_finite_and_wide(task: ControlTask) -> None:
    assert task.score([task.scale.random, task.scale.reference]) == pytest.approx([0, 100])
    measured = all_reference_scores()[task.id]
    error = np.hypot(measured["random"]["standard_error"], measured["reference"]["standard_error"])
    assert task.scale.reference - task.scale.random > 10 * error
    assert measured["expert"] == task.expert
    assert (measured["reference"]["mean"] == task.bound) == (task.expert == "")


@pytest.mark.parametrize("id", ["maze/umaze-v1", "metaworld/drawer-open-v1"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_gymnasium_finds_nothing_wrong(id: str) -> None:
    import gnomon.environments  # noqa: F401

    check_env(gymnasium.make(f"gnomon/{id.replace('/', '-')}").unwrapped, skip_render_check=True)


def test_names_are_meta_worlds() -> None:
    from metaworld.env_dict import ALL_V3_ENVIRONMENTS

    from gnomon.benchmarks.tasks.metaworld import NAMES

    assert sorted(f"{name}-v3" for name in NAMES) == sorted(ALL_V3_ENVIRONMENTS)


def test_layouts_are_gymnasium_robotics() -> None:
    from gymnasium_robotics.envs.maze import maps

    from gnomon.benchmarks.tasks.maze import walls

    theirs = {"open": maps.OPEN, "umaze": maps.U_MAZE, "medium": maps.MEDIUM_MAZE, "large": maps.LARGE_MAZE}
    for name, maze in theirs.items():
        assert walls(name) == [[cell == 1 for cell in row] for row in maze]
