"""Hybrid algorithms: their losses are the papers', batches are mixed as they say, and nothing is lost in a kill."""

import copy
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from restated import modules, move, passes, step
from torch import Tensor, nn
from torch.distributions import Normal

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.engine.collector import Lane
from gnomon.baselines.engine.data import Packed
from gnomon.baselines.engine.hybrid_training import HybridTraining, packed
from gnomon.baselines.engine.mixture import NO_BOUND, Mixture
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.hybrid.cal_ql_fine_tuning import CalQLFineTuning
from gnomon.baselines.hybrid.rebrac_fine_tuning import ReBRACFineTuning
from gnomon.baselines.hybrid.rlpd import RLPD, RLPDConfig
from gnomon.baselines.hybrid.wsrl import WSRL, WSRLConfig
from gnomon.baselines.registry import list_baselines
from gnomon.baselines.train import Options
from gnomon.baselines.train_hybrid import train_hybrid
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.dataset import Dataset
from gnomon.errors import UsageError

HIDDEN, BATCH = (8, 8), 16
TASK = "maze/umaze-v1"
_tiny: dict[str, Any] = {"hidden": HIDDEN, "batch_size": BATCH}
_conservative = _tiny | {"critic_hidden": HIDDEN, "proposals": 2, "actor_learning_rate": 1e-3}
ALGORITHMS: dict[str, Any] = {
    "rlpd": RLPD(RLPDConfig(**_tiny, random_steps=20, passes_per_step=2.0, actor_period=2, critics=3)),
    "wsrl": WSRL(
        WSRLConfig(
            **_conservative,
            offline_passes=30,
            warm_up=20,
            passes_per_step=1.0,
            actor_period=2,
            critics=3,
            environments=2,
        )
    ),
    "cal-ql-fine-tuning": CalQLFineTuning(
        replace(CalQLFineTuning.presets["small"], **_conservative, target_actions=2, offline_passes=30)
    ),
    "rebrac-fine-tuning": ReBRACFineTuning(
        replace(ReBRACFineTuning.presets["small"], **_tiny, actor_penalty=0.4, offline_passes=30)
    ),
}


def training(name: str, data: Dataset, file: Path, steps: int = 400, goes_on: bool = False) -> HybridTraining:
    return HybridTraining(ALGORITHMS[name], TASKS[TASK], data, 3, steps, file, goes_on)


def soft(data: Packed, seed: int, algorithm: Any, updates: int) -> dict[str, nn.ModuleList]:
    """RLPD, and the online phase of WSRL, on plain modules and PyTorch's distributions, critic by critic."""
    config, is_wsrl = algorithm.config, isinstance(algorithm, WSRL)
    learner = algorithm.learner(6, 2, BATCH)
    (actor,) = modules(learner.networks["actor"], seed, "actor")
    shape = replace(learner.networks["critics"], free=0)  # the first numbers of a longer row
    critics = nn.ModuleList(modules(shape, seed, "critics"))
    targets, log_alpha = copy.deepcopy(critics), nn.Parameter(torch.zeros(1))
    rates = (config.actor_learning_rate, config.critic_learning_rate) if is_wsrl else (config.learning_rate,) * 2
    actor_adam, alpha_adam = (torch.optim.Adam(p, rates[0]) for p in (actor.parameters(), [log_alpha]))
    critic_adam = torch.optim.Adam(critics.parameters(), rates[1])

    def sampled(observations: Tensor, drawn: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_std = actor(observations).chunk(2, -1)
        std = log_std.clamp(-5, 2).exp()
        inner = mean + std * drawn
        return inner.tanh(), (Normal(mean, std).log_prob(inner) - torch.log(1 - inner.tanh() ** 2)).sum(-1)

    def values(networks: nn.ModuleList, observations: Tensor, actions: Tensor) -> Tensor:
        return torch.stack([network(torch.cat([observations, actions], 1))[:, 0] for network in networks])

    for number, batch, drawn in passes(data, seed, Budget(updates, BATCH), learner.noise):
        with torch.no_grad():
            actions, density = sampled(batch["next_observations"], drawn["following"])
            chosen = drawn["subset"].argsort(descending=True)[: config.target_critics]
            future = values(targets, batch["next_observations"], actions)[chosen].min(0).values
            future -= config.has_entropy * log_alpha.exp() * density
            target = batch["rewards"] + config.discount * (1 - batch["terminated"]) * future
        found = values(critics, batch["observations"], batch["actions"])
        step(critic_adam, torch.stack([((one - target) ** 2).mean() for one in found]).sum())
        move([(targets, critics)], config.target_rate)
        if number % config.actor_period:
            continue
        actions, density = sampled(batch["observations"], drawn["acting"])
        worth = values(critics, batch["observations"], actions)
        worth = worth.min(0).values if is_wsrl else worth.mean(0)
        step(actor_adam, (log_alpha.exp().detach() * density - worth).mean())
        _, density = sampled(batch["observations"], drawn["acting"])
        step(alpha_adam, -(log_alpha * (density.detach().mean() - 1)).sum())
    return {"actor": nn.ModuleList([actor]), "critics": critics}


@pytest.mark.parametrize("name", ["rlpd", "wsrl"])
@pytest.mark.parametrize("has_entropy", [False, True])
def test_the_soft_losses_are_those_of_the_paper(name: str, has_entropy: bool, small: Dataset) -> None:
    algorithm = type(ALGORITHMS[name])(replace(ALGORITHMS[name].config, has_entropy=has_entropy))
    data = packed(algorithm, small)
    trainer = Trainer(algorithm.learner(6, 2, BATCH), data, [5], [algorithm.config], BATCH, 12)
    trainer.advance(12)
    batch = data.batch(torch.arange(50))
    pair = torch.cat([batch.observations, batch.actions], 1)
    for network, members in soft(data, 5, algorithm, 12).items():
        inputs = batch.observations if network == "actor" else pair
        found = trainer.network(network, 0)(inputs)
        expected = torch.stack([member(inputs) for member in members]).view_as(found).detach()
        assert found.numpy() == pytest.approx(expected.numpy(), abs=5e-6), network


@pytest.mark.parametrize("is_offline", [True, False], ids=["offline", "online"])
@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_seed_learns_the_same_alone_beside_others_stacked_and_resumed(
    name: str, is_offline: bool, small: Dataset
) -> None:
    """With another configuration half-way, as the online phase of some has."""
    algorithm = ALGORITHMS[name]
    data = packed(algorithm, small)
    learner = (algorithm.offline_learner if is_offline else algorithm.learner)(6, 2, BATCH)
    later = replace(algorithm.config, discount=0.9)

    def trained(seeds: list[int], **options: Any) -> Trainer:
        every = learner, data, seeds, [algorithm.config] * len(seeds), BATCH, 40
        trainer = Trainer(*every, **options)
        trainer.advance(10)
        again = Trainer(*every, **options, state=trainer.state)
        again.configure([later] * len(seeds))
        again.advance(10)
        return again

    alone, beside_others, stacked = trained([1]), trained([0, 1]), trained([0, 1], stacked=True)
    for key, tensor in alone.state.tensors.items():
        assert torch.equal(tensor[0], beside_others.state.tensors[key][1]), key
    unchanged = Trainer(learner, data, [1], [algorithm.config], BATCH, 40)
    unchanged.advance(20)
    assert not torch.equal(unchanged.state.tensors["critics"], alone.state.tensors["critics"])
    inputs = data.batch(torch.arange(50)).observations
    assert torch.allclose(stacked.network("actor", 1)(inputs), alone.network("actor", 0)(inputs), atol=2e-4)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_training_goes_on_in_both_phases_and_in_the_middle_of_its_episodes(
    name: str, small: Dataset, tmp_path: Path
) -> None:
    straight = training(name, small, tmp_path / "straight.npy")
    straight.begin({})
    while straight.at < 360:
        straight.round(36)
    begun = training(name, small, tmp_path / "begun.npy")
    begun.begin({})
    while begun.at < 360:
        begun.round(9)
        if begun.at in (-12, 45, 324):  # in the offline phase, in the first episode, in the second
            extra = json.loads(json.dumps(begun.extra()))
            tensors = {key: tensor.clone() for key, tensor in begun.trainer.state.tensors.items()}
            done = begun.trainer.state.passes
            begun.round(9)  # what a killed process did after its last checkpoint
            begun = training(name, small, tmp_path / "begun.npy", goes_on=True)
            begun.trainer.state.restore(done, tensors)
            begun.begin(extra)
            assert begun.at == extra["at"]
    assert begun.extra() == straight.extra()
    assert np.array_equal(straight.replay.file, begun.replay.file)
    for key, tensor in straight.trainer.state.tensors.items():
        assert torch.equal(tensor, begun.trainer.state.tensors[key]), key


SCRIPT = """
from dataclasses import replace
from pathlib import Path
import sys, torch
from gnomon.baselines.hybrid.wsrl import WSRL
from gnomon.baselines.train import Options
from gnomon.baselines.train_hybrid import train_hybrid
torch.set_num_threads(1)
tiny = {"hidden": (8, 8), "critic_hidden": (8, 8), "batch_size": 16, "critics": 2, "proposals": 2}
WSRL.presets = {"tiny": replace(WSRL.presets["small/maze"], offline_passes=200, warm_up=50, **tiny)}
options = Options(Path(sys.argv[2]), preset="tiny", report=100, resume=True)
train_hybrid("wsrl", sys.argv[1], None, 0, 300, options)
"""


def test_a_training_that_is_killed_goes_on_to_the_same_bytes(small: Dataset, tmp_path: Path) -> None:
    """Once in each phase."""
    command, killed = [sys.executable, "-c", SCRIPT, small.id], tmp_path / "killed"
    straight = subprocess.Popen([*command, str(tmp_path / "straight")])
    for points in (1, 3):
        begun = subprocess.Popen([*command, str(killed)], start_new_session=True)
        curve, deadline = killed / "curve.jsonl", time.monotonic() + 300
        while time.monotonic() < deadline and not (curve.exists() and curve.read_text().count("\n") >= points):
            time.sleep(0.005)
        os.killpg(begun.pid, signal.SIGKILL)
        begun.wait()
    subprocess.run([*command, str(killed)], check=True)
    assert straight.wait() == 0
    for name in ("checkpoint.safetensors", "curve.jsonl", "policy-0.safetensors", "replay.npy"):
        assert (tmp_path / "straight" / name).read_bytes() == (killed / name).read_bytes(), name
    points = [json.loads(line) for line in (killed / "curve.jsonl").open()]
    assert [(point["step"], point["updates"]) for point in points] == [
        (-100, 100), (0, 200), (100, 400), (200, 800), (300, 1200)
    ]  # fmt: skip
    assert ["score" in point for point in points] == [False, True, True, True, True]


@pytest.mark.parametrize(("share", "first"), [(0.5, 8), (0.25, 4), (1.0, 16)])
def test_a_batch_has_its_share_of_the_data(share: float, first: int, small: Dataset, tmp_path: Path) -> None:
    algorithm = RLPD(replace(ALGORITHMS["rlpd"].config, offline_share=share, reward_scale=10.0, reward_shift=-1.0))
    data = packed(algorithm, small)
    mixture = Mixture(tmp_path / "replay.npy", 50, data, algorithm.config)
    step = {"observations": np.zeros((2, 6)), "actions": np.zeros((2, 2)), "next_observations": np.zeros((2, 6))}
    for _ in range(15):
        mixture.add(**step, rewards=np.array([0.5, 1.0]), terminated=np.zeros(2))
    words = torch.randint(2**32, (1, 3, 16))
    numbers = mixture.chosen(words)
    assert int(numbers[..., :first].max()) < len(data)
    assert mixture.kept == len(data)
    assert mixture.collected == 30
    online = numbers[..., first:]
    assert ((online >= len(data)) & (online < len(data) + 30)).all()
    assert torch.equal(mixture.rows[: len(data)], data.rows)
    assert mixture.batch(torch.arange(len(data), len(data) + 2)).rewards.tolist() == [4.0, 9.0]
    assert data.batch(torch.arange(1500)).rewards.unique().tolist() == [-1.0, 9.0]
    ways = [
        Trainer(algorithm.learner(6, 2, 16), mixture, [0, 1], [algorithm.config] * 2, 16, 9, stacked=way)
        for way in (False, True)
    ]
    for way in ways:
        way.advance(6)
    for name, tensor in ways[0].state.tensors.items():
        assert torch.allclose(tensor, ways[1].state.tensors[name], atol=1e-4), name


def test_wsrl_keeps_no_data_and_waits_with_its_passes(small: Dataset, tmp_path: Path) -> None:
    run = training("wsrl", small, tmp_path / "replay.npy")
    run.begin({})
    run.round(30)
    assert (run.at, run.trainer.state.passes, run.replay.kept, run.replay.size) == (0, 30, 0, 0)
    before = {name: tensor.clone() for name, tensor in run.trainer.state.tensors.items()}
    run.advance(20)
    assert run.trainer.state.passes == 30
    assert all(torch.equal(tensor, run.trainer.state.tensors[name]) for name, tensor in before.items())
    run.advance(10)
    assert run.trainer.state.passes == 40


@pytest.mark.parametrize("terminated", [False, True])
def test_returns_bound_values_when_the_episode_is_over(terminated: bool, small: Dataset, tmp_path: Path) -> None:
    """By hand: Σ 0.5ᵏ r_k of rewards 10 · (1, 0, 2) − 5; an episode that was cut goes on with −5, 10 below 0."""
    algorithm = CalQLFineTuning(replace(ALGORITHMS["cal-ql-fine-tuning"].config, discount=0.5))
    mixture = Mixture(tmp_path / "replay.npy", 50, packed(algorithm, small), algorithm.config)
    step = {"observations": np.zeros((2, 6)), "actions": np.zeros((2, 2)), "next_observations": np.zeros((2, 6))}
    for reward, over in ((1.0, False), (0.0, False), (2.0, terminated)):
        mixture.add(**step, rewards=np.array([reward, 0.0]), terminated=np.array([over, False]))
    bounds = mixture.file[mixture.kept :, mixture.places["monte_carlo"]]
    assert (bounds[:6] == np.float32(NO_BOUND)).all()
    mine = range(mixture.kept, mixture.size, 2)
    mixture.settle(mine)
    last = 15.0 + (0.0 if terminated else 0.5 * -10)
    assert bounds[:6:2].tolist() == [5 + 0.5 * (-5 + 0.5 * last), -5 + 0.5 * last, last]
    assert (bounds[1:6:2] == np.float32(NO_BOUND)).all()
    mixture.unsettle(mine)
    assert (bounds[:6] == np.float32(NO_BOUND)).all()


def test_rebrac_is_held_back_ever_less() -> None:
    algorithm = ALGORITHMS["rebrac-fine-tuning"]
    shares = [algorithm.at(progress).actor_penalty for progress in (0.0, 0.25, 0.5, 1.0)]
    assert shares == pytest.approx([0.4, 0.3, 0.2, 0.2])
    assert algorithm.at(0.0).critic_penalty == 0
    assert algorithm.explore(torch.tensor([[0.5]]), torch.ones(1, 1), 0.5).item() == pytest.approx(np.tanh(0.5))


def test_regret_and_dip_are_those_of_the_scores(small: Dataset, tmp_path: Path) -> None:
    """By hand, of a scale on which success is 100 and a failure below 0."""
    run = training("wsrl", small, tmp_path / "replay.npy", steps=400)
    run.begin({})
    failure = float(TASKS[TASK].score(0.0))
    assert failure < 0
    run.round(30)
    assert run._summed_up(80.0) == {}
    run.advance(20)
    assert run._summed_up(50.0) == {"dip": 30.0}
    for success in (True, False, False):
        run._ended(Lane(0, 300, 0.0, success=success), range(1))
    run.advance(20)
    regret = (0 + 2 * (1 - failure / 100)) / 3
    assert run._summed_up(90.0) == {"regret": pytest.approx(regret), "dip": 30.0}
    run.advance(2)
    assert run._summed_up(10.0)["dip"] == 30.0  # beyond the first tenth


def test_what_does_not_fit_is_refused(small: Dataset, tmp_path: Path) -> None:
    options = Options(tmp_path, preset="small")
    with pytest.raises(UsageError, match="other observations or actions than the data"):
        train_hybrid("rlpd", small.id, "locomotion/hopper-v1", 0, 10, options)
    with pytest.raises(UsageError, match="bc is an offline baseline"):
        train_hybrid("bc", small.id, None, 0, 10, options)
    for extra, message in (
        (["--task", TASK], "say --dataset ID"),
        (["--dataset", small.id, "--seed", "0", "--seed", "1"], "one seed at a time"),
        (["--dataset", small.id, "--publish"], "can be published"),
    ):
        command = [sys.executable, "-m", "gnomon", "baselines", "train", "rlpd", *extra]
        found = subprocess.run(command, capture_output=True, text=True)
        assert found.returncode == 2
        assert message in " ".join(found.stderr.split())


def test_every_hybrid_baseline_has_presets_with_a_source() -> None:
    for algorithm in ALGORITHMS.values():
        assert {"published", "small"} <= set(algorithm.presets)
        assert set(algorithm.tuning) >= {"published", "small"}
        assert all(algorithm.presets[preset].passes_per_step <= 4 for preset in ("small",))
        for preset, config in algorithm.presets.items():
            learners = [type(algorithm)(config).learner(6, 2, 8), type(algorithm)(config).offline_learner(6, 2, 8)]
            assert learners[0].networks == learners[1].networks, preset
            assert learners[0].targets == learners[1].targets
    assert sorted([*ALGORITHMS, "rlpd-without-data"]) == list_baselines("hybrid")


@pytest.mark.slow  # a minute or two: it is whether they learn
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("name", "passes", "least"),
    [("rlpd", 0, 30.0), ("rebrac-fine-tuning", 1000, 30.0), ("wsrl", 3000, 20.0), ("cal-ql-fine-tuning", 3000, 30.0)],
)
def test_they_learn_from_both(name: str, passes: int, least: float, small: Dataset, tmp_path: Path) -> None:
    """Neither 1,500 transitions of a noisy planner nor 2,500 steps are enough alone; random scores 0."""
    algorithm = type(ALGORITHMS[name])
    preset = algorithm.presets.get("small/maze", algorithm.presets["small"])
    algorithm.presets["short"] = replace(preset, offline_passes=passes)
    try:
        train_hybrid(name, small.id, None, 0, 2500, Options(tmp_path, preset="short", report=500))
    finally:
        del algorithm.presets["short"]
    points = [json.loads(line) for line in (tmp_path / "curve.jsonl").open()]
    assert max(point["score"] for point in points[-2:]) >= least
