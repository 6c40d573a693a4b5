"""The baselines against slow restatements on plain modules: the same numbers after many updates."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from gnomon.baselines import networks
from gnomon.baselines.algorithm import Budget
from gnomon.baselines.offline.bc import BC, BCConfig
from gnomon.baselines.offline.td3_bc import TD3BC, TD3BCConfig
from gnomon.baselines.preparation import Prepared, prepare
from gnomon.benchmarks.contracts import Episode
from gnomon.datasets import columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import Manifest

BUDGET = Budget(updates=12, batch_size=16)
HIDDEN = (8, 8)


def module(sizes: tuple[int, ...], stream: torch.Generator) -> nn.Sequential:
    """A plain network with the parameters that `networks.multilayer_perceptron` draws from the stream."""
    layers: list[nn.Module] = []
    for weight, bias in networks.multilayer_perceptron(sizes, [stream]):
        linear = nn.Linear(weight.shape[1], weight.shape[2])
        linear.load_state_dict({"weight": weight[0].T, "bias": bias[0, 0]})
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def behaviour_cloning(data: Prepared, seed: int) -> nn.Sequential:
    """Regression of actions on observations, written with modules."""
    stream = torch.Generator().manual_seed(seed)
    actor = module((6, *HIDDEN, 2), stream)
    optimizer = torch.optim.Adam(actor.parameters(), 1e-3)
    for _ in range(BUDGET.updates):
        rows = torch.randint(len(data.actions), (BUDGET.batch_size,), generator=stream)
        loss = nn.functional.mse_loss(actor(data.observations[rows]).tanh(), data.actions[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return actor


def td3_bc(data: Prepared, seed: int, config: TD3BCConfig) -> nn.Sequential:
    """TD3+BC as the paper's pseudo-code has it, written with modules."""
    stream = torch.Generator().manual_seed(seed)
    actor = module((6, *HIDDEN, 2), stream)
    critics = nn.ModuleList([module((8, *HIDDEN, 1), stream), module((8, *HIDDEN, 1), stream)])
    actor_target, critic_targets = copy.deepcopy(actor), copy.deepcopy(critics)
    actor_optimizer = torch.optim.Adam(actor.parameters(), config.learning_rate)
    critic_optimizer = torch.optim.Adam(critics.parameters(), config.learning_rate)
    for update in range(1, BUDGET.updates + 1):
        rows = torch.randint(len(data.rewards), (BUDGET.batch_size,), generator=stream)
        observation, action, following = data.observations[rows], data.actions[rows], data.next_observations[rows]
        with torch.no_grad():
            noise = (torch.randn(action.shape, generator=stream) * config.target_noise).clamp(-0.5, 0.5)
            next_input = torch.cat([following, (actor_target(following).tanh() + noise).clamp(-1, 1)], 1)
            next_value = torch.min(critic_targets[0](next_input), critic_targets[1](next_input))[:, 0]
            target = data.rewards[rows] + config.discount * (1 - data.terminated[rows]) * next_value
        pair = torch.cat([observation, action], 1)
        loss = sum(nn.functional.mse_loss(critic(pair)[:, 0], target) for critic in critics)
        critic_optimizer.zero_grad()
        loss.backward()  # pyright: ignore[reportAttributeAccessIssue]
        critic_optimizer.step()
        if update % 2:
            continue
        chosen = actor(observation).tanh()
        value = critics[0](torch.cat([observation, chosen], 1))
        loss = -config.alpha / value.abs().mean().detach() * value.mean() + nn.functional.mse_loss(chosen, action)
        actor_optimizer.zero_grad()
        loss.backward()
        actor_optimizer.step()
        for slow, fast in ((actor_target, actor), (critic_targets, critics)):
            for mine, theirs in zip(slow.parameters(), fast.parameters(), strict=True):
                mine.data += config.target_rate * (theirs.data - mine.data)
    return actor


def actions(actor: nn.Sequential, data: Prepared) -> np.ndarray:
    return actor(data.observations[:50]).tanh().detach().numpy()


def test_bc_is_the_restatement(small: Dataset) -> None:
    trained = BC(BCConfig(HIDDEN, 1e-3)).train(small, [3, 5], BUDGET, lambda *_: None)
    data, observations = prepare(small), small.transitions().observations[:50]
    for policy, seed in zip(trained, [3, 5], strict=True):
        expected = actions(behaviour_cloning(data, seed), data)
        assert policy.act(observations, np.zeros(50, bool)) == pytest.approx(expected, abs=1e-5)


def test_td3_bc_is_the_restatement(small: Dataset) -> None:
    config = TD3BCConfig(hidden=HIDDEN, learning_rate=1e-3)
    trained = TD3BC(config).train(small, [3, 5], BUDGET, lambda *_: None)
    data, observations = prepare(small), small.transitions().observations[:50]
    for policy, seed in zip(trained, [3, 5], strict=True):
        expected = actions(td3_bc(data, seed, config), data)
        assert policy.act(observations, np.zeros(50, bool)) == pytest.approx(expected, abs=2e-5)


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
        for seed in range(4)
    ]
    dataset = Dataset(Path(), Manifest.model_construct(task="metaworld/reach-v1"))
    dataset.__dict__["columns"] = columns.from_episodes(episodes)
    return dataset


@pytest.mark.parametrize("algorithm", [BC(BCConfig((32, 32), 1e-3)), TD3BC(TD3BCConfig((32, 32), 1e-3))])
def test_a_seed_learns_the_same_alone_and_stacked(algorithm, four_actions: Dataset) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as every worker has
    stacked = algorithm.train(four_actions, [0, 1, 2], Budget(150, 64), lambda *_: None)
    (alone,) = algorithm.train(four_actions, [1], Budget(150, 64), lambda *_: None)
    torch.set_num_threads(threads)
    for mine, theirs in zip(alone.weights + alone.biases, stacked[1].weights + stacked[1].biases, strict=True):
        assert np.array_equal(mine, theirs)
    assert not np.array_equal(stacked[0].weights[0], stacked[1].weights[0])


def test_normalised_data_has_mean_zero_and_actions_fill_the_box(small: Dataset) -> None:
    data, raw = prepare(small), small.transitions()
    assert data.observations.mean(0).abs().max() < 1e-4
    assert data.actions.abs().max() <= 1
    assert np.allclose((raw.observations[7] - data.mean) / data.scale, data.observations[7])


def test_checkpoints_report_every_seed(small: Dataset) -> None:
    seen: list[tuple[int, dict[str, object]]] = []
    TD3BC(TD3BCConfig(HIDDEN)).train(
        small, [0, 1], BUDGET, lambda update, metrics: seen.append((update, dict(metrics)))
    )
    assert [update for update, _ in seen] == [BUDGET.updates]
    assert {name: len(values) for name, values in seen[0][1].items()} == {"critic loss": 2, "actor loss": 2}  # pyright: ignore[reportArgumentType]
