"""The contract of a baseline, checked on every registered one, and that they learn."""

import numpy as np
import pytest

from gnomon.baselines.algorithm import Budget, configured
from gnomon.baselines.registry import BASELINES, list_baselines
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.dataset import Dataset

OFFLINE = list_baselines("offline")


def test_the_registry_is_whole() -> None:
    assert OFFLINE == ["bc", "filtered-bc", "iql", "rebrac", "td3-bc"]
    assert list_baselines("online") == ["dqn", "sac", "td3"]
    assert BASELINES.broken == {}


@pytest.mark.parametrize("name", OFFLINE)
def test_a_baseline_has_a_name_and_presets_and_trains(name: str, small: Dataset) -> None:
    for preset in ("published", "small"):
        algorithm = configured(BASELINES[name], preset)
        assert algorithm.name == name
        policies = algorithm.train(small, [0, 4], Budget(updates=3, batch_size=8), lambda *_: None)
        observations = small.transitions().observations[:5]
        actions = [np.asarray(policy.act(observations, np.zeros(5, bool))) for policy in policies]
        assert [action.shape for action in actions] == [(5, 2)] * 2
        assert np.abs(actions).max() <= 1


LEAST = {"bc": 0.6, "filtered-bc": 0.2, "iql": 0.6, "rebrac": 0.15, "td3-bc": 0.6}
"""Share of goals reached after 1,500 passes on 1,500 transitions. Filtered BC has three episodes of them, and ReBRAC's
penalty is too weak to stay near so little data: the slow test gives them more."""


@pytest.mark.parametrize("name", OFFLINE)
def test_a_baseline_learns_to_follow_the_planner(name: str, small: Dataset) -> None:
    """An untrained network reaches the goal of `umaze` in about a tenth of the episodes, the planner in all."""
    (policy,) = configured(BASELINES[name], "small").train(small, [0], Budget(1500, 64), lambda *_: None)
    seeds = [seed_of("evaluate", small.task.id, index) for index in range(20)]
    reached = np.mean([episode.success.any() for episode in rollout(small.task, policy, seeds)])
    assert reached >= LEAST[name]
