"""Online algorithms: they learn, go on to the same bytes after a kill, and their losses are the papers'."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
import torch
from torch import nn

from gnomon.baselines.engine.collector import Collector, Lane
from gnomon.baselines.engine.networks import Network, initial, views
from gnomon.baselines.engine.online_training import OnlineTraining
from gnomon.baselines.engine.replay import Replay
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.engine.transformer import network_of
from gnomon.baselines.online.dqn import DQN, DQNConfig
from gnomon.baselines.online.sac import SAC, SACConfig, sample
from gnomon.baselines.online.td3 import TD3, TD3Config
from gnomon.baselines.train import CHECKPOINT, Options, train_online
from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.fixed_point import load_fixed_point
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tensor_file import read_tensors
from gnomon.errors import PolicyError, UsageError
from gnomon.files import hash_file


def control_task(id: str, name: str, horizon: int) -> ControlTask:
    return ControlTask(
        id=id,
        summary="For tests.",
        horizon=horizon,
        metric="return",
        expert="uniform",
        observation={},
        simulator=lambda mode: gymnasium.make(name, render_mode=mode).unwrapped,
    )


PENDULUM = control_task("test/pendulum-v1", "Pendulum-v1", 200)
CARTPOLE = control_task("test/cartpole-v1", "CartPole-v1", 500)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only for a test's time: other tests count the tasks."""
    for task in (PENDULUM, CARTPOLE):
        monkeypatch.setitem(TASKS._all(), task.id, task)


SMALL_CONFIGS = {
    "sac": (SAC(SACConfig((16, 16), batch_size=16, random_steps=40)), PENDULUM),
    "td3": (TD3(TD3Config((16, 16), batch_size=16, random_steps=40)), PENDULUM),
    "dqn": (DQN(DQNConfig((16, 16), batch_size=16, random_steps=40, target_period=5)), CARTPOLE),
}


def training(name: str, file: Path, goes_on: bool = False) -> OnlineTraining:
    algorithm, task = SMALL_CONFIGS[name]
    return OnlineTraining(algorithm, task, 3, 400, file, goes_on)


@pytest.mark.parametrize("name", SMALL_CONFIGS)
def test_a_training_goes_on_in_the_middle_of_its_episodes(name: str, tmp_path: Path) -> None:
    straight = training(name, tmp_path / "straight.npy")
    straight.begin({})
    straight.advance(160)
    begun = training(name, tmp_path / "begun.npy")
    begun.begin({})
    begun.advance(88)
    extra = json.loads(json.dumps(begun.extra()))
    tensors = {key: tensor.clone() for key, tensor in begun.trainer.state.tensors.items()}
    begun.advance(20)  # what a killed process did after its last checkpoint
    resumed = training(name, tmp_path / "begun.npy", goes_on=True)
    resumed.trainer.state.restore(begun.trainer.state.passes - _passes(name, 20), tensors)
    resumed.begin(extra)
    resumed.advance(72)
    assert np.array_equal(straight.replay.file[:160], resumed.replay.file[:160])
    for key, tensor in straight.trainer.state.tensors.items():
        assert torch.equal(tensor, resumed.trainer.state.tensors[key]), key


def _passes(name: str, steps: int) -> int:
    return int(steps * SMALL_CONFIGS[name][0].config.passes_per_step)


def test_a_training_that_is_killed_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gnomon", "baselines", "train", "td3", "--task", "maze/open-v1"]
    options = ["--preset", "small", "--steps", "1200", "--report", "300", "--no-progress"]
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    subprocess.run([*command, *options, "--output", str(straight)], check=True, capture_output=True)
    begun = subprocess.Popen([*command, *options, "--output", str(killed)], start_new_session=True)
    deadline = time.monotonic() + 120
    while not (killed / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(begun.pid, signal.SIGKILL)
    begun.wait()
    subprocess.run([*command, *options, "--output", str(killed), "--resume"], check=True, capture_output=True)
    for name in ("checkpoint.safetensors", "curve.jsonl", "checkpoints/000001200.safetensors"):
        assert (straight / name).read_bytes() == (killed / name).read_bytes(), name


def test_the_true_final_observation_is_kept_and_a_new_episode_begins(tmp_path: Path) -> None:
    replay = Replay(tmp_path / "replay.npy", 500, 3, 1)
    collector = Collector(PENDULUM, "key", replay, [Lane(0), Lane(1)], 2)
    for _ in range(201):
        collector.step(np.zeros((2, 1), np.float32))
    rows = replay.rows[:402]
    (mine,) = rollout(PENDULUM, _Still(), [collector._seed(0)], lanes=1)
    batch = replay.named(rows[0:400:2])
    assert np.array_equal(batch.observations.numpy(), mine.observations[:-1])
    assert np.array_equal(batch.next_observations.numpy(), mine.observations[1:])
    assert not batch.terminated.any()
    assert not np.array_equal(replay.named(rows[400:401]).observations[0].numpy(), mine.observations[-1])
    assert collector.begun == 4
    assert collector.drain()[0] == pytest.approx(mine.rewards.sum(), rel=1e-5)
    assert collector.drain() == []


def test_rewards_are_scaled_for_learning_and_returns_are_the_tasks_own(tmp_path: Path) -> None:
    config = SAC.presets["small"]
    training = OnlineTraining(SAC(replace(config, reward_scale=0.1)), PENDULUM, 0, 800, tmp_path / "replay.npy")
    training.begin({})
    training.advance(4 * 201)
    rewards = training.replay.named(training.replay.rows[:800:4]).rewards
    assert training.collector.drain()[0] == pytest.approx(10 * float(rewards.sum()), rel=1e-5)


class _Still:
    def act(self, observations: np.ndarray, reset: np.ndarray) -> np.ndarray:
        return np.zeros((len(observations), 1))


def test_the_log_density_is_that_of_a_squashed_normal() -> None:
    outputs, noise = torch.tensor([[0.3, -1.2, 0.1, -0.7]]), torch.tensor([[0.5, -0.4]])
    actions, log_density = sample(outputs, noise)
    base = torch.distributions.Normal(outputs[:, :2], outputs[:, 2:].exp())
    squashed = torch.distributions.TransformedDistribution(base, [torch.distributions.TanhTransform(cache_size=1)])
    inner = outputs[:, :2] + outputs[:, 2:].exp() * noise
    assert torch.allclose(actions, inner.tanh())
    assert log_density.item() == pytest.approx(squashed.log_prob(inner.tanh()).sum().item(), abs=1e-4)


def test_sacs_derivatives_by_hand_are_those_of_the_losses(tmp_path: Path) -> None:
    """Every gradient in float64 on one batch, with standard deviations inside and outside of where they are clipped."""
    algorithm = SAC(SACConfig((16, 16)))
    learner = algorithm.learner(5, 3, 64)
    draw, networks, shapes = torch.Generator().manual_seed(1), SimpleNamespace(), learner.networks
    for name, shape in {**shapes, "critics_target": shapes["critics"]}.items():
        row = torch.randn(shape.size, generator=draw, dtype=torch.float64)
        setattr(networks, name, Network(shape, views(shape, row)))
    sizes = {"observations": (64, 5), "next_observations": (64, 5), "rewards": (64,), "terminated": (64,)}
    batch = SimpleNamespace(**{k: torch.randn(v, generator=draw, dtype=torch.float64) for k, v in sizes.items()})
    batch.actions = torch.rand((64, 3), generator=draw, dtype=torch.float64) * 2 - 1
    noise = SimpleNamespace(
        **{name: torch.randn((64, 3), generator=draw, dtype=torch.float64) for name in ("following", "acting")}
    )
    for update in learner.updates:
        shape, network = shapes[update.network], getattr(networks, update.network)
        tracked = [tensor.clone().requires_grad_() for tensor in network.tensors]
        replaced = SimpleNamespace(**{**vars(networks), update.network: Network(shape, tracked)})
        loss, metrics = update.loss(replaced, batch, noise, algorithm.config)
        expected = torch.autograd.grad(loss, tracked)
        module, _, function = update.by_hand.partition(":")
        row = torch.zeros(shape.size, dtype=torch.float64)
        found = getattr(import_module(module), function)(networks, batch, noise, algorithm.config, row)
        for mine, theirs in zip(views(shape, row), expected, strict=False):
            assert torch.allclose(mine, theirs, rtol=1e-9, atol=1e-9), update.network
        assert found == {name: pytest.approx(value.item()) for name, value in metrics.items()}


def test_dqns_loss_is_hubers_of_the_chosen_values(tmp_path: Path) -> None:
    run = training("dqn", tmp_path / "replay.npy")
    run.begin({})
    run.advance(60)
    learner, batch = run.trainer.learner, run.replay.batch(torch.arange(30))
    shape = learner.networks["actor"]
    tensors = run.trainer.state.tensors
    networks = SimpleNamespace(
        actor=network_of(shape, tensors["actor"][0]),
        actor_target=network_of(shape, tensors["actor_target"][0]),
    )
    found, _ = learner.updates[0].loss(networks, batch, SimpleNamespace(), run.config)
    target = (
        batch.rewards + 0.99 * (1 - batch.terminated) * networks.actor_target(batch.next_observations).max(1).values
    )
    chosen = networks.actor(batch.observations)[torch.arange(30), batch.actions.long()]
    assert found.item() == pytest.approx(nn.functional.smooth_l1_loss(chosen, target).item(), rel=1e-5)


@pytest.mark.parametrize(("name", "task"), [("sac", CARTPOLE), ("dqn", PENDULUM)])
def test_an_algorithm_for_other_actions_is_refused(
    name: str, task: ControlTask, tmp_path: Path, registered: None
) -> None:
    with pytest.raises(UsageError, match="actions, which"):
        train_online(name, task.id, 0, 100, Options(tmp_path))


def test_a_baseline_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="bc is an offline baseline"):
        train_online("bc", "maze/open-v1", 0, 100, Options(tmp_path))
    with pytest.raises(UsageError, match="has no preset 'huge'"):
        train_online("td3", "maze/open-v1", 0, 100, Options(tmp_path, preset="huge"))


def test_a_folder_of_another_training_is_refused(tmp_path: Path) -> None:
    options = Options(tmp_path, preset="small", report=40)
    train_online("td3", "maze/open-v1", 0, 40, options)
    rounding = json.loads((tmp_path / "rounding.json").read_text())
    assert rounding["rounded"] == pytest.approx(rounding["not rounded"], abs=1)
    with pytest.raises(UsageError, match="add --resume to go on"):
        train_online("td3", "maze/open-v1", 0, 40, options)
    with pytest.raises(UsageError, match="another steps"):
        train_online("td3", "maze/open-v1", 0, 80, Options(tmp_path, preset="small", report=40, resume=True))


def test_a_training_begins_with_the_networks_of_another(tmp_path: Path) -> None:
    """And acts with their policy from the first step on; moments and passes are its own."""
    first, second, fresh = (tmp_path / name for name in ("first", "second", "fresh"))
    train_online("td3", "maze/open-v1", 0, 1100, Options(first, preset="small", report=550))
    for folder, before in ((second, first), (fresh, None)):
        train_online("td3", "maze/umaze-v1", 0, 80, Options(folder, preset="small", report=40, initial=before))
    kept, begun, other = (
        read_tensors(folder / CHECKPOINT, "gnomon-checkpoint-1")[0] for folder in (first, second, fresh)
    )
    assert np.array_equal(begun["actor"], kept["actor"])
    assert not np.array_equal(other["actor"], kept["actor"])
    assert kept["actor.second"].any()
    assert not begun["actor.second"].any()
    assert not np.array_equal(np.load(second / "replay.npy")[:80], np.load(fresh / "replay.npy")[:80])
    assert json.loads((second / "config.json").read_text())["initial"] == hash_file(first / CHECKPOINT)
    for folder in (tmp_path / "nowhere", fresh):
        options = Options(tmp_path / "refused", preset="published", initial=folder)
        with pytest.raises(UsageError, match=r"no training to begin with|has other networks than this training"):
            train_online("td3", "maze/open-v1", 0, 80, options)


def test_numbers_that_are_no_actions_are_refused() -> None:
    class Wrong:
        def __init__(self, action: float) -> None:
            self.action = action

        def act(self, observations: np.ndarray, reset: np.ndarray) -> np.ndarray:
            return np.full(len(observations), self.action)

    for action in (2, -1, 0.5):
        with pytest.raises(PolicyError, match="whole numbers from 0 to 1"):
            rollout(CARTPOLE, Wrong(action), [0], lanes=1)


@pytest.mark.slow  # minutes: it is whether they learn
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("name", "task", "steps", "least"),
    [("sac", PENDULUM, 8000, -300), ("td3", PENDULUM, 12_000, -400), ("dqn", CARTPOLE, 40_000, 150)],
)
def test_they_learn(name: str, task: ControlTask, steps: int, least: float, tmp_path: Path, registered: None) -> None:
    """A random policy has about -1,200 on the pendulum and 22 on the pole; solved are -150 and 500."""
    folder = train_online(name, task.id, 0, steps, Options(tmp_path, preset="small", report=steps // 2))
    points = [json.loads(line) for line in (tmp_path / "curve.jsonl").open()]
    assert points[-1]["return"] >= least
    policy = load_fixed_point(sorted(folder.iterdir())[-1])
    assert policy.head == SMALL_CONFIGS[name][0].head


@pytest.mark.parametrize("name", SMALL_CONFIGS)
def test_losses_are_the_same_one_seed_at_a_time_and_stacked(name: str, tmp_path: Path) -> None:
    """Both ways share the losses and nothing else: the gradients by hand, Adam and the targets are other code."""
    run = training(name, tmp_path / "replay.npy")
    run.begin({})
    run.advance(120)
    learner, config = run.trainer.learner, run.config
    ways = [Trainer(learner, run.replay, [5], [config], 16, 50, stacked=stacked) for stacked in (False, True)]
    for way in ways:
        way.advance(10)
    for key, tensor in ways[0].state.tensors.items():
        assert torch.allclose(tensor, ways[1].state.tensors[key], atol=1e-4), key


def test_sacs_losses_are_those_of_the_paper() -> None:
    """Each against plain modules, with the log-density of PyTorch's squashed normal."""
    stream = torch.Generator().manual_seed(0)
    batch = SimpleNamespace(
        observations=torch.randn(32, 3, generator=stream),
        actions=torch.rand(32, 2, generator=stream) * 2 - 1,
        rewards=torch.randn(32, generator=stream),
        next_observations=torch.randn(32, 3, generator=stream),
        terminated=(torch.rand(32, generator=stream) < 0.3).float(),
    )
    noise = SimpleNamespace(**{name: torch.randn(32, 2, generator=stream) for name in ("following", "acting")})
    learner = SAC(SACConfig((8, 8))).learner(3, 2, 32)
    networks = SimpleNamespace(
        **{name: Network(shape, views(shape, initial(shape, [0], name)[0])) for name, shape in learner.networks.items()}
    )
    networks.critics_target = networks.critics
    networks.temperature.free.fill_(-0.4)
    alpha = torch.tensor(-0.4).exp()

    def acted(observations: torch.Tensor, drawn: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_std = networks.actor(observations).chunk(2, -1)
        base = torch.distributions.Normal(mean, log_std.exp())
        squashed = torch.distributions.TransformedDistribution(base, [torch.distributions.TanhTransform()])
        action = (mean + log_std.exp() * drawn).tanh()
        return action, squashed.log_prob(action).sum(1)

    following, density = acted(batch.next_observations, noise.following)
    value = networks.critics(batch.next_observations, following).min(0).values - alpha * density
    target = batch.rewards + 0.99 * (1 - batch.terminated) * value
    critic = ((networks.critics(batch.observations, batch.actions) - target) ** 2).mean(1).sum()
    action, density = acted(batch.observations, noise.acting)
    actor = (alpha * density - networks.critics(batch.observations, action).min(0).values).mean()
    temperature = 0.4 * (density.mean() - 2)
    found = [update.loss(networks, batch, noise, SACConfig())[0] for update in learner.updates]
    assert [value.item() for value in found] == pytest.approx(
        [critic.item(), actor.item(), temperature.item()], rel=1e-4
    )


def test_td3s_actor_climbs_the_first_critic() -> None:
    learner = TD3(TD3Config((8, 8))).learner(3, 2, 16)
    networks = SimpleNamespace(
        **{name: Network(shape, views(shape, initial(shape, [0], name)[0])) for name, shape in learner.networks.items()}
    )
    batch = SimpleNamespace(observations=torch.randn(16, 3, generator=torch.Generator().manual_seed(0)))
    found, _ = learner.updates[1].loss(networks, batch, SimpleNamespace(), TD3Config())
    actions = networks.actor(batch.observations).tanh()
    assert found.item() == pytest.approx(-networks.critics(batch.observations, actions)[0].mean().item(), rel=1e-5)
