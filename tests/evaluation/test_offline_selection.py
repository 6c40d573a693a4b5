"""Choosing among the policies of finished runs by fitted Q evaluation, and what the choice is told apart from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.fqe import FQEConfig, fitted_q_evaluation
from gnomon.benchmarks.policy_file import load_policy_file, save_policy
from gnomon.datasets.store import load_dataset
from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.results import Results
from gnomon.evaluation.selection.offline_selection import select_offline
from gnomon.evaluation.selection.policy_selection import (
    absolute_error,
    discounted_return,
    rank_correlation,
    regret_at_k,
)

SMALL = "maze/umaze/planner-test-v1"
BUDGET, CONFIG = Budget(40, 32), FQEConfig(hidden=(16,), learning_rate=1e-3)


@pytest.fixture
def judged(own_small: Path, tiny_protocol: Protocol) -> Results:
    return evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, seeds=3, workers=1)


def test_runs_are_put_in_the_order_of_their_estimates(judged: Results, home: Path) -> None:
    dataset = load_dataset(SMALL)
    found = select_offline(judged.records, dataset, [0, 1], BUDGET, CONFIG)
    means = found.estimates.mean(1)
    assert means.tolist() == sorted(means, reverse=True)
    assert len({record.key for record in found.records}) == 3
    for record, estimate, score in zip(found.records, found.estimates, found.scores, strict=True):
        policy = load_policy_file(home / "runs" / record.key / "policy.safetensors")
        assert estimate.tolist() == fitted_q_evaluation(dataset, policy, [0, 1], BUDGET, CONFIG).tolist()
        assert score == record.score
    assert found.chosen == found.records[0]
    reverse = select_offline(judged.records[::-1], dataset, [0, 1], BUDGET, CONFIG)
    assert reverse.records == found.records


def test_scores_say_how_good_the_choice_was(judged: Results) -> None:
    found = select_offline(judged.records, load_dataset(SMALL), [0], BUDGET, CONFIG)
    told = replace(found, scores=np.array([20.0, 30.0, 10.0]))
    estimates = found.estimates[:, 0]
    assert [told.regret(k) for k in (1, 2, 3)] == [0.5, 0, 0]
    assert told.regret() == regret_at_k(told.scores, estimates)
    assert told.rank_correlation == pytest.approx(rank_correlation(told.scores, estimates)) == pytest.approx(0.5)


def test_a_policy_that_is_not_the_one_of_the_run_is_refused(judged: Results, home: Path) -> None:
    dataset, record = load_dataset(SMALL), judged.records[0]
    file = home / "runs" / record.key / "policy.safetensors"
    policy = load_policy_file(file)
    save_policy(replace(policy, biases=tuple(bias + 1 for bias in policy.biases)), file)
    with pytest.raises(GnomonError, match="is not the policy that the run wrote"):
        select_offline(judged.records, dataset, [0], BUDGET, CONFIG)
    file.unlink()
    with pytest.raises(GnomonError, match="is missing"):
        select_offline(judged.records, dataset, [0], BUDGET, CONFIG)
    with pytest.raises(GnomonError, match="kept no policy"):
        select_offline([record.model_copy(update={"artefacts": {}})], dataset, [0], BUDGET, CONFIG)


def test_runs_of_another_task_and_no_runs_are_refused(judged: Results) -> None:
    elsewhere = judged.records[0].task.model_copy(update={"id": "maze/open-v1"})
    other = judged.records[0].model_copy(update={"task": elsewhere})
    with pytest.raises(
        UsageError, match="is on maze/open-v1, but maze/umaze/planner-test-v1 is judged on maze/umaze-v1"
    ):
        select_offline([other], load_dataset(SMALL), [0], BUDGET, CONFIG)
    with pytest.raises(UsageError, match="no runs to choose among"):
        select_offline([], load_dataset(SMALL))


def test_absolute_error_and_discounted_return_by_hand() -> None:
    assert absolute_error(np.array([10.0, -4.0]), np.array([7.0, 1.0])) == 4  # (3 + 5) / 2
    assert discounted_return(np.array([2.0, 0.0, 8.0]), 0.5) == 4  # 2 + 8 / 4
    assert discounted_return(np.zeros(0), 0.5) == 0
    with pytest.raises(UsageError, match="one number a policy"):
        absolute_error(np.zeros(2), np.zeros(3))
