"""The offline baselines against slow restatements on plain modules: the same numbers after many passes."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from restated import modules, move, passes, step
from torch import Tensor, nn

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.engine.data import Packed
from gnomon.baselines.engine.learner import MLP, Draw
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.offline.bc import BC, BCConfig
from gnomon.baselines.offline.filtered_bc import FilteredBC, FilteredBCConfig
from gnomon.baselines.offline.iql import IQL, IQLConfig
from gnomon.baselines.offline.rebrac import ReBRAC, ReBRACConfig
from gnomon.baselines.offline.td3_bc import TD3BC, TD3BCConfig
from gnomon.benchmarks.contracts import Episode
from gnomon.datasets import columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import Manifest
from gnomon.errors import DatasetError

BUDGET = Budget(updates=12, batch_size=16)
HIDDEN = (8, 8)
SEEDS = (3, 5)


class Drawn:
    """The rows and the noise that the engine gives a seed, one pass after another."""

    def __init__(self, data: Packed, seed: int) -> None:
        self.data, self.seed = data, seed

    def __iter__(self) -> Iterator[tuple[int, dict[str, Tensor], Tensor]]:
        smoothing = Draw("normal", (BUDGET.batch_size, self.data.width("actions")))
        for number, batch, noise in passes(self.data, self.seed, BUDGET, {"smoothing": smoothing}):
            yield number, batch, noise["smoothing"]


def behaviour_cloning(data: Packed, seed: int, config: BCConfig) -> nn.Module:
    (actor,) = modules(MLP((6, *HIDDEN, 2)), seed, "actor")
    optimizer = torch.optim.Adam(actor.parameters(), config.learning_rate)
    for _, batch, _ in Drawn(data, seed):
        step(optimizer, nn.functional.mse_loss(actor(batch["observations"]).tanh(), batch["actions"]))
    return actor


def td3_bc(data: Packed, seed: int, config: TD3BCConfig) -> nn.Module:
    (actor,) = modules(MLP((6, *HIDDEN, 2)), seed, "actor")
    critics = nn.ModuleList(modules(MLP((8, *HIDDEN, 1), ensemble=2), seed, "critics"))
    actor_target, critic_targets = copy.deepcopy(actor), copy.deepcopy(critics)
    actor_optimizer = torch.optim.Adam(actor.parameters(), config.learning_rate)
    critic_optimizer = torch.optim.Adam(critics.parameters(), config.learning_rate)
    for number, batch, noise in Drawn(data, seed):
        following = batch["next_observations"]
        with torch.no_grad():
            action = (actor_target(following).tanh() + (noise * config.target_noise).clamp(-0.5, 0.5)).clamp(-1, 1)
            next_values = [critic(torch.cat([following, action], 1))[:, 0] for critic in critic_targets]
            target = batch["rewards"] + config.discount * (1 - batch["terminated"]) * torch.min(*next_values)
        pair = torch.cat([batch["observations"], batch["actions"]], 1)
        step(critic_optimizer, torch.stack([((critic(pair)[:, 0] - target) ** 2).mean() for critic in critics]).sum())
        if number % 2:
            continue
        chosen = actor(batch["observations"]).tanh()
        value = critics[0](torch.cat([batch["observations"], chosen], 1))
        pull = ((chosen - batch["actions"]) ** 2).mean()
        step(actor_optimizer, -config.alpha / value.abs().mean().detach() * value.mean() + pull)
        move([(actor_target, actor), (critic_targets, critics)], config.target_rate)
    return actor


def rebrac(data: Packed, seed: int, config: ReBRACConfig) -> nn.Module:
    (actor,) = modules(MLP((6, *HIDDEN, 2), bias=0.1, last=1e-3), seed, "actor")
    shape = MLP((8, *HIDDEN, 1), ensemble=2, layer_norm=True, bias=0.1, last=3e-3)
    critics = nn.ModuleList(modules(shape, seed, "critics"))
    actor_target, critic_targets = copy.deepcopy(actor), copy.deepcopy(critics)
    actor_optimizer = torch.optim.Adam(actor.parameters(), config.actor_learning_rate)
    critic_optimizer = torch.optim.Adam(critics.parameters(), config.critic_learning_rate)
    for number, batch, noise in Drawn(data, seed):
        following = batch["next_observations"]
        with torch.no_grad():
            action = (actor_target(following).tanh() + (noise * config.target_noise).clamp(-0.5, 0.5)).clamp(-1, 1)
            values = torch.min(*[critic(torch.cat([following, action], 1))[:, 0] for critic in critic_targets])
            values -= config.critic_penalty * ((action - batch["next_actions"]) ** 2).sum(1) * batch["next_known"]
            target = batch["rewards"] + config.discount * (1 - batch["terminated"]) * values
        pair = torch.cat([batch["observations"], batch["actions"]], 1)
        step(critic_optimizer, torch.stack([((critic(pair)[:, 0] - target) ** 2).mean() for critic in critics]).sum())
        if number % 2:
            continue
        chosen = actor(batch["observations"]).tanh()
        value = torch.min(*[critic(torch.cat([batch["observations"], chosen], 1))[:, 0] for critic in critics])
        pull = config.actor_penalty * ((chosen - batch["actions"]) ** 2).sum(1)
        step(actor_optimizer, (pull - value / value.abs().mean().detach()).mean())
        move([(actor_target, actor), (critic_targets, critics)], config.target_rate)
    return actor


def iql(data: Packed, seed: int, config: IQLConfig) -> nn.Module:
    (actor,) = modules(MLP((6, *HIDDEN, 2), free=2), seed, "actor")
    (value,) = modules(MLP((6, *HIDDEN, 1)), seed, "value")
    critics = nn.ModuleList(modules(MLP((8, *HIDDEN, 1), ensemble=2), seed, "critics"))
    targets, log_std = copy.deepcopy(critics), nn.Parameter(torch.zeros(2))
    value_optimizer = torch.optim.Adam(value.parameters(), config.learning_rate)
    actor_optimizer = torch.optim.Adam([*actor.parameters(), log_std], config.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(actor_optimizer, BUDGET.updates)
    critic_optimizer = torch.optim.Adam(critics.parameters(), config.learning_rate)
    for _, batch, _ in Drawn(data, seed):
        pair = torch.cat([batch["observations"], batch["actions"]], 1)
        with torch.no_grad():
            q = torch.min(*[target(pair)[:, 0] for target in targets])
        u = q - value(batch["observations"])[:, 0]
        step(value_optimizer, (torch.where(u < 0, 1 - config.expectile, config.expectile) * u**2).mean())
        with torch.no_grad():
            u = q - value(batch["observations"])[:, 0]
            weight = torch.exp(config.temperature * u).clamp(max=100)
        normal = torch.distributions.Normal(actor(batch["observations"]).tanh(), log_std.clamp(-5, 2).exp())
        inside = batch["actions"].clamp(-1 + 1e-5, 1 - 1e-5)
        step(actor_optimizer, -(weight * normal.log_prob(inside).sum(1)).mean())
        schedule.step()
        with torch.no_grad():
            future = config.discount * (1 - batch["terminated"]) * value(batch["next_observations"])[:, 0]
        losses = [((critic(pair)[:, 0] - batch["rewards"] - future) ** 2).mean() for critic in critics]
        step(critic_optimizer, torch.stack(losses).sum())
        move([(targets, critics)], config.target_rate)
    return actor


PAIRS = [
    (BC(BCConfig(HIDDEN, 1e-3)), behaviour_cloning),
    (FilteredBC(FilteredBCConfig(HIDDEN, 1e-3)), behaviour_cloning),
    (TD3BC(TD3BCConfig(HIDDEN, 1e-3)), td3_bc),
    (IQL(IQLConfig(HIDDEN, 1e-3, reward_shift=-1.0)), iql),
    (ReBRAC(ReBRACConfig(HIDDEN, critic_penalty=0.5, actor_penalty=0.3)), rebrac),
]
names = [algorithm.name for algorithm, _ in PAIRS]


@pytest.mark.parametrize("by_hand", [False, True], ids=["derived", "by hand"])
@pytest.mark.parametrize(("algorithm", "restatement"), PAIRS, ids=names)
def test_a_baseline_is_its_restatement(algorithm, restatement: Callable, by_hand: bool, small: Dataset) -> None:
    trainer = algorithm.trainer(small, SEEDS, BUDGET, by_hand=by_hand)
    trainer.advance(BUDGET.updates)
    observations = trainer.data.batch(torch.arange(50)).observations
    for position, seed in enumerate(SEEDS):
        expected = restatement(trainer.data, seed, algorithm.config)(observations)
        found = trainer.network("actor", position)(observations)
        assert found.numpy() == pytest.approx(expected.detach().numpy(), abs=3e-5)


@pytest.fixture(scope="module")
def four_actions() -> Dataset:
    """Made-up data of a Meta-World task: its four actions times three seeds are no multiple of a vector register."""
    stream, length = np.random.default_rng(0), 50
    episodes = [
        Episode(
            seed=seed,
            observations=stream.normal(size=(length + 1, 39)).astype(np.float32),
            actions=stream.uniform(-1, 1, (length, 4)).astype(np.float32),
            rewards=stream.random(length).astype(np.float32),
            success=np.zeros(length, bool),
            terminated=False,
            truncated=True,
        )
        for seed in range(20)
    ]
    manifest = Manifest.model_construct(id="made/up-v1", task="metaworld/reach-v1", episodes=20, recipe_hash="")
    dataset = Dataset(Path(), manifest)
    return dataset.holding(columns.from_episodes(episodes))


@pytest.mark.parametrize("by_hand", [False, True], ids=["derived", "by hand"])
@pytest.mark.parametrize(("algorithm", "_"), PAIRS, ids=names)
def test_one_action_keeps_its_axis(algorithm, _: Callable, by_hand: bool, four_actions: Dataset) -> None:
    """Where [batch] and [batch, 1] met, everything would become [batch, batch], and still train."""
    data = algorithm.pack(four_actions, "cpu")
    places = {name: place for name, place in data.places.items() if "actions" not in name}
    first = data.places["actions"].start
    places |= {name: slice(first, first + 1) for name in data.places if "actions" in name}
    one = Packed(data.rows, places, (data.mean, data.scale), (data.low, data.high))
    learner = algorithm.learner(one.width("observations"), 1, 64)
    trainer = Trainer(learner, one, [0], [algorithm.config], 64, 10, by_hand)
    trainer.advance(2)
    observations = one.batch(torch.arange(5)).observations
    assert trainer.network("actor", 0)(observations).shape == (5, 1)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As every worker has."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("by_hand", [False, True], ids=["derived", "by hand"])
@pytest.mark.parametrize(("algorithm", "_"), PAIRS, ids=names)
def test_a_seed_learns_the_same_alone_and_stacked(
    algorithm, _: Callable, by_hand: bool, four_actions: Dataset, one_thread: None
) -> None:
    budget = Budget(100, 64)
    stacked = algorithm.trainer(four_actions, [0, 1, 2], budget, by_hand=by_hand)
    alone = algorithm.trainer(four_actions, [1], budget, by_hand=by_hand)
    stacked.advance(100)
    alone.advance(100)
    for name, tensor in alone.state.tensors.items():
        assert torch.equal(tensor[0], stacked.state.tensors[name][1])
    assert not torch.equal(stacked.state.tensors["actor"][0], stacked.state.tensors["actor"][1])


@pytest.mark.parametrize(("algorithm", "_"), PAIRS, ids=names)
def test_the_derivatives_by_hand_are_those_of_the_losses(algorithm, _: Callable, four_actions: Dataset) -> None:
    """Each gradient in float32, at the parameters of the first pass, where nothing has piled up yet."""
    trainers = [algorithm.trainer(four_actions, [7], Budget(2, 64), by_hand=by_hand) for by_hand in (False, True)]
    for trainer in trainers:
        trainer.advance(2)
    for name, tensor in trainers[0].state.tensors.items():
        assert torch.allclose(tensor, trainers[1].state.tensors[name], atol=2e-5), name
    assert trainers[0].latest() == {name: pytest.approx(v, rel=1e-4) for name, v in trainers[1].latest().items()}


def test_normalised_data_has_mean_zero_and_actions_fill_the_box(small: Dataset) -> None:
    trainer, raw = TD3BC().trainer(small, [0], BUDGET), small.transitions()
    batch = trainer.data.batch(torch.arange(len(trainer.data)))
    assert batch.observations.mean(0).abs().max() < 1e-4
    assert batch.actions.abs().max() <= 1
    assert np.allclose((raw.observations[7] - trainer.data.mean) / trainer.data.scale, batch.observations[7])


def test_a_value_ends_at_terminated_and_goes_on_at_truncated(small: Dataset) -> None:
    data, raw = TD3BC().trainer(small, [0], BUDGET).data, small.transitions()
    batch = data.batch(torch.arange(len(data)))
    assert np.array_equal(batch.terminated.numpy().astype(bool), raw.terminated)
    cut = np.flatnonzero(raw.truncated)
    final = (raw.next_observations[cut] - data.mean) / data.scale
    assert np.allclose(batch.next_observations.numpy()[cut], final)


def test_the_next_action_of_an_episodes_end_is_unknown(small: Dataset) -> None:
    data, raw = ReBRAC().trainer(small, [0], BUDGET).data, small.transitions()
    batch = data.batch(torch.arange(len(data)))
    ends = raw.terminated | raw.truncated
    assert np.array_equal(batch.next_known.numpy() == 0, ends)
    inside = np.flatnonzero(~ends)
    assert torch.equal(batch.next_actions[inside], batch.actions[inside + 1])


def test_returns_span_what_the_configuration_says(four_actions: Dataset) -> None:
    data = IQL(IQLConfig(return_range=1000.0)).trainer(four_actions, [0], BUDGET).data
    rewards = data.batch(torch.arange(len(data))).rewards.double().numpy()
    returns = np.add.reduceat(rewards, four_actions.columns["offsets"][:-1])
    assert np.ptp(returns) == pytest.approx(1000, rel=1e-4)


def test_equal_returns_cannot_span_anything(small: Dataset) -> None:
    with pytest.raises(DatasetError, match="same return"):
        IQL(IQLConfig(return_range=1000.0)).trainer(small, [0], BUDGET)


def test_reports_name_every_seed(small: Dataset) -> None:
    seen: list[tuple[int, dict[str, object]]] = []
    TD3BC(TD3BCConfig(HIDDEN)).train(
        small, [0, 1], BUDGET, lambda update, metrics: seen.append((update, dict(metrics)))
    )
    assert [update for update, _ in seen] == [BUDGET.updates]
    assert {name: len(values) for name, values in seen[0][1].items()} == {"critic loss": 2, "actor loss": 2}  # pyright: ignore[reportArgumentType]
