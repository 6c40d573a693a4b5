"""Updates a second of the engine beside plain loops, in turns, on the same made-up data, one thread.

    make bench

| way        | what it is                                                                                         |
| ---------- | -------------------------------------------------------------------------------------------------- |
| plain      | modules, one Adam each, NumPy indices, a loss read back each update: what single-file code does      |
| engine     | gradients derived by `torch.func`                                                                    |
| by hand    | gradients derived by hand                                                                            |
| d3rlpy     | version 2.8.1 in an environment of its own (`.venv-peers`), where it is there                        |

Times are processor seconds of one thread, the best of several rounds that take turns, so that another program on the
machine does not decide.
"""

import copy
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from gnomon.baselines.engine.data import Packed
from gnomon.baselines.engine.matmul import best_backend, matmul_backend
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.offline.iql import IQL
from gnomon.baselines.offline.td3_bc import TD3BC
from gnomon.baselines.online.sac import SAC

OBSERVATION, ACTION, ROWS, BATCH = 17, 6, 200_000, 256
PEERS = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"
pytestmark = [pytest.mark.perf, pytest.mark.timeout(1800)]


def made_up_data() -> Packed:
    generator = torch.Generator().manual_seed(0)
    width = 2 * OBSERVATION + ACTION + 2
    rows = torch.randn(ROWS, width, generator=generator)
    rows[:, OBSERVATION : OBSERVATION + ACTION].tanh_()
    rows[:, -1] = 0
    after = OBSERVATION + ACTION + 1
    places = {
        "observations": slice(0, OBSERVATION),
        "actions": slice(OBSERVATION, OBSERVATION + ACTION),
        "rewards": OBSERVATION + ACTION,
        "next_observations": slice(after, after + OBSERVATION),
        "terminated": width - 1,
    }
    zeros = np.zeros(OBSERVATION, np.float32)
    return Packed(rows, places, (zeros, zeros + 1), (zeros[:ACTION] - 1, zeros[:ACTION] + 1))


def network(size_in: int, size_out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(size_in, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, size_out))


class Plain:
    """What the plain loops share: buffers of NumPy rows, and one optimiser a network."""

    def __init__(self, data: Packed, *networks: nn.Module, fused: bool = False) -> None:
        self.columns = {name: data.rows[:, place].clone() for name, place in data.places.items()}
        self.optimizers = [torch.optim.Adam(net.parameters(), 3e-4, fused=fused) for net in networks]
        self.stream = np.random.default_rng(0)

    def batch(self) -> dict[str, torch.Tensor]:
        rows = self.stream.integers(0, ROWS, BATCH)
        return {name: column[rows] for name, column in self.columns.items()}

    def step(self, number: int, loss: torch.Tensor) -> float:
        self.optimizers[number].zero_grad()
        loss.backward()
        self.optimizers[number].step()
        return loss.item()


def follow(target: nn.Module, source: nn.Module) -> None:
    for slow, fast in zip(target.parameters(), source.parameters(), strict=True):
        slow.data.copy_(0.995 * slow.data + 0.005 * fast.data)


def plain_td3_bc(data: Packed) -> Callable[[], None]:
    actor, critics = network(OBSERVATION, ACTION), [network(OBSERVATION + ACTION, 1) for _ in range(2)]
    targets = copy.deepcopy([actor, *critics])
    loop, number = Plain(data, actor, *critics), 0

    def update() -> None:
        nonlocal number
        number += 1
        b = loop.batch()
        with torch.no_grad():
            noise = (torch.randn_like(b["actions"]) * 0.2).clamp(-0.5, 0.5)
            action = (targets[0](b["next_observations"]).tanh() + noise).clamp(-1, 1)
            pair = torch.cat([b["next_observations"], action], 1)
            value = torch.min(targets[1](pair), targets[2](pair)).squeeze(1)
            y = b["rewards"] + 0.99 * (1 - b["terminated"]) * value
        pair = torch.cat([b["observations"], b["actions"]], 1)
        losses = [nn.functional.mse_loss(critic(pair).squeeze(1), y) for critic in critics]
        for optimizer in loop.optimizers[1:]:
            optimizer.zero_grad()
        total = losses[0] + losses[1]
        total.backward()
        for optimizer in loop.optimizers[1:]:
            optimizer.step()
        total.item()
        if number % 2 == 0:
            chosen = actor(b["observations"]).tanh()
            q = critics[0](torch.cat([b["observations"], chosen], 1))
            weight = 2.5 / q.abs().mean().detach()
            loop.step(0, -weight * q.mean() + nn.functional.mse_loss(chosen, b["actions"]))
            for slow, fast in zip(targets, [actor, *critics], strict=True):
                follow(slow, fast)

    return update


def plain_iql(data: Packed) -> Callable[[], None]:
    actor, value = network(OBSERVATION, ACTION), network(OBSERVATION, 1)
    critics = nn.ModuleList([network(OBSERVATION + ACTION, 1) for _ in range(2)])
    targets, log_std = copy.deepcopy(critics), nn.Parameter(torch.zeros(ACTION))
    loop = Plain(data, actor, value, critics)
    loop.optimizers[0].add_param_group({"params": [log_std]})

    def update() -> None:
        b = loop.batch()
        pair = torch.cat([b["observations"], b["actions"]], 1)
        with torch.no_grad():
            following = value(b["next_observations"]).squeeze(1)
            q = torch.min(targets[0](pair), targets[1](pair)).squeeze(1)
        u = q - value(b["observations"]).squeeze(1)
        loop.step(1, (torch.abs(0.7 - (u < 0).float()) * u**2).mean())
        y = b["rewards"] + (1 - b["terminated"]) * 0.99 * following
        loop.step(2, torch.stack([nn.functional.mse_loss(critic(pair).squeeze(1), y) for critic in critics]).mean())
        follow(targets, critics)
        weight = torch.exp(3 * u.detach()).clamp(max=100)
        normal = torch.distributions.Normal(actor(b["observations"]).tanh(), log_std.clamp(-5, 2).exp())
        loop.step(0, -(weight * normal.log_prob(b["actions"]).sum(1)).mean())

    return update


def plain_sac(data: Packed) -> Callable[[], None]:
    actor, critics = (
        network(OBSERVATION, 2 * ACTION),
        nn.ModuleList([network(OBSERVATION + ACTION, 1) for _ in range(2)]),
    )
    targets, temperature = copy.deepcopy(critics), nn.ParameterList([nn.Parameter(torch.zeros(1))])
    loop = Plain(data, actor, critics, temperature, fused=True)

    def sampled(observations: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_std = actor(observations).chunk(2, -1)
        normal = torch.distributions.Normal(mean, log_std.clamp(-5, 2).exp())
        inner = normal.rsample()
        slope = 2 * (np.log(2) - inner - nn.functional.softplus(-2 * inner))
        return inner.tanh(), (normal.log_prob(inner) - slope).sum(1)

    def update() -> None:
        b = loop.batch()
        with torch.no_grad():
            action, density = sampled(b["next_observations"])
            pair = torch.cat([b["next_observations"], action], 1)
            value = torch.min(targets[0](pair), targets[1](pair)).squeeze(1) - temperature[0].exp() * density
            y = b["rewards"] + 0.99 * (1 - b["terminated"]) * value
        pair = torch.cat([b["observations"], b["actions"]], 1)
        loop.step(1, torch.stack([nn.functional.mse_loss(critic(pair).squeeze(1), y) for critic in critics]).sum())
        action, density = sampled(b["observations"])
        pair = torch.cat([b["observations"], action], 1)
        q = torch.min(critics[0](pair), critics[1](pair)).squeeze(1)
        loop.step(0, (temperature[0].exp().detach() * density - q).mean())
        loop.step(2, -(temperature[0] * (density.detach().mean() - ACTION)).sum())
        follow(targets, critics)

    return update


def engine(algorithm, data: Packed, by_hand: bool) -> Callable[[], None]:
    learner = algorithm.learner(OBSERVATION, ACTION, BATCH)
    trainer = Trainer(learner, data, [0], [algorithm.config], BATCH, 10**6, by_hand)
    return lambda: trainer.advance(1)


def milliseconds(
    ways: Mapping[str, tuple[Callable[[], object], str]], updates: int = 64, rounds: int = 7
) -> dict[str, float]:
    """Processor time of an update, the best of rounds in turns; each way with its back end for matrix products."""
    best = dict.fromkeys(ways, np.inf)
    for _ in range(rounds + 1):
        for name, (update, backend) in ways.items():
            with matmul_backend(backend):
                begun = time.process_time()
                for _ in range(updates):
                    update()
            best[name] = min(best[name], (time.process_time() - begun) / updates * 1000)
    return best


def peak_gflops(backend: str) -> float:
    """Of products of matrices [256, 256], 10⁹ operations a second."""
    matrix = torch.randn(256, 256)
    with matmul_backend(backend):
        seconds = milliseconds({"product": (lambda: matrix @ matrix, backend)})["product"] / 1000
    return 2 * 256**3 / seconds / 1e9


def d3rlpy_milliseconds(algorithm: str) -> float | None:
    if not PEERS.exists():
        return None
    code = Path(__file__).with_name("d3rlpy_speed.py")
    found = subprocess.run([PEERS, code, algorithm], capture_output=True, text=True, check=False)
    return json.loads(found.stdout.splitlines()[-1])["milliseconds"] if found.returncode == 0 else None


GFLOP = {"td3-bc": 0.415, "iql": 0.54}  # of an update, counted from the shapes
ALGORITHMS = {
    "td3-bc": (TD3BC(), plain_td3_bc, {"engine": 1.3, "by hand": 2.2}, 2.5),
    "iql": (IQL(), plain_iql, {"engine": 1.3, "by hand": 2.2}, 2.5),
    "sac": (SAC(), plain_sac, {"engine": 1.3, "by hand": 1.6}, None),
}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_updates_against_a_plain_loop(name: str) -> None:
    algorithm, plain, goals, peer_goal = ALGORITHMS[name]
    data, backend = made_up_data(), best_backend()
    ways = {"plain": (plain(data), "mkl"), "engine": (engine(algorithm, data, by_hand=False), backend)}
    if "by hand" in goals:
        ways["by hand"] = (engine(algorithm, data, by_hand=True), backend)
    found = milliseconds(ways)
    peak = peak_gflops(backend)
    print(f"\n{name}, {backend}, {peak:.0f} GFLOP/s at most")
    for way, taken in found.items():
        work = GFLOP.get(name)
        share = f", {work / taken * 1000:.0f} GFLOP/s = {work / taken * 1e5 / peak:.0f} % of the most" if work else ""
        print(f"  {way:8} {taken:6.2f} ms, {1000 / taken:4.0f} a second, {found['plain'] / taken:4.2f} × plain{share}")
    for way, goal in goals.items():
        assert found["plain"] / found[way] >= goal, way
    peer = d3rlpy_milliseconds(name) if peer_goal else None
    if peer:
        print(f"  d3rlpy   {peer:6.2f} ms; by hand is {peer / found['by hand']:.2f} × as fast")
        assert peer / found["by hand"] >= peer_goal


def test_two_processes_are_nearly_twice_one() -> None:
    """Wall-clock time, so it needs two cores that nobody else uses."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import test_training_speed as t; t.train_for_a_while()"
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]

    def rate(count: int) -> float:
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
        return sum(float(process.communicate()[0].splitlines()[-1]) for process in running)

    one, two = rate(1), rate(2)
    print(f"\none process {one:.0f} updates a second, two {two:.0f} = {two / one:.2f} times")
    assert two >= 1.8 * one


def train_for_a_while(seconds: float = 8) -> None:
    """Print the updates a second of wall-clock time; two processes begin together within a second."""
    torch.set_num_threads(1)
    update, count = engine(TD3BC(), made_up_data(), by_hand=True), 0
    with matmul_backend(best_backend()):
        for _ in range(50):
            update()
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            update()
            count += 1
    print(count / (time.perf_counter() - begun))
