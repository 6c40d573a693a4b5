"""The memory family: what is told is told once, what is remembered decides, and how it ends."""

import numpy as np
import pytest

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.simulators.batch import Batch
from gnomon.benchmarks.simulators.dialogue import Dialogue
from gnomon.benchmarks.simulators.double_t_maze import DoubleTMaze
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES


def walk(turns: tuple[float, float], seeds: range) -> tuple[np.ndarray, np.ndarray]:
    """[steps, B, 5] observations and [steps, B] rewards of a walker that turns the same way at each fork."""
    batch = Batch(DoubleTMaze())
    seen, paid = [batch.reset(seeds)], []
    for _ in range(30):
        second = seen[-1][:, 1].astype(int)
        observations, rewards, _ = batch.step(np.stack([np.ones(len(seeds)), np.array(turns)[second]], axis=1))
        seen.append(observations)
        paid.append(rewards)
    return np.array(seen), np.array(paid)


def test_cues_are_shown_in_three_observations_only() -> None:
    seen, _ = walk((1, 1), range(50))
    assert (np.abs(seen[:3, :, 2:4]) == 1).all()
    assert (seen[3:, :, 2:4] == 0).all()


def test_only_the_turns_of_both_cues_solve_the_maze() -> None:
    for turns in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        seen, paid = walk(turns, range(80))
        right = (seen[0, :, 2:4] == turns).all(1)
        assert np.array_equal(seen[-1, :, 4] == 1, right)
        assert np.array_equal(paid.max(0) == 1, right)
        assert 8 < right.sum() < 32


def test_after_the_cues_are_gone_right_and_wrong_look_the_same() -> None:
    """So no policy of the present observation solves more than the guesses do."""
    seen, _ = walk((1, 1), range(80))
    before_fork = seen[9]
    assert np.ptp(before_fork[:, 1:], axis=0).max() == 0


def test_an_answer_is_heard_once_and_a_fifth_are_unclear() -> None:
    batch = Batch(Dialogue())
    batch.reset(range(4000))
    ask_first = np.tile([1.0, 0, 0, 0, 0, 0, 0], (4000, 1))
    answered = batch.step(ask_first)[0]
    assert (answered[:, 0] == 1).all()
    assert (answered[:, 3] == 0).mean() == pytest.approx(0.2, abs=0.03)
    clear = answered[:, 3] != 0
    assert np.array_equal(answered[clear, 3], batch.state["wishes"][clear, 0])
    other = batch.step(np.tile([0, 1.0, 0, 0, 0, 0, 0], (4000, 1)))[0]
    assert other[:, :3].tolist() == [[0, 1, 0]] * 4000


def test_one_right_offer_in_eight_and_it_ends_the_conversation() -> None:
    batch = Batch(Dialogue())
    batch.reset(range(4000))
    observations, rewards, terminated = batch.step(np.tile([0, 0, 0, 1.0, 1, 1, 1], (4000, 1)))
    assert terminated.all()
    assert (observations[:, 6] == 1).mean() == pytest.approx(1 / 8, abs=0.02)
    assert set(rewards.round(6)) == {0.99, -0.01}


def test_an_impatient_customer_leaves_after_eight_to_fourteen_turns() -> None:
    batch = Batch(Dialogue())
    patience = batch.reset(range(200))[:, 4]
    left = np.zeros(200)
    for turn in range(1, 16):
        terminated = batch.step(np.tile([1.0, 0, 0, 0, 0, 0, 0], (200, 1)))[2]
        left = np.where(terminated & (left == 0), turn, left)
    assert np.array_equal(left, np.ceil(8 + 6 * patience))


@pytest.mark.parametrize(("name", "expert", "forgetful"), [("double-t-maze", 1.0, 0.5), ("dialogue", 0.95, 0.23)])
def test_memory_decides(name: str, expert: float, forgetful: float) -> None:
    task = TASKS[f"memory/{name}-v1"]
    returns = {}
    for keeps in (None, 1):
        policy = POLICIES[task.expert](task, **({} if keeps is None else {"keeps": keeps, "noise": 0.2}))
        played = rollout(task, policy, range(200))
        returns[keeps] = np.mean([episode.rewards.sum() for episode in played])
    assert returns[None] == pytest.approx(expert, abs=0.02)
    assert returns[1] == pytest.approx(forgetful, abs=0.1)
