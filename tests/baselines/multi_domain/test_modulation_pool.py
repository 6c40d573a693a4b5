"""The pool of modulations: both kinds by other means, what is chosen by hand, and what learning may not move."""

from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import numpy as np
import pytest
import torch
from domains import STEPS, TASK_IDS, dataset_of, view_of

from gnomon.baselines.engine.learner import Transformer
from gnomon.baselines.engine.transformer import CausalTransformer, network_of
from gnomon.baselines.multi_domain.decision_transformer import MultiDomainTransformer, MultiDomainTransformerConfig
from gnomon.baselines.multi_domain.modulation_pool import ModulationPool, choose, modulation_loss, scaled
from gnomon.benchmarks.tasks import TASKS

CONFIG = MultiDomainTransformerConfig(width=16, context=4, learning_rate=1e-2, warm_up=5, batch_size=64)
_, DRAWER, CHEETAH = TASK_IDS
KINDS = "low-rank", "element-wise"
Kind = Literal["low-rank", "element-wise"]


@pytest.fixture
def trained(shared: Path, monkeypatch: pytest.MonkeyPatch) -> MultiDomainTransformer:
    monkeypatch.setenv("GNOMON_HOME", str(shared))
    return MultiDomainTransformer(view_of(DRAWER, CHEETAH), seed=3, config=CONFIG)


def _pool(trained: MultiDomainTransformer, modulation: Kind = "low-rank") -> ModulationPool:
    return ModulationPool(trained, entries=6, modulation=modulation, rank=2)


def _actor() -> CausalTransformer:
    """A transformer of two layers, all of whose numbers are standard normal, so that attention is far from even."""
    shape = Transformer((1, 3, 2), 2, 8, 2, 2, 10)
    network = network_of(shape, torch.randn(shape.size, generator=torch.Generator().manual_seed(1)))
    assert isinstance(network, CausalTransformer)
    return network


def _outputs(actor: CausalTransformer, tensors: list[torch.Tensor]) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    tokens = [torch.randn(2, 4, size, generator=generator) for size in actor.shape.inputs]
    return CausalTransformer(actor.shape, tensors)(torch.arange(4).repeat(2, 1), *tokens)


def test_keys_that_are_scaled_are_queries_that_are() -> None:
    """A score is a product of both; tensors 11 and 23 are the weights of attention, 12 and 24 what is added."""
    actor, numbers = _actor(), torch.ones(2, 6, 8)
    numbers[:, 0] = torch.linspace(0.5, 3, 8)
    tensors = list(actor.tensors)
    for place in (11, 12, 23, 24):
        tensors[place] = torch.cat([tensors[place][..., :8] * numbers[0, 0], tensors[place][..., 8:]], -1)
    assert torch.allclose(_outputs(actor, scaled(actor, numbers.flatten())), _outputs(actor, tensors), atol=1e-3)
    assert not torch.allclose(_outputs(actor, tensors), _outputs(actor, actor.tensors), atol=0.1)


@pytest.mark.parametrize(("kept", "silenced"), [(slice(1, 2), (13, 25)), (slice(2, 6), (19, 31))])
def test_values_or_hidden_layers_times_nothing_leave_what_reads_them_without_input(
    kept: slice, silenced: tuple[int, int]
) -> None:
    actor, numbers = _actor(), torch.ones(2, 6, 8)
    numbers[:, kept] = 0
    tensors = [torch.zeros_like(one) if place in silenced else one for place, one in enumerate(actor.tensors)]
    assert torch.allclose(_outputs(actor, scaled(actor, numbers.flatten())), _outputs(actor, tensors), atol=1e-3)
    assert not torch.allclose(_outputs(actor, tensors), _outputs(actor, actor.tensors), atol=0.1)


def test_what_others_took_is_chosen_only_where_nothing_else_is_left() -> None:
    """The q is (3, 1) of the first context, whose last step does not count, and (0, 3) of the second.

    Cosines with the keys (1, 0), (0, 1), (−1, 0) are 0.95, 0.32, −0.95 and 0, 1, 0. The first key was taken in three of
    four cases, the second in one: ½ (1 + cos) / n is 1.30, 2.63 and 25658 for the first, 0.67, 4 and 500000 for the
    second.
    """
    tensors = [torch.empty(0)] * 2 + [torch.eye(2), torch.tensor([0.0, 1.0])]
    networks = SimpleNamespace(
        actor=SimpleNamespace(tensors=tensors),
        keys=SimpleNamespace(free=torch.tensor([2.0, 0.0, 0.0, 0.5, -1.0, 0.0])),
        usage=SimpleNamespace(free=torch.zeros(3)),
        usage_before=SimpleNamespace(free=torch.zeros(3)),
    )
    observations = torch.tensor([[[2.0, 0.0], [4.0, 0.0], [-9.0, 9.0]], [[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]]])
    batch = SimpleNamespace(context_observations=observations, inside=torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]))
    found = choose(networks, batch)
    assert found["query"].tolist() == [[3, 1], [0, 3]]
    assert found["chosen"].tolist() == [0, 1]
    assert networks.usage.free.tolist() == [0.5, 0.5, 0]
    networks.usage_before.free = torch.tensor([3.0, 1.0, 0.0])
    assert choose(networks, batch)["chosen"].tolist() == [2, 2]
    networks.usage_before.free = torch.tensor([2.0, 1.0, 1.0])
    assert choose(networks, batch)["chosen"].tolist() == [1, 1]
    assert networks.usage.free.tolist() == [0.5, 1.5, 1]


def _error(pool: ModulationPool) -> float:
    """L(M) of contexts of the second dataset, each through the entry whose key is nearest."""
    networks = SimpleNamespace(**{name: pool.network(name) for name in pool.learner.networks})
    networks.usage = SimpleNamespace(free=torch.zeros(6))
    networks.usage_before = networks.usage
    batch = pool.rows.batch(torch.arange(2 * STEPS, 4 * STEPS))
    vars(batch).update(choose(networks, batch))
    return float(modulation_loss(networks, batch, SimpleNamespace(), pool.pool)[0])


@pytest.mark.parametrize(("kind", "most"), [("low-rank", 0.95), ("element-wise", 0.998)])
def test_a_pool_learns_its_data_and_leaves_the_transformer_as_it_was(
    trained: MultiDomainTransformer, kind: Kind, most: float
) -> None:
    """A layer of a transformer that hardly learned adds little, so there is little that multiplying it can do."""
    trained.learn([dataset_of(DRAWER)], 5)
    before = trained.state.tensors["actor"].clone()
    pool = _pool(trained, kind)
    observations, reset = np.array(pool.rows.view.datasets[1].columns["observations"][:STEPS:7]), np.ones(9, bool)
    plain = trained.policy(TASKS[CHEETAH]).act(observations, reset)
    assert pool.policy(TASKS[CHEETAH]).act(observations, reset) == pytest.approx(plain, abs=1e-6)
    error = _error(pool)
    pool.learn([dataset_of(CHEETAH)], 40)
    assert _error(pool) < most * error
    assert torch.equal(pool.state.tensors["actor"], before)
    assert torch.equal(trained.state.tensors["actor"], before)
    assert float(pool.network("usage").free.sum()) == pytest.approx(40, rel=1e-4)


def test_what_only_the_first_task_chose_is_untouched_by_the_second(trained: MultiDomainTransformer) -> None:
    pool = _pool(trained)
    start = pool.modulations.clone()
    pool.learn([dataset_of(DRAWER)], 12)
    first = pool.network("usage").free.clone()
    modulations, keys = pool.modulations.clone(), pool.network("keys").free.view(6, -1).clone()
    pool.learn([dataset_of(CHEETAH)], 12)
    second = pool.network("usage").free - first
    assert not ((first > 0) & (second > 0)).any()
    assert torch.equal(pool.modulations[first > 0], modulations[first > 0])
    assert torch.equal(pool.network("keys").free.view(6, -1)[first > 0], keys[first > 0])
    for share, ends in ((first, modulations), (second, pool.modulations)):
        assert (share > 0).any()
        assert (ends != start).any(1)[share > 0].all()
    never = (first == 0) & (second == 0)
    assert torch.equal(pool.modulations[never], start[never])


def test_a_seed_learns_the_same_in_one_call_and_in_two(trained: MultiDomainTransformer) -> None:
    pool, again = _pool(trained), _pool(trained)
    other = _pool(MultiDomainTransformer(trained.rows.view, 4, CONFIG))
    pool.learn([dataset_of(DRAWER)], 9)
    for updates in (4, 5):
        again.learn([dataset_of(DRAWER)], updates)
    assert all(torch.equal(tensor, again.state.tensors[name]) for name, tensor in pool.state.tensors.items())
    assert not torch.equal(pool.state.tensors["modulations"], other.state.tensors["modulations"])
    assert not torch.equal(pool.state.tensors["keys"], other.state.tensors["keys"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_chooses_for_every_lane_as_learning_does(trained: MultiDomainTransformer, kind: Kind) -> None:
    """Contexts of one step at the beginning of episodes, with the greatest return asked for, through one entry each."""
    pool = _pool(trained, kind)
    pool.learn([dataset_of(CHEETAH)], 10)
    pool.modulations.add_(torch.linspace(-0.2, 0.2, 6)[:, None])
    policy = pool.policy(TASKS[CHEETAH])
    observations = np.array(pool.rows.view.datasets[1].columns["observations"][:STEPS:3])
    wide = torch.from_numpy(
        pool.rows.normalised(pool.rows.view.batch(2 * STEPS + np.arange(0, STEPS, 3)).observations, np.ones(20, int))
    )[:, None]
    networks = SimpleNamespace(**{name: pool.network(name) for name in pool.learner.networks})
    chosen = choose(networks, SimpleNamespace(context_observations=wide, inside=torch.ones(20, 1)))["chosen"].numpy()
    seen = ((observations - policy.mean) / policy.scale).astype(np.float32)[:, None]
    assert policy.chosen(seen, np.ones(20, np.int64)).tolist() == chosen.tolist()
    acted = policy.act(observations, np.ones(20, bool))
    for entry in np.unique(chosen):
        alone = policy.entries[entry].act(observations[chosen == entry], np.ones((chosen == entry).sum(), bool))
        assert acted[chosen == entry] == pytest.approx(alone, abs=1e-6)
    assert len(np.unique(chosen)) > 1
