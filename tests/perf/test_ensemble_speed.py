"""Updates a second of CQL and EDAC beside plain loops of the usual single-file code, in turns, one thread.

    make bench

The plain loops have modules, one Adam a network, NumPy indices and losses read back each update. CQL's calls each
critic once for the data's actions and once for each of the three kinds of proposals; EDAC's calls its critics one by
one, and differentiates each by its actions with autograd. Times are processor seconds (see `test_training_speed`).
"""

import copy
import sys
from collections.abc import Callable
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parent))
from test_training_speed import (
    ACTION,
    BATCH,
    OBSERVATION,
    Plain,
    d3rlpy_milliseconds,
    engine,
    follow,
    made_up_data,
    milliseconds,
    one_thread,
)

from gnomon.baselines.engine.data import Packed
from gnomon.baselines.engine.matmul import best_backend
from gnomon.baselines.offline.cql import CQL
from gnomon.baselines.offline.edac import EDAC

__all__ = ["one_thread"]
CRITICS, PROPOSALS = 10, 10
pytestmark = [pytest.mark.perf, pytest.mark.timeout(3600)]


def network(size_in: int, size_out: int) -> nn.Sequential:
    sizes = (size_in, 256, 256, 256)
    hidden = [part for pair in pairwise(sizes) for part in (nn.Linear(*pair), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(256, size_out))


class PlainSoft:
    """What the plain loops of soft actor-critics share."""

    def __init__(self, data: Packed, critics: int) -> None:
        self.actor = network(OBSERVATION, 2 * ACTION)
        self.critics = nn.ModuleList([network(OBSERVATION + ACTION, 1) for _ in range(critics)])
        self.targets = copy.deepcopy(self.critics)
        self.temperature = nn.ParameterList([nn.Parameter(torch.zeros(1))])
        self.loop = Plain(data, self.actor, self.critics, self.temperature)

    def sampled(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_std = self.actor(observations).chunk(2, -1)
        normal = torch.distributions.Normal(mean, log_std.clamp(-5, 2).exp())
        inner = normal.rsample()
        slope = 2 * (log(2) - inner - nn.functional.softplus(-2 * inner))
        return inner.tanh(), (normal.log_prob(inner) - slope).sum(-1)

    def least(self, critics: nn.ModuleList, observations: Tensor, actions: Tensor) -> Tensor:
        pair = torch.cat([observations, actions], -1)
        return torch.stack([critic(pair).squeeze(-1) for critic in critics]).min(0).values

    def step_of_policy(self, observations: Tensor) -> None:
        actions, density = self.sampled(observations)
        self.loop.step(2, -(self.temperature[0] * (density.detach().mean() - ACTION)).sum())
        value = self.least(self.critics, observations, actions)
        self.loop.step(0, (self.temperature[0].exp().detach() * density - value).mean())


def plain_cql(data: Packed) -> Callable[[], None]:
    soft = PlainSoft(data, 2)

    def update() -> None:
        b = soft.loop.batch()
        seen, following = b["observations"], b["next_observations"]
        soft.step_of_policy(seen)
        with torch.no_grad():
            y = b["rewards"] + 0.99 * (1 - b["terminated"]) * soft.least(
                soft.targets, following, soft.sampled(following)[0]
            )
            repeated = seen[:, None].repeat(1, PROPOSALS, 1)
            uniform = torch.rand(BATCH, PROPOSALS, ACTION) * 2 - 1
            acting = soft.sampled(repeated)
            next_acting = soft.sampled(following[:, None].repeat(1, PROPOSALS, 1))
        kinds = [(uniform, torch.tensor(-ACTION * log(2))), acting, next_acting]
        losses = []
        for critic in soft.critics:
            of_data = critic(torch.cat([seen, b["actions"]], 1)).squeeze(-1)
            values = [critic(torch.cat([repeated, actions], -1)).squeeze(-1) - density for actions, density in kinds]
            gap = torch.logsumexp(torch.cat(values, 1), 1) - of_data
            losses.append(nn.functional.mse_loss(of_data, y) + 10 * gap.mean())
            gap.mean().item()
        soft.loop.step(1, torch.stack(losses).sum())
        follow(soft.targets, soft.critics)

    return update


def plain_edac(data: Packed) -> Callable[[], None]:
    soft = PlainSoft(data, CRITICS)

    def update() -> None:
        b = soft.loop.batch()
        seen, following = b["observations"], b["next_observations"]
        soft.step_of_policy(seen)
        with torch.no_grad():
            actions, density = soft.sampled(following)
            future = soft.least(soft.targets, following, actions) - soft.temperature[0].exp() * density
            y = b["rewards"] + 0.99 * (1 - b["terminated"]) * future
        actions, losses, slopes = b["actions"].requires_grad_(), [], []
        for critic in soft.critics:
            values = critic(torch.cat([seen, actions], 1)).squeeze(-1)
            losses.append(nn.functional.mse_loss(values, y))
            (slope,) = torch.autograd.grad(values.sum(), actions, create_graph=True)
            slopes.append(slope / (slope.norm(dim=1, keepdim=True) + 1e-10))
        directions = torch.stack(slopes, 1)
        products = directions @ directions.transpose(1, 2) * (1 - torch.eye(CRITICS))
        soft.loop.step(1, torch.stack(losses).sum() + products.sum((1, 2)).mean() / (CRITICS - 1))
        follow(soft.targets, soft.critics)

    return update


@pytest.mark.parametrize(("algorithm", "plain"), [(CQL(), plain_cql), (EDAC(), plain_edac)], ids=["cql", "edac"])
def test_updates_against_a_plain_loop(algorithm: Any, plain: Callable[[Packed], Callable[[], None]]) -> None:
    data, backend = made_up_data(), best_backend()
    ways = {
        "plain": (plain(data), "mkl"),
        "engine": (engine(algorithm, data, by_hand=False), backend),
        "by hand": (engine(algorithm, data, by_hand=True), backend),
    }
    if backend != "mkl":
        ways["plain, too"] = (plain(data), backend)
    found = milliseconds(ways, updates=8, rounds=4)
    print(f"\n{algorithm.name}, {backend}")
    for way, taken in found.items():
        print(f"  {way:10} {taken:6.1f} ms, {1000 / taken:4.1f} a second, {found['plain'] / taken:4.2f} × plain")
    assert found["plain"] / found["by hand"] >= 2
    if (peer := d3rlpy_milliseconds(algorithm.name)) is not None:
        print(f"  d3rlpy     {peer:6.1f} ms; by hand is {peer / found['by hand']:.2f} × as fast")
        assert peer / found["by hand"] >= 2
