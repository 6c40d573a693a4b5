"""The multi-domain Decision Transformer: contexts by hand, policies that are the wide network's, and its adapter."""

from pathlib import Path

import numpy as np
import pytest
import torch
from domains import STEPS, TASK_IDS, dataset_of, view_of

from gnomon.baselines.engine.transformer import CausalTransformer
from gnomon.baselines.multi_domain.decision_transformer import MultiDomainTransformer, MultiDomainTransformerConfig
from gnomon.baselines.multi_domain.frozen import HIDDEN
from gnomon.baselines.multi_domain.lora import LoRA
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.multi_domain_contexts import contexts
from gnomon.errors import DatasetError

CONFIG = MultiDomainTransformerConfig(width=16, context=4, learning_rate=3e-3, warm_up=5, batch_size=64)
PENDULUM, DRAWER, CHEETAH = TASK_IDS
PAYING = (DRAWER, CHEETAH)  # a pendulum that is swung at random earns nothing


@pytest.fixture
def learner(shared: Path, monkeypatch: pytest.MonkeyPatch) -> MultiDomainTransformer:
    monkeypatch.setenv("GNOMON_HOME", str(shared))
    return MultiDomainTransformer(view_of(*PAYING), seed=3, config=CONFIG)


def test_contexts_are_the_episodes_own_steps(learner: MultiDomainTransformer) -> None:
    """The second row begins two steps before its episode ends, so half of its context is not inside."""
    view = learner.rows.view
    found = contexts(view, np.array([7, 2 * STEPS + STEPS - 2]), 4)
    (first, *_), (cheetah, *_) = (list(dataset.episodes()) for dataset in view.datasets)
    drawer, runner = view.descriptors
    assert found.inside.tolist() == [[True] * 4, [True, True, False, False]]
    assert found.steps.tolist() == [[7, 8, 9, 10], [STEPS - 2, STEPS - 1, STEPS - 1, STEPS - 1]]
    assert np.array_equal(found.observations[0][:, drawer.columns], first.observations[7:11])
    assert np.array_equal(found.observations[1, :2][:, runner.columns], cheetah.observations[STEPS - 2 : STEPS])
    assert np.array_equal(found.actions[0, :, :4], first.actions[7:11])
    assert not found.actions[0, :, 4:].any()
    assert found.to_go[0] == pytest.approx([first.rewards[step:].sum(dtype=np.float64) for step in range(7, 11)])
    assert found.to_go[1, :2] == pytest.approx([cheetah.rewards[-2:].sum(), cheetah.rewards[-1]])


@pytest.mark.parametrize("task", PAYING)
def test_the_policy_of_a_task_is_the_wide_networks(learner: MultiDomainTransformer, task: str) -> None:
    """The first action of an episode: the greatest return is asked for, and one step is there."""
    learner.learn([dataset_of(id) for id in PAYING], 5)
    policy, number = learner.policy(TASKS[task]), PAYING.index(task)
    rows = np.array([0, STEPS]) + 2 * STEPS * number
    batch = learner.rows.batch(torch.from_numpy(np.repeat(rows, CONFIG.context)))
    observations = batch.observations[:: CONFIG.context][:, None]
    target = torch.full((2, 1, 1), float(learner.rows.greatest[number] / learner.rows.units[number]))
    nothing = torch.zeros(2, 1, learner.rows.view.layout.action_size)
    wide = learner.network("actor")(torch.zeros(2, 1, dtype=torch.int64), target, observations, nothing).tanh()[:, 0]
    own = learner.rows.view.datasets[number].columns["observations"][[0, STEPS + 1]]
    acted = policy.act(own, np.ones(2, bool))
    assert acted == pytest.approx(wide.numpy()[:, : acted.shape[1]], abs=1e-5)
    paid = learner.network("rewards")(batch.observations, batch.actions, batch.next_observations, batch.tasks)
    hidden = np.concatenate([
        (own - policy.mean) / policy.scale,
        batch.actions[:: CONFIG.context].numpy()[:, : acted.shape[1]],
        (learner.rows.view.datasets[number].columns["observations"][[1, STEPS + 2]] - policy.mean) / policy.scale,
    ], 1)  # fmt: skip
    for weight, bias in policy.rewards[:-1]:
        hidden = np.maximum(hidden @ weight + bias, 0)
    assert hidden @ policy.rewards[-1][0] + policy.rewards[-1][1] == pytest.approx(
        paid[:: CONFIG.context].numpy()[:, None], abs=1e-4
    )


def _error(learner: MultiDomainTransformer, rows: torch.Tensor) -> float:
    batch, shape = learner.rows.batch(rows), learner.network("actor").shape
    actor = CausalTransformer(shape, learner.actor_tensors())  # pyright: ignore[reportArgumentType]
    chosen = actor(batch.steps, batch.context_to_go, batch.context_observations, batch.context_actions).tanh()
    mask = batch.context_action_mask[:, None] * batch.inside[..., None]
    return float(((chosen - batch.context_actions).square() * mask).sum() / mask.sum())


def test_an_adapter_changes_nothing_before_it_learned_and_the_transformer_never(
    learner: MultiDomainTransformer,
) -> None:
    learner.learn([dataset_of(DRAWER)], 10)
    before = [tensor.clone() for tensor in learner.actor_tensors()]
    adapter = LoRA(learner, rank=2)
    assert all(torch.equal(one, other) for one, other in zip(adapter.actor_tensors(), before, strict=True))
    rows = torch.arange(2 * STEPS, 4 * STEPS)
    error = _error(adapter, rows)
    adapter.learn([dataset_of(CHEETAH)], 80)
    assert _error(adapter, rows) < error
    assert all(torch.equal(one, other) for one, other in zip(learner.actor_tensors(), before, strict=True))
    changed = [
        number
        for number, (one, other) in enumerate(zip(adapter.actor_tensors(), before, strict=True))
        if not torch.equal(one, other)
    ]
    assert changed == [11, 9 + HIDDEN, 23, 21 + HIDDEN]
    for number in (11, 23):
        keys = slice(CONFIG.width, 2 * CONFIG.width)
        assert torch.equal(adapter.actor_tensors()[number][:, keys], before[number][:, keys])
        difference = adapter.actor_tensors()[number] - before[number]
        assert torch.linalg.matrix_rank(difference[:, : CONFIG.width], rtol=1e-4) <= 2
    acted = adapter.policy(TASKS[CHEETAH]).act(np.zeros((1, 17), np.float32), np.ones(1, bool))
    assert acted.shape == (1, 6)


def test_full_fine_tuning_goes_on_where_pretraining_ended(learner: MultiDomainTransformer) -> None:
    rows = torch.arange(2 * STEPS, 4 * STEPS)
    learner.learn([dataset_of(DRAWER)], 10)
    error = _error(learner, rows)
    learner.learn([dataset_of(CHEETAH)], 80)
    assert learner.state.passes == 90
    assert _error(learner, rows) < error


@pytest.mark.usefixtures("learner")
def test_data_that_never_earns_anything_is_refused() -> None:
    with pytest.raises(DatasetError, match="there is none to ask for"):
        MultiDomainTransformer(view_of(PENDULUM), 0, CONFIG)
