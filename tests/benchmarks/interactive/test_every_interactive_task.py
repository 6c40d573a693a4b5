"""The contract of an interactive task, checked on every registered one."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.interactive import INTERACTIVE_TASKS, InteractiveTask
from gnomon.benchmarks.interactive.text import ACTION_CHARACTERS, decode, encode, page_of
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.errors import UsageError

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

HOSTILE = ("", " ", "\x00", "\ud800", "🙂" * ACTION_CHARACTERS, "(" * ACTION_CHARACTERS, "9" * ACTION_CHARACTERS)


def test_the_registry_is_whole() -> None:
    assert len(INTERACTIVE_TASKS) == 44
    assert INTERACTIVE_TASKS.broken == {}
    assert not set(INTERACTIVE_TASKS) & set(TASKS)


def with_marks(id: str) -> "ParameterSet":
    """Text games are compiled, which takes seconds each, and need an extra."""
    missing = pytest.mark.skipif(find_spec("textworld") is None, reason="pip install 'gnomon[text-games]'")
    return pytest.param(id, marks=[pytest.mark.slow, missing] if "text-games" in id else [])


@pytest.fixture(params=[with_marks(id) for id in INTERACTIVE_TASKS], scope="module")
def task(request: pytest.FixtureRequest) -> InteractiveTask:
    return INTERACTIVE_TASKS[request.param]


def test_it_is_a_control_task_of_gymnasium(task: InteractiveTask) -> None:
    assert isinstance(task, ControlTask)
    assert task.family == "interactive"
    assert 1 <= task.level <= 5
    check_env(task.make(), skip_render_check=True)


def test_the_expert_solves_it_and_random_commands_do_not(task: InteractiveTask) -> None:
    if task.metric == "return":
        pytest.skip("what the expert earns by chance or by bargaining is tested with its game")
    solved = {
        name: np.mean([episode.success.any() for episode in rollout(task, task.policy(name), range(3), lanes=3)])
        for name in ("expert", "random")
    }
    assert solved["expert"] == 1.0
    assert solved["random"] < 1.0


def test_scores_are_between_the_random_script_and_the_expert(task: InteractiveTask) -> None:
    assert task.score([task.scale.random, task.scale.reference]) == pytest.approx([0.0, 100.0], abs=1e-9)
    assert task.scale.random < task.scale.reference


def test_there_are_three_levels_or_more_of_every_game() -> None:
    levels: dict[str, set[int]] = {}
    for id, task in INTERACTIVE_TASKS.items():
        levels.setdefault(id.rpartition(f"-{task.level}-v1")[0], set()).add(task.level)
    assert set(map(len, levels.values())) == {3, 5}
    assert all(found == set(range(1, len(found) + 1)) for found in levels.values())


def test_an_episode_depends_on_its_seed_alone(task: InteractiveTask) -> None:
    used, again, other = rollout(task, task.policy("random"), [7, 7, 8], lanes=2)
    assert np.array_equal(used.observations, again.observations)
    assert np.array_equal(used.actions, again.actions)
    assert not np.array_equal(used.observations[0], other.observations[0])


def test_another_sample_of_a_script_plays_the_same_problem_otherwise(task: InteractiveTask) -> None:
    plays = [rollout(task, task.policy("random", sample), [7], lanes=1)[0] for sample in (0, 1, 2)]
    assert all(np.array_equal(play.observations[0], plays[0].observations[0]) for play in plays)
    assert len({play.actions.tobytes() for play in plays}) > 1


def test_what_is_no_command_costs_a_turn_and_earns_nothing(task: InteractiveTask) -> None:
    for action in HOSTILE:
        environment = task.make()
        environment.reset(seed=3)
        row = np.zeros(ACTION_CHARACTERS, np.float32)
        points = encode(action, ACTION_CHARACTERS)
        row[: len(points)] = points
        observation, reward, terminated, _, info = environment.step(row)
        page = page_of(decode(observation))
        assert (page.event, page.taken, terminated, info["success"]) == ("invalid", 1, False, False), action
        assert reward <= 0


def test_a_limit_of_turns_ends_the_episode_and_is_shown(task: InteractiveTask) -> None:
    (episode,) = rollout(task.limited(1), task.policy("random"), [3], lanes=1)
    first, last = (page_of(decode(row)) for row in episode.observations)
    assert (first.turns, first.over, last.over) == (1, False, True)
    with pytest.raises(UsageError, match="1 or more"):
        task.limited(0)


def test_an_unknown_script_is_refused_with_those_that_there_are(task: InteractiveTask) -> None:
    with pytest.raises(UsageError, match="expert"):
        task.policy("wizard")
