"""What algorithms read: Monte-Carlo returns by hand."""

import numpy as np
import pytest
import torch

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.engine.data import monte_carlo_returns
from gnomon.baselines.offline.cal_ql import CalQL
from gnomon.baselines.offline.cql import CQLConfig
from gnomon.datasets.dataset import Dataset
from gnomon.errors import UsageError


def test_returns_by_hand() -> None:
    """γ ½, two episodes: one that ended, and one that was cut and goes on with the least reward, −1, worth −2."""
    rewards = np.array([1, 2, 4, 3, -1], np.float32)
    ends = np.array([False, False, True, False, False])
    cut = np.array([False, False, False, False, True])
    found = monte_carlo_returns(rewards, ends, cut, 0.5)
    assert found.tolist() == [1 + 0.5 * (2 + 0.5 * 4), 2 + 0.5 * 4, 4, 3 + 0.5 * -2, -1 + 0.5 * -2]


def test_an_episode_that_failed_is_worth_its_reward_for_ever() -> None:
    """As in Cal-QL's sparse tasks (arXiv 2303.05479): r / (1 − γ)."""
    steps = 7
    cut = np.arange(steps) == steps - 1
    found = monte_carlo_returns(np.full(steps, -5, np.float32), np.zeros(steps, bool), cut, 0.99)
    assert found == pytest.approx(-5 / 0.01, rel=1e-6)


def test_the_column_is_of_scaled_rewards(small: Dataset) -> None:
    algorithm = CalQL(CQLConfig(discount=0.9, reward_scale=10.0, reward_shift=-5.0, is_calibrated=True))
    data, raw = algorithm.pack(small, "cpu"), small.transitions()
    batch = data.batch(torch.arange(len(data)))
    expected = monte_carlo_returns(10 * raw.rewards - 5, raw.terminated, raw.truncated, 0.9)
    assert np.allclose(batch.monte_carlo, expected, atol=1e-4)


def test_a_sweep_over_what_the_column_depends_on_is_refused(small: Dataset) -> None:
    configs = [CQLConfig((8,), (8,), discount=discount, is_calibrated=True) for discount in (0.9, 0.99)]
    with pytest.raises(UsageError, match="must have the same discount"):
        CalQL(configs[0]).trainer(small, [0, 1], Budget(2, 8), configs=configs)
