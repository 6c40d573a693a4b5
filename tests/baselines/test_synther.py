"""SynthER: the model is EDM's, samples are like the data, and what is written says what it is."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.engine.data import Packed
from gnomon.baselines.engine.diffusion import FREQUENCIES, denoised, denoising_error, levels, sampled
from gnomon.baselines.engine.learner import MLP
from gnomon.baselines.engine.networks import Network, initial, views
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.registry import BASELINES, kind_of, list_baselines
from gnomon.baselines.synthetic.synther import SynthER, SynthERConfig, as_episodes, normalised
from gnomon.baselines.train import Options
from gnomon.baselines.train_synthetic import synthetic_id, train_synthetic
from gnomon.datasets.cards.card import write_card
from gnomon.datasets.store import load_dataset
from gnomon.datasets.verify import rebuild
from gnomon.errors import DatasetError, UsageError
from gnomon.evaluation.protocol import PROTOCOLS
from gnomon.evaluation.run import algorithm_under_test

TINY = SynthERConfig(width=32, blocks=2, steps=8, samples=60, learning_rate=2e-3)


class Residual(nn.Module):
    """The network once more, with PyTorch's layers and the engine's first parameters."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        layers = []
        for weight, bias in network.layers:
            layers.append(nn.Linear(weight.shape[0], weight.shape[1]))
            layers[-1].load_state_dict({"weight": weight.T, "bias": bias})
        self.layers = nn.ModuleList(layers)

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = self.layers[0](inputs)
        for layer in self.layers[1:-1]:
            hidden = hidden + layer(hidden.relu())
        return self.layers[-1](hidden.relu())


def restated(network: nn.Module, noisy: Tensor, sigma: float) -> Tensor:
    """D of one row, from table 1 of the paper with σ_data 1."""
    code = np.log(sigma) / 4
    angles = [2 * np.pi * code * frequency for frequency in FREQUENCIES]
    features = torch.tensor([code, *np.sin(angles), *np.cos(angles)], dtype=torch.float32)
    inner = network(torch.cat([noisy / np.sqrt(1 + sigma**2), features]))
    return noisy / (1 + sigma**2) + sigma / np.sqrt(1 + sigma**2) * inner


@pytest.fixture
def network() -> Network:
    shape = SynthER(TINY).learner(5, 16).networks["denoiser"]
    assert isinstance(shape, MLP)
    return Network(shape, views(shape, initial(shape, [1], "x")[0]))


def test_the_loss_is_edms(network: Network) -> None:
    stream, plain = torch.Generator().manual_seed(0), Residual(network)
    rows, noise = torch.randn(20, 5, generator=stream), torch.randn(20, 5, generator=stream)
    levels_drawn = torch.randn(20, generator=stream)
    total = 0.0
    for row, drawn, number in zip(rows, noise, levels_drawn, strict=True):
        sigma = float(np.exp(-1.2 + 1.2 * float(number)))
        found = restated(plain, row + sigma * drawn, sigma)
        total += (sigma**2 + 1) / sigma**2 * float((found - row).square().mean().detach())
    assert denoising_error(network, rows, noise, levels_drawn).item() == pytest.approx(total / 20, rel=1e-4)


def test_levels_are_those_of_equation_5() -> None:
    found = levels(3)
    assert found == pytest.approx([80.0, ((80 ** (1 / 7) + 0.002 ** (1 / 7)) / 2) ** 7, 0.002, 0.0])


def test_a_sample_is_that_of_algorithm_2(network: Network) -> None:
    """One row, step by step; of four levels the middle two are raised by √2 − 1."""
    stream, plain = torch.Generator().manual_seed(3), Residual(network)
    noise = [torch.randn(1, 5, generator=stream) for _ in range(5)]
    found = sampled(network, noise)[0]
    sigmas = levels(4)
    x = 80.0 * noise[0][0]
    for step in range(4):
        sigma, following = sigmas[step], sigmas[step + 1]
        gamma = np.sqrt(2) - 1 if 0.05 <= sigma <= 50 else 0.0
        raised = sigma * (1 + gamma)
        x = x + np.sqrt(raised**2 - sigma**2) * 1.003 * noise[step + 1][0]
        slope = (x - restated(plain, x, raised)) / raised
        moved = x + (following - raised) * slope
        if following > 0:
            other = (moved - restated(plain, moved, following)) / following
            moved = x + (following - raised) * (slope + other) / 2
        x = moved
    assert found.tolist() == pytest.approx(x.detach().tolist(), abs=1e-4)
    assert [0.05 <= sigma <= 50 for sigma in sigmas] == [False, True, True, False, False]


def test_without_noise_nothing_is_taken_away(network: Network) -> None:
    rows = torch.randn(7, 5)
    assert torch.allclose(denoised(network, rows, torch.full((7,), 1e-5)), rows, atol=1e-3)


def line(count: int) -> Packed:
    """Points on a line in two columns, a constant one, a reward that is their sum, and an end where it is positive."""
    stream = np.random.default_rng(0)
    position = stream.uniform(-1, 1, count)
    rows = np.stack([10 * position, -position, 3 + 0 * position, 9 * position, position > 0], 1).astype(np.float32)
    places: dict[str, slice | int] = {"observations": slice(0, 1), "actions": slice(1, 2)}
    places |= {"next_observations": slice(2, 3), "rewards": 3, "terminated": 4}
    empty = np.zeros(1, np.float32), np.ones(1, np.float32)
    return Packed(torch.from_numpy(rows), places, empty, (np.full(1, -2, np.float32), np.full(1, 2, np.float32)))


def test_samples_have_the_distribution_of_the_data() -> None:
    """Columns depend on each other as in the data."""
    data = line(1000)
    config = SynthERConfig(width=64, blocks=2, steps=24, samples=600, learning_rate=3e-3, target_rate=0.1)
    algorithm = SynthER(config)
    trainer = algorithm.trainer(data, 0, Budget(800, 128))
    trainer.advance(800)
    found = algorithm.columns(trainer, data, 0)
    before, after = found["observations"].reshape(600, 2).T
    position = before / 10
    assert (after == 3).all()
    assert np.abs(found["actions"][:, 0] + 2 * position).mean() < 0.15  # of a box from −2 to 2
    assert np.abs(found["rewards"] - 9 * position).mean() < 0.7
    assert (found["terminated"] == (position > 0)).mean() > 0.95
    assert np.quantile(position, [0.25, 0.5, 0.75]) == pytest.approx([-0.5, 0, 0.5], abs=0.15)
    assert (np.abs(before) <= 10).all()


def test_a_seed_learns_the_same_stacked_and_resumed(network: Network) -> None:
    rows, _ = normalised(line(200))
    learner = SynthER(TINY).learner(5, 16)
    ways = [Trainer(learner, rows, [4, 5], [TINY] * 2, 16, 40, stacked=stacked) for stacked in (False, True)]
    for way in ways:
        way.advance(25)
    resumed = Trainer(learner, rows, [5], [TINY], 16, 40)
    resumed.advance(11)
    again = Trainer(learner, rows, [5], [TINY], 16, 40)
    again.state.restore(11, {name: tensor.clone() for name, tensor in resumed.state.tensors.items()})
    again.advance(14)
    for name, tensor in ways[0].state.tensors.items():
        assert torch.equal(tensor[1], again.state.tensors[name][0]), name
        assert torch.allclose(tensor, ways[1].state.tensors[name], atol=1e-3), name
    assert not torch.equal(again.state.tensors["denoiser"], again.state.tensors["denoiser_target"])


def test_transitions_become_episodes_of_one_step() -> None:
    as_float = lambda *numbers: np.array(numbers, np.float32)  # noqa: E731
    found = {
        "observations": as_float([1], [2]),
        "actions": as_float([-1], [0.5]),
        "rewards": as_float(5, 6),
        "next_observations": as_float([3], [4]),
        "terminated": as_float(0.4, 0.6),
    }
    columns = as_episodes(found, SimpleNamespace(low=as_float(0), high=as_float(4)))  # pyright: ignore[reportArgumentType]
    assert columns["observations"].tolist() == [[1], [3], [2], [4]]
    assert columns["actions"].tolist() == [[0], [3]]
    assert columns["terminated"].tolist() == [False, True]
    assert columns["truncated"].tolist() == [True, False]
    assert columns["offsets"].tolist() == [0, 1, 2]
    assert columns["seeds"].tolist() == [-1, -1]


def test_what_is_written_says_that_it_is_synthetic_and_of_which_parent(
    own_small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SynthER, "presets", {"tiny": TINY})
    parent = load_dataset("maze/umaze/planner-test-v1")
    options, budget = Options(tmp_path / "training", preset="tiny", report=10), Budget(20, 32)
    made = train_synthetic("synther", parent.id, 3, budget, options)
    manifest = made.manifest
    assert made.id == synthetic_id(parent.id, "synther", "tiny", 3) == "maze/umaze/planner-test-synther-tiny-3-v1"
    assert (manifest.origin, manifest.episodes, manifest.transitions) == ("synthetic", 60, 60)
    assert manifest.recipe["parent"]["content_hash"] == parent.manifest.content_hash
    assert manifest.recipe["summary"].startswith("Synthetic: drawn from a model")
    assert "success" not in manifest.statistics
    made.verify()
    real, data = parent.transitions(), made.transitions()
    for name in ("observations", "actions", "rewards", "next_observations"):
        column, known = getattr(data, name), getattr(real, name)
        assert ((column >= known.min(0) - 1e-5) & (column <= known.max(0) + 1e-5)).all(), name
    write_card(made)
    assert "synthetic" in (made.path / "README.md").read_text().lower()
    points = [json.loads(line)["update"] for line in (tmp_path / "training" / "curve.jsonl").open()]
    assert points == [10, 20]
    again = train_synthetic("synther", parent.id, 3, budget, replace(options, resume=True))
    assert again.manifest.content_hash == manifest.content_hash
    with pytest.raises(DatasetError, match="drawn from a trained model"):
        rebuild(made)


def test_it_is_no_algorithm_that_gives_a_policy(small: object) -> None:
    assert list_baselines("synthetic") == ["synther"]
    assert kind_of("synther") == "synthetic"
    assert {"published", "small"} == set(BASELINES["synther"].presets) == set(SynthER.tuning)
    with pytest.raises(UsageError, match="bc is an offline baseline"):
        train_synthetic("bc", "maze/umaze/planner-test-v1", 0, Budget(1, 1), Options(Path()))
    command = [sys.executable, "-m", "gnomon", "baselines", "train", "synther", "--task", "maze/umaze-v1"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert "synther is a synthetic baseline; say --dataset ID" in " ".join(found.stderr.split())
    with pytest.raises(UsageError, match="train it with: gnomon baselines train synther --dataset ID"):
        algorithm_under_test("synther", PROTOCOLS["smoke"], "maze")


def test_constant_columns_and_endings_keep_their_size() -> None:
    rows, (mean, scale) = normalised(line(100))
    assert scale[[2, 4]].tolist() == [1, 1]
    assert mean[4] == 0
    assert rows.rows[:, [0, 1, 3]].std(0, correction=0).tolist() == pytest.approx([1] * 3, abs=1e-5)
