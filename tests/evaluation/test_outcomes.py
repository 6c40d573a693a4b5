"""What is derived from an outcome."""

from dataclasses import replace

import numpy as np
import pytest

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.evaluation.outcomes import Outcome


@pytest.mark.parametrize(
    ("success", "length", "value"), [(True, 1, 0.99), (True, 2, 0.9801), (False, 1, 0), (False, 800, 0)]
)
def test_success_is_worth_more_the_sooner_it_comes(success: bool, length: int, value: float) -> None:
    outcome = Outcome(item=0, value=float(success), total_reward=float(success), success=success, length=length)
    assert outcome.discounted_success == pytest.approx(value)


def test_an_episode_that_breaks_a_limit_counts_for_what_the_random_policy_gets() -> None:
    task = TASKS["nearreal/safe-cheetah-v1"]
    rewards = np.full(3, 2.0, np.float32)
    flags = np.zeros(3, bool)
    episode = Episode(1, np.zeros((4, 18), np.float32), np.zeros((3, 6), np.float32), rewards, flags, False, True)
    kept, broken = (Outcome.from_episode(0, replace(episode, cost=cost), task) for cost in (0.0, 2.0))
    assert (kept.value, kept.total_reward, kept.cost) == (6.0, 6.0, 0.0)
    assert (broken.value, broken.total_reward, broken.cost) == (task.scale.random, 6.0, 2.0)
    assert TASKS["maze/open-v1"].broken_limit is None


def test_the_costs_of_an_episode_are_added_up() -> None:
    """The policy of the cheetah without a limit runs above it (3.2096 m/s) most of the time."""
    task = TASKS["nearreal/safe-cheetah-v1"]
    (episode,) = rollout(task, _Fast(), [3], lanes=1)
    speeds = episode.observations[1:, task.observation["speed"]]
    assert episode.cost == (speeds > 3.2096).sum() > 500


class _Fast:
    def __init__(self) -> None:
        self.policy = POLICIES["trained"](TASKS["locomotion/halfcheetah-v1"])

    def act(self, observations: np.ndarray, reset: np.ndarray) -> np.ndarray:
        return np.asarray(self.policy.act(observations[:, :17], reset))
