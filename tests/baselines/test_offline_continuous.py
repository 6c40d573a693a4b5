"""The offline baselines for continuous actions against slow restatements on plain modules, critic by critic.

Every formula is written out once more from its paper: losses by `torch.distributions` and loops over critics and
actions, gradients by autograd, one Adam a network.
"""

import copy
from collections.abc import Callable
from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
import torch
from restated import modules, move, passes, step
from scipy.spatial import KDTree
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn.functional import mse_loss

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.engine.categorical import Bins
from gnomon.baselines.engine.data import Packed
from gnomon.baselines.engine.learner import MLP
from gnomon.baselines.engine.neighbours import Neighbours
from gnomon.baselines.engine.networks import Network, initial, views
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.offline.awac import AWAC, AWACConfig
from gnomon.baselines.offline.cal_ql import CalQL
from gnomon.baselines.offline.cql import CQL, CQLConfig
from gnomon.baselines.offline.edac import EDAC, EDACConfig, values_and_slopes
from gnomon.baselines.offline.f_dvl import FDVLChiSquare, FDVLConfig, FDVLTotalVariation
from gnomon.baselines.offline.iql_hl_gauss import IQLHLGauss, IQLHLGaussConfig
from gnomon.baselines.offline.prdc import PRDC, PRDCConfig
from gnomon.baselines.offline.sac_n import SACN, SACNConfig
from gnomon.baselines.offline.td3_awr import TD3AWR, TD3AWRConfig
from gnomon.baselines.offline.xql import XQL, XQLConfig
from gnomon.datasets.dataset import Dataset

BUDGET, HIDDEN, SEEDS = Budget(updates=12, batch_size=16), (8, 8), (3, 5)
Networks = dict[str, nn.ModuleList]


def adam(parameters: Any, rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(parameters, rate)


def beside(observations: Tensor, actions: Tensor) -> Tensor:
    return torch.cat([observations, actions], 1)


def least(critics: nn.ModuleList, observations: Tensor, actions: Tensor) -> Tensor:
    return torch.stack([critic(beside(observations, actions))[:, 0] for critic in critics]).min(0).values


def squared_errors(critics: nn.ModuleList, batch: dict[str, Tensor], target: Tensor) -> Tensor:
    pair = beside(batch["observations"], batch["actions"])
    return torch.stack([((critic(pair)[:, 0] - target) ** 2).mean() for critic in critics]).sum()


def likelihood(actor: nn.Module, log_std: Tensor, batch: dict[str, Tensor]) -> Tensor:
    normal = Normal(actor(batch["observations"]).tanh(), log_std.clamp(-5, 2).exp())
    return normal.log_prob(batch["actions"].clamp(-1 + 1e-5, 1 - 1e-5)).sum(1)


def awac(data: Packed, seed: int, algorithm: AWAC) -> Networks:
    config, noise = algorithm.config, algorithm.learner(6, 2, BUDGET.batch_size).noise
    (actor,) = modules(MLP((6, *HIDDEN, 2), free=2), seed, "actor")
    log_std = nn.Parameter(torch.zeros(2))
    critics = nn.ModuleList(modules(MLP((8, *HIDDEN, 1), ensemble=2), seed, "critics"))
    targets = copy.deepcopy(critics)
    actor_adam, critic_adam = (
        adam([*actor.parameters(), log_std], config.learning_rate),
        adam(critics.parameters(), config.learning_rate),
    )

    def sampled(observations: Tensor, drawn: Tensor) -> Tensor:
        return (actor(observations).tanh() + log_std.clamp(-5, 2).exp() * drawn).clamp(-1, 1).detach()

    for _, batch, drawn in passes(data, seed, BUDGET, noise):
        seen, following = batch["observations"], batch["next_observations"]
        with torch.no_grad():
            advantage = least(critics, seen, batch["actions"]) - least(critics, seen, sampled(seen, drawn["acting"]))
            weight = torch.exp(advantage / config.temperature).clamp(max=100)
        step(actor_adam, -(weight * likelihood(actor, log_std, batch)).mean())
        with torch.no_grad():
            future = least(targets, following, sampled(following, drawn["following"]))
            target = batch["rewards"] + config.discount * (1 - batch["terminated"]) * future
        step(critic_adam, squared_errors(critics, batch, target))
        move([(targets, critics)], config.target_rate)
    return {"actor": nn.ModuleList([actor]), "critics": critics}


def td3_awr(data: Packed, seed: int, algorithm: TD3AWR) -> Networks:
    config, noise = algorithm.config, algorithm.learner(6, 2, BUDGET.batch_size).noise
    (actor,) = modules(MLP((6, *HIDDEN, 2), bias=0.1, last=1e-3), seed, "actor")
    (value,) = modules(MLP((6, *HIDDEN, 1), layer_norm=True, bias=0.1, last=3e-3), seed, "value")
    shape = MLP((8, *HIDDEN, 1), ensemble=2, layer_norm=True, bias=0.1, last=3e-3)
    critics = nn.ModuleList(modules(shape, seed, "critics"))
    actor_target, critic_targets = copy.deepcopy(actor), copy.deepcopy(critics)
    actor_adam = adam(actor.parameters(), config.actor_learning_rate)
    critic_adam, value_adam = (adam(net.parameters(), config.critic_learning_rate) for net in (critics, value))
    for number, batch, drawn in passes(data, seed, BUDGET, noise):
        seen, following = batch["observations"], batch["next_observations"]
        with torch.no_grad():
            smoothing = (drawn["smoothing"] * config.target_noise).clamp(-0.5, 0.5)
            action = (actor_target(following).tanh() + smoothing).clamp(-1, 1)
            values = least(critic_targets, following, action)
            values -= config.critic_penalty * ((action - batch["next_actions"]) ** 2).sum(1) * batch["next_known"]
            target = batch["rewards"] + config.discount * (1 - batch["terminated"]) * values
        step(critic_adam, squared_errors(critics, batch, target))
        if number % 2:
            continue
        with torch.no_grad():
            q = least(critics, seen, batch["actions"])
            weight = torch.exp(config.temperature * (q - value(seen)[:, 0])).clamp(max=100)
        chosen = actor(seen).tanh()
        worth = least(critics, seen, chosen)
        pull = config.actor_penalty * weight * ((chosen - batch["actions"]) ** 2).sum(1)
        step(actor_adam, (pull - worth / worth.abs().mean().detach()).mean())
        u = q - value(seen)[:, 0]
        step(value_adam, (torch.where(u < 0, 1 - config.expectile, config.expectile) * u**2).mean())
        move([(actor_target, actor), (critic_targets, critics)], config.target_rate)
    return {"actor": nn.ModuleList([actor]), "value": nn.ModuleList([value]), "critics": critics}


class Soft:
    """A policy under tanh with a learned temperature, as in SAC."""

    def __init__(self, seed: int, shape: MLP, rate: float) -> None:
        (self.actor,) = modules(shape, seed, "actor")
        self.log_alpha = nn.Parameter(torch.zeros(1))
        self.adam, self.alpha_adam = adam(self.actor.parameters(), rate), adam([self.log_alpha], rate)

    def sampled(self, observations: Tensor, drawn: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_std = self.actor(observations).chunk(2, -1)
        std = log_std.clamp(-5, 2).exp()
        inner = mean + std * drawn
        return inner.tanh(), (Normal(mean, std).log_prob(inner) - torch.log(1 - inner.tanh() ** 2)).sum(-1)

    def step_of_actor(self, critics: nn.ModuleList, observations: Tensor, drawn: Tensor) -> None:
        actions, density = self.sampled(observations, drawn)
        step(self.adam, (self.log_alpha.exp().detach() * density - least(critics, observations, actions)).mean())

    def step_of_alpha(self, observations: Tensor, drawn: Tensor) -> None:
        _, density = self.sampled(observations, drawn)
        step(self.alpha_adam, -(self.log_alpha * (density.detach().mean() - drawn.shape[-1])).sum())


def ensemble(data: Packed, seed: int, algorithm: Any) -> Networks:
    """SAC-N, and EDAC by autograd and a double loop over its critics."""
    config, noise = algorithm.config, algorithm.learner(6, 2, BUDGET.batch_size).noise
    soft = Soft(seed, MLP((6, *HIDDEN, 4), bias=0.1, last=1e-3), config.learning_rate)
    shape = MLP((8, *HIDDEN, 1), ensemble=config.critics, bias=0.1, last=3e-3)
    critics = nn.ModuleList(modules(shape, seed, "critics"))
    targets, critic_adam = copy.deepcopy(critics), adam(critics.parameters(), config.learning_rate)
    for _, batch, drawn in passes(data, seed, BUDGET, noise):
        soft.step_of_alpha(batch["observations"], drawn["acting"])
        soft.step_of_actor(critics, batch["observations"], drawn["acting"])
        with torch.no_grad():
            actions, density = soft.sampled(batch["next_observations"], drawn["following"])
            future = least(targets, batch["next_observations"], actions) - soft.log_alpha.exp() * density
            target = batch["rewards"] + config.discount * (1 - batch["terminated"]) * future
        loss = squared_errors(critics, batch, target)
        if isinstance(config, EDACConfig):
            loss = loss + config.diversity / (config.critics - 1) * alike(critics, batch)
        step(critic_adam, loss)
        move([(targets, critics)], config.target_rate)
    return {"actor": nn.ModuleList([soft.actor]), "critics": critics}


def alike(critics: nn.ModuleList, batch: dict[str, Tensor]) -> Tensor:
    actions, directions = batch["actions"].clone().requires_grad_(), []
    for critic in critics:
        total = critic(beside(batch["observations"], actions)).sum()
        (slope,) = torch.autograd.grad(total, actions, create_graph=True)
        directions.append(slope / (slope.norm(dim=1, keepdim=True) + 1e-10))
    pairs = [(one * other).sum(1) for one in directions for other in directions if one is not other]
    return torch.stack(pairs).sum(0).mean()


def cql(data: Packed, seed: int, algorithm: CQL) -> Networks:
    config, noise = algorithm.config, algorithm.learner(6, 2, BUDGET.batch_size).noise
    soft = Soft(seed, MLP((6, *HIDDEN, 4)), config.actor_learning_rate)
    critics = nn.ModuleList(modules(MLP((8, *HIDDEN, 1), ensemble=2), seed, "critics"))
    xi = nn.Parameter(torch.ones(1))
    targets, critic_adam = copy.deepcopy(critics), adam(critics.parameters(), config.critic_learning_rate)
    xi_adam = adam([xi], config.critic_learning_rate)
    for _, batch, drawn in passes(data, seed, BUDGET, noise):
        seen, following = batch["observations"], batch["next_observations"]
        proposals = []
        with torch.no_grad():
            for k in range(config.proposals):
                proposals.append((2 * drawn["uniform"][:, k] - 1, torch.tensor(2 * log(0.5)), False))
                proposals.append((*soft.sampled(seen, drawn["acting_many"][:, k]), True))
                proposals.append((*soft.sampled(following, drawn["following_many"][:, k]), True))
            futures = [
                least(targets, following, soft.sampled(following, drawn["following_many"][:, n])[0])
                for n in range(config.target_actions)
            ]
            future = torch.stack(futures).max(0).values
            target = batch["rewards"] + config.discount * (1 - batch["terminated"]) * future
        gaps = torch.stack([gap_of(critic, batch, proposals, config) for critic in critics])
        paid = (xi.exp().detach() * (gaps - config.target_gap)) if config.has_multiplier else gaps
        loss = squared_errors(critics, batch, target) + config.conservatism * paid.sum()
        if config.has_multiplier:
            step(xi_adam, -config.conservatism * (xi.exp() * (gaps.detach() - config.target_gap)).mean())
        step(critic_adam, loss)
        soft.step_of_actor(critics, seen, drawn["acting"])
        soft.step_of_alpha(seen, drawn["acting"])
        move([(targets, critics)], config.target_rate)
    return {"actor": nn.ModuleList([soft.actor]), "critics": critics}


def gap_of(critic: nn.Module, batch: dict[str, Tensor], proposals: list, config: CQLConfig) -> Tensor:
    terms = []
    for actions, density, is_chosen in proposals:
        value = critic(beside(batch["observations"], actions))[:, 0]
        if is_chosen and config.is_calibrated:
            value = torch.maximum(value, batch["monte_carlo"])
        terms.append((value - density).exp())
    gap = torch.stack(terms).sum(0).log() - critic(beside(batch["observations"], batch["actions"]))[:, 0]
    return gap.clamp(min=-np.inf if config.least_gap is None else config.least_gap).mean()


def implicit(data: Packed, seed: int, algorithm: Any) -> Networks:
    """IQL's skeleton, with the value loss of XQL or f-DVL, or with critics that classify."""
    config, classifies = algorithm.config, isinstance(algorithm, IQLHLGauss)
    (actor,) = modules(MLP((6, *HIDDEN, 2), free=2), seed, "actor")
    (value,) = modules(MLP((6, *HIDDEN, 1), layer_norm=not classifies), seed, "value")
    outputs = config.bins if isinstance(config, IQLHLGaussConfig) else 1
    critics = nn.ModuleList(modules(MLP((8, *HIDDEN, outputs), ensemble=2), seed, "critics"))
    targets, log_std = copy.deepcopy(critics), nn.Parameter(torch.zeros(2))
    value_adam, critic_adam = (adam(net.parameters(), config.learning_rate) for net in (value, critics))
    actor_adam = adam([*actor.parameters(), log_std], config.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(actor_adam, BUDGET.updates)
    returns = data.rows[:, data.places["monte_carlo"]] if classifies else torch.zeros(1)
    edges = torch.linspace(float(returns.min()), float(returns.max()), outputs + 1, dtype=torch.float64)
    centres = ((edges[1:] + edges[:-1]) / 2).float()

    def worth(critic: nn.Module, pair: Tensor) -> Tensor:
        return (critic(pair).softmax(1) * centres).sum(1) if classifies else critic(pair)[:, 0]

    for _, batch, _ in passes(data, seed, BUDGET, {}):
        pair = beside(batch["observations"], batch["actions"])
        with torch.no_grad():
            q = torch.min(*[worth(target, pair) for target in targets])
        step(value_adam, value_loss(q, value(batch["observations"])[:, 0], algorithm))
        with torch.no_grad():
            weight = torch.exp(config.temperature * (q - value(batch["observations"])[:, 0])).clamp(max=100)
        step(actor_adam, -(weight * likelihood(actor, log_std, batch)).mean())
        schedule.step()
        with torch.no_grad():
            future = config.discount * (1 - batch["terminated"]) * value(batch["next_observations"])[:, 0]
            y = batch["rewards"] + future
        if isinstance(config, IQLHLGaussConfig):
            shares = torch.stack([shares_of(float(number), edges, config) for number in y])
            losses = [-(shares * critic(pair).log_softmax(1)).sum(1).mean() for critic in critics]
            step(critic_adam, torch.stack(losses).sum())
        else:
            step(critic_adam, squared_errors(critics, batch, y))
        move([(targets, critics)], config.target_rate)
    return {"actor": nn.ModuleList([actor]), "value": nn.ModuleList([value]), "critics": critics}


def value_loss(q: Tensor, v: Tensor, algorithm: Any) -> Tensor:
    config, u = algorithm.config, q - v
    if isinstance(config, XQLConfig):
        z = (u / config.softness).clamp(max=7)
        return (torch.exp(z) - z - 1).mean() / np.exp(max(float(z.detach().max()), -1))
    if isinstance(config, FDVLConfig):
        conjugate = u + u**2 / 4 if isinstance(algorithm, FDVLChiSquare) and algorithm.name == "f-dvl-chi2" else u
        return ((1 - config.weight) * v + config.weight * torch.where(u > 0, conjugate, torch.zeros(1))).mean()
    return (torch.where(u < 0, 1 - config.expectile, config.expectile) * u**2).mean()


def shares_of(y: float, edges: Tensor, config: IQLHLGaussConfig) -> Tensor:
    """Of one target, in float64: by the normal distribution's function, or by hand between two centres."""
    low, high, width = float(edges[0]), float(edges[-1]), float(edges[1] - edges[0])
    if config.targets == "hl-gauss":
        below = Normal(min(max(y, low), high), config.spread * width).cdf(edges)
        return ((below[1:] - below[:-1]) / (below[-1] - below[0])).float()
    position = min(max((y - low) / width - 0.5, 0), len(edges) - 2)
    first = min(int(position), len(edges) - 3)
    shares = torch.zeros(len(edges) - 1)
    shares[first], shares[first + 1] = 1 - (position - first), position - first
    return shares


def prdc(data: Packed, seed: int, algorithm: PRDC) -> Networks:
    config, noise = algorithm.config, algorithm.learner_on(data, BUDGET.batch_size).noise
    (actor,) = modules(MLP((6, *HIDDEN, 2)), seed, "actor")
    critics = nn.ModuleList(modules(MLP((8, *HIDDEN, 1), ensemble=2), seed, "critics"))
    actor_target, critic_targets = copy.deepcopy(actor), copy.deepcopy(critics)
    actor_adam, critic_adam = (adam(net.parameters(), config.learning_rate) for net in (actor, critics))
    everything = data.batch(torch.arange(len(data)))
    tree = KDTree(beside(config.closeness * everything.observations, everything.actions).numpy())
    for number, batch, drawn in passes(data, seed, BUDGET, noise):
        seen, following = batch["observations"], batch["next_observations"]
        with torch.no_grad():
            smoothing = (drawn["smoothing"] * config.target_noise).clamp(-0.5, 0.5)
            action = (actor_target(following).tanh() + smoothing).clamp(-1, 1)
            future = least(critic_targets, following, action)
            target = batch["rewards"] + config.discount * (1 - batch["terminated"]) * future
        step(critic_adam, squared_errors(critics, batch, target))
        if number % 2:
            continue
        chosen = actor(seen).tanh()
        _, where = tree.query(beside(config.closeness * seen, chosen).detach().numpy())
        worth = critics[0](beside(seen, chosen))
        pull = mse_loss(chosen, everything.actions[torch.from_numpy(where)])
        step(actor_adam, -config.alpha / worth.abs().mean().detach() * worth.mean() + pull)
        move([(actor_target, actor), (critic_targets, critics)], config.target_rate)
    return {"actor": nn.ModuleList([actor]), "critics": critics}


_cql = CQLConfig(HIDDEN, HIDDEN, 1e-3, 1e-3, proposals=3, conservatism=2.0, normalise=False)
_all_of_cql = replace(
    _cql, target_actions=2, has_multiplier=True, target_gap=0.8, least_gap=3.5, is_calibrated=True, reward_shift=-0.1
)
PAIRS: list[tuple[Any, Callable[..., Networks]]] = [
    (AWAC(AWACConfig(HIDDEN, 1e-3)), awac),
    (TD3AWR(TD3AWRConfig(HIDDEN, critic_penalty=0.5, actor_penalty=0.3, temperature=50.0)), td3_awr),
    (SACN(SACNConfig(HIDDEN, 3, 1e-3)), ensemble),
    (EDAC(EDACConfig(HIDDEN, 4, 1e-3, diversity=0.1)), ensemble),
    (CQL(_cql), cql),
    (CalQL(_all_of_cql), cql),
    (XQL(XQLConfig(HIDDEN, 1e-3)), implicit),
    (FDVLChiSquare(FDVLConfig(HIDDEN, 1e-3)), implicit),
    (FDVLTotalVariation(FDVLConfig(HIDDEN, 1e-3)), implicit),
    (IQLHLGauss(IQLHLGaussConfig(HIDDEN, 1e-3, bins=11)), implicit),
    (IQLHLGauss(IQLHLGaussConfig(HIDDEN, 1e-3, bins=11, targets="two-hot")), implicit),
    (PRDC(PRDCConfig(HIDDEN, 1e-3)), prdc),
]
names = [f"{algorithm.name}-{number}" for number, (algorithm, _) in enumerate(PAIRS)]


@pytest.mark.parametrize("by_hand", [False, True], ids=["derived", "by hand"])
@pytest.mark.parametrize(("algorithm", "restatement"), PAIRS, ids=names)
def test_a_baseline_is_its_restatement(
    algorithm: Any, restatement: Callable[..., Networks], by_hand: bool, small: Dataset
) -> None:
    """All of its networks, after all passes; a number beyond the tolerance would be another formula."""
    trainer = algorithm.trainer(small, SEEDS, BUDGET, by_hand=by_hand)
    if by_hand and not any(update.by_hand for update in trainer.learner.updates):
        pytest.skip("it has no derivatives by hand")
    trainer.advance(BUDGET.updates)
    batch = trainer.data.batch(torch.arange(50))
    for position, seed in enumerate(SEEDS):
        for name, members in restatement(trainer.data, seed, algorithm).items():
            inputs = batch.observations if name != "critics" else beside(batch.observations, batch.actions)
            found = trainer.network(name, position)(inputs)
            expected = torch.stack([member(inputs) for member in members]).view_as(found).detach()
            assert found.numpy() == pytest.approx(expected.numpy(), abs=5e-6), name


def test_the_multiplier_of_cql_is_its_restatement(small: Dataset) -> None:
    """It is no output of a network: after one pass Adam's first moment is a tenth of −α exp(1) (gap − τ), and ξ has
    moved by the learning rate, up where the gap is too large.
    """
    for target_gap, moved in ((-10.0, 1e-3), (10.0, -1e-3)):
        for by_hand in (False, True):
            config = replace(_cql, has_multiplier=True, target_gap=target_gap)
            trainer = CQL(config).trainer(small, [0], BUDGET, by_hand=by_hand)
            trainer.advance(1)
            network, (gap,) = trainer.network("critics", 0), trainer.latest()["gap"]
            moment = Network(network.shape, views(network.shape, trainer.state.tensors["critics.first"][0])).free
            assert float(moment) == pytest.approx(-0.1 * 2.0 * np.e * (gap - target_gap), rel=1e-4)
            assert float(network.free) == pytest.approx(1 + moved, abs=1e-6)


@pytest.mark.parametrize(("algorithm", "_"), PAIRS, ids=names)
def test_a_seed_learns_the_same_alone_beside_others_stacked_and_resumed(
    algorithm: Any, _: Callable[..., Networks], small: Dataset
) -> None:
    budget = Budget(40, 64)
    alone = algorithm.trainer(small, [1], budget)
    alone.advance(24)
    beside_others = algorithm.trainer(small, [0, 1], budget)
    beside_others.advance(9)
    resumed = algorithm.trainer(small, [0, 1], budget)
    resumed.state.restore(9, {name: tensor.clone() for name, tensor in beside_others.state.tensors.items()})
    resumed.advance(15)
    for name, tensor in alone.state.tensors.items():
        assert torch.equal(tensor[0], resumed.state.tensors[name][1]), name
    stacked = algorithm.trainer(small, [0, 1], budget, stacked=True)
    stacked.advance(24)
    inputs = alone.data.batch(torch.arange(50)).observations
    found, expected = stacked.network("actor", 1)(inputs), alone.network("actor", 0)(inputs)
    assert torch.allclose(found, expected, atol=2e-4)


@pytest.mark.parametrize(("algorithm", "_"), PAIRS, ids=names)
def test_one_action_keeps_its_axis(algorithm: Any, _: Callable[..., Networks], small: Dataset) -> None:
    """Where [batch] and [batch, 1] met, everything would become [batch, batch], and still train."""
    data = algorithm.pack(small, "cpu")
    places = {name: place for name, place in data.places.items() if "actions" not in name}
    first = data.places["actions"].start
    places |= {name: slice(first, first + 1) for name in data.places if "actions" in name}
    one = Packed(data.rows, places, (data.mean, data.scale), (data.low[:1], data.high[:1]))
    trainer = Trainer(algorithm.learner_on(one, 32), one, [0], [algorithm.config], 32, 10)
    trainer.advance(2)
    outputs = trainer.network("actor", 0)(one.batch(torch.arange(5)).observations)
    assert len(outputs) == 5
    assert outputs.shape[1] in (1, 2)
    assert all(torch.tensor(values).dim() == 1 for values in trainer.latest().values())


@pytest.mark.parametrize("states", [BUDGET.batch_size, 100])
@pytest.mark.parametrize("config", [_cql, _all_of_cql], ids=["cql", "cal-ql"])
def test_cqls_derivative_by_hand_is_whole_in_several_blocks(config: CQLConfig, states: int, small: Dataset) -> None:
    """Where the last block is not a whole one, too; of one pass, before rounding has piled up."""
    algorithm = CalQL(config)
    trainers = [algorithm.trainer(small, [7], Budget(1, states), by_hand=by_hand) for by_hand in (False, True)]
    for trainer in trainers:
        trainer.advance(1)
    derived, by_hand = (trainer.state.tensors["critics.first"] for trainer in trainers)
    assert torch.allclose(derived, by_hand, atol=1e-5)
    assert derived.abs().max() > 1e-2


def test_slopes_of_critics_are_autograds() -> None:
    shape = MLP((7, 16, 16, 1), ensemble=3, is_value=True)
    critics = Network(shape, views(shape, initial(shape, [0], "x")[0]))
    observations, actions = torch.randn(10, 4), torch.randn(10, 3)
    values, slopes = values_and_slopes(critics, observations, actions)
    assert torch.allclose(values, critics(observations, actions), atol=1e-6)
    for number in range(3):
        expected = torch.func.grad(lambda a, n=number: critics.member(n)(observations, a).sum())(actions)
        assert torch.allclose(slopes[number], expected, atol=1e-6)


def test_the_nearest_transition_is_that_of_a_tree_in_every_block() -> None:
    stream = np.random.default_rng(0)
    observations, actions = stream.normal(size=(20_000, 5)), stream.uniform(-1, 1, (20_000, 2))
    seen, chosen = stream.normal(size=(64, 5)), stream.uniform(-1, 1, (64, 2))
    as_tensor = lambda array: torch.tensor(array, dtype=torch.float32)  # noqa: E731
    neighbours = Neighbours.of(as_tensor(observations), as_tensor(actions))
    for scale in (0.5, 2.0):
        _, where = KDTree(np.hstack([scale * observations, actions])).query(np.hstack([scale * seen, chosen]))
        found = neighbours.nearest_actions(as_tensor(seen), as_tensor(chosen), scale)
        assert np.allclose(found, actions[where], atol=1e-6)
        assert where.max() > 16_384  # the last block too


def test_bins_give_back_the_value_that_was_put_in() -> None:
    bins = Bins(-2.0, 3.0, 50)
    targets = torch.linspace(-1.9, 2.9, 97)
    assert torch.allclose((bins.two_hot(targets) * bins.centres(targets)).sum(-1), targets, atol=1e-5)
    inner = targets[(targets > -1.5) & (targets < 2.5)]
    shares = bins.gaussian(inner, 0.75)
    assert torch.allclose(shares.sum(-1), torch.ones(len(inner)), atol=1e-5)
    assert torch.allclose((shares * bins.centres(inner)).sum(-1), inner, atol=1e-3)
    assert torch.allclose(bins.values(shares.log()), inner, atol=1e-3)
    outside = bins.gaussian(torch.tensor([-50.0, 50.0]), 0.75)
    assert outside[0].argmax() == 0
    assert outside[1].argmax() == 49
