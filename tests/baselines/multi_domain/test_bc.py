"""Multi-task cloning: the loss by hand, policies that are the wide network's, and a whole sequence of tasks."""

from dataclasses import replace
from math import tanh
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from domains import TASK_IDS, dataset_of, view_of

from gnomon.baselines.multi_domain.bc import MultiTaskBC, MultiTaskBCConfig, loss
from gnomon.benchmarks.tasks import TASKS
from gnomon.errors import UsageError
from gnomon.evaluation.continual.protocol import ContinualProtocol, TaskSequence
from gnomon.evaluation.continual.run import follow
from gnomon.evaluation.judges.control import judge
from gnomon.evaluation.protocol import Protocol

CONFIG = MultiTaskBCConfig(hidden=(32, 32), learning_rate=1e-2, batch_size=64)
PENDULUM, DRAWER, CHEETAH = TASK_IDS


@pytest.fixture
def learner(shared: Path, monkeypatch: pytest.MonkeyPatch) -> MultiTaskBC:
    monkeypatch.setenv("GNOMON_HOME", str(shared))
    return MultiTaskBC(view_of(*TASK_IDS), seed=3, config=CONFIG)


def test_the_loss_by_hand() -> None:
    """One task with one action dimension, one with two; outputs 0.5 and −1, whatever is seen."""
    batch = SimpleNamespace(
        observations=torch.zeros(2, 3),
        tasks=torch.eye(2),
        actions=torch.tensor([[0.25, 0.0], [0.5, -0.5]]),
        action_mask=torch.tensor([[1.0, 0.0], [1.0, 1.0]]),
    )
    networks = SimpleNamespace(actor=lambda observations, tasks: torch.tensor([[0.5, -1.0], [0.5, -1.0]]))
    one, two = tanh(0.5), tanh(-1.0)
    expected = ((one - 0.25) ** 2 + ((one - 0.5) ** 2 + (two + 0.5) ** 2) / 2) / 2
    assert float(loss(networks, batch, SimpleNamespace(), CONFIG)[0]) == pytest.approx(expected)


@pytest.mark.parametrize("task", TASK_IDS)
def test_the_policy_of_a_task_is_the_wide_networks(learner: MultiTaskBC, task: str) -> None:
    learner.learn([dataset_of(id) for id in TASK_IDS], 20)
    number = TASK_IDS.index(task)
    observations = np.array(learner.rows.view.datasets[number].columns["observations"][:8])
    acted = learner.policy(TASKS[task]).act(observations, np.zeros(8, bool))
    rows = torch.arange(8) + 120 * number
    batch = learner.rows.batch(rows)
    wide = learner.network("actor")
    expected = wide(batch.observations, batch.tasks).tanh().numpy()[:, : acted.shape[1]]
    assert acted == pytest.approx(expected, abs=1e-5)
    assert acted.shape == (8, (1, 4, 6)[number])


def test_it_learns_what_its_data_does(learner: MultiTaskBC) -> None:
    """Random actions cannot be foreseen, so it learns by heart: the error falls below their variance of a third."""
    rows = torch.arange(0, 360, 3)
    batch = learner.rows.batch(rows)

    def error() -> float:
        network = learner.network("actor")
        return float(loss(SimpleNamespace(actor=network), batch, SimpleNamespace(), CONFIG)[0])

    learner.learn([dataset_of(id) for id in TASK_IDS], 400)
    assert error() < 0.25
    assert learner.state.passes == 400


def test_a_seed_learns_the_same_in_one_call_and_in_two(learner: MultiTaskBC) -> None:
    again, other = (MultiTaskBC(learner.rows.view, seed, CONFIG) for seed in (3, 4))
    learner.learn([dataset_of(DRAWER)], 30)
    for updates in (10, 20):
        again.learn([dataset_of(DRAWER)], updates)
    other.learn([dataset_of(DRAWER)], 30)
    assert torch.equal(learner.state.tensors["actor"], again.state.tensors["actor"])
    assert not torch.equal(learner.state.tensors["actor"], other.state.tensors["actor"])


def test_what_a_task_has_not_is_not_touched_by_its_data(learner: MultiTaskBC) -> None:
    """Learning the pendulum leaves alone what only cheetah and drawer have: their inputs, and outputs 2 to 6."""
    before = [tensor.clone() for tensor in learner.network("actor").tensors]
    learner.learn([dataset_of(PENDULUM)], 10)
    after = learner.network("actor").tensors
    pendulum = learner.rows.view.descriptors[0]
    moved = (before[0] != after[0]).any(1).numpy()
    assert set(np.flatnonzero(moved)) <= {*pendulum.columns, learner.rows.view.layout.observation_size}
    assert torch.equal(before[-2][:, 1:], after[-2][:, 1:])
    assert not torch.equal(before[-2][:, :1], after[-2][:, :1])


def test_a_task_that_is_not_in_the_view_is_refused(learner: MultiTaskBC) -> None:
    with pytest.raises(UsageError, match="is no task of the view"):
        learner.policy(TASKS["dmcontrol/walker-walk-v1"])
    with pytest.raises(UsageError, match="one of them above 0"):
        learner.learn(["maze/umaze/planner-v1"], 1)


def test_two_datasets_of_one_task_are_refused(learner: MultiTaskBC) -> None:
    view = learner.rows.view
    twice = replace(view, datasets=view.datasets[:1] * 2, weights=(0.5, 0.5))
    with pytest.raises(UsageError, match="are of one task"):
        MultiTaskBC(twice, 0, CONFIG)


def test_a_sequence_is_followed_to_its_end(learner: MultiTaskBC) -> None:
    """One task first, one after it: everything is judged after each part, and updates are those of the rules."""
    stage = Protocol("tiny", "For tests.", updates=7, batch_size=64, preset="small", episodes=1, lanes=1)
    rules = ContinualProtocol("tiny", "For tests.", pretraining_updates=5, points=2, stage=stage)
    sequence = TaskSequence((dataset_of(DRAWER),), (dataset_of(CHEETAH),))
    found = follow(learner, sequence, rules)
    assert learner.state.passes == 5 + 7
    assert (found.stages.shape, found.curves.shape) == ((2, 2), (1, 2))
    assert found.stages[1, 1] == found.curves[0, -1] == found.average_performance()
    assert found.forgetting() == 0
    assert found.pretraining_forgetting() == found.stages[0, 0] - found.stages[1, 0]
    played = judge(learner.policy(TASKS[CHEETAH]), TASKS[CHEETAH], stage)
    assert found.curves[0, -1] == float(TASKS[CHEETAH].score(played[0].value)) / 100
    assert len(rules.hash) == 64
    assert replace(rules, points=3).hash != rules.hash != replace(rules, stage=replace(stage, updates=8)).hash
    assert replace(rules, name="other").hash == rules.hash
