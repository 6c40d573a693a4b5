"""The engine: the same numbers stacked, resumed and after a kill; streams; isolation of a seed that diverges."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.curves import Curve, tracker_of
from gnomon.baselines.engine import matmul, streams
from gnomon.baselines.engine.checkpoint import load_checkpoint, save_checkpoint
from gnomon.baselines.engine.learner import MLP
from gnomon.baselines.engine.networks import Network, initial, views
from gnomon.baselines.offline.bc import BC, BCConfig
from gnomon.baselines.offline.iql import IQL, IQLConfig
from gnomon.baselines.offline.rebrac import ReBRAC, ReBRACConfig
from gnomon.baselines.offline.td3_bc import TD3BC, TD3BCConfig
from gnomon.baselines.train import Options, _policies, train_offline
from gnomon.datasets.dataset import Dataset
from gnomon.errors import AlgorithmError, UsageError

HIDDEN = (16, 16)
ALGORITHMS = [
    BC(BCConfig(HIDDEN, 1e-3)),
    TD3BC(TD3BCConfig(HIDDEN, 1e-3)),
    IQL(IQLConfig(HIDDEN, 1e-3)),
    ReBRAC(ReBRACConfig(HIDDEN)),
]
BUDGET = Budget(60, 32)
names = [algorithm.name for algorithm in ALGORITHMS]


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=names)
def test_all_seeds_at_once_are_the_seeds_one_by_one(algorithm, small: Dataset) -> None:
    together = algorithm.trainer(small, [3, 5], BUDGET, stacked=True)
    one_by_one = algorithm.trainer(small, [3, 5], BUDGET, by_hand=False)
    for trainer in (together, one_by_one):
        trainer.advance(7)
        trainer.advance(5)
    for name, tensor in one_by_one.state.tensors.items():
        assert torch.allclose(tensor, together.state.tensors[name], atol=5e-5), name
    assert together.latest() == {name: pytest.approx(v, rel=1e-3) for name, v in one_by_one.latest().items()}


@pytest.mark.parametrize("stacked", [False, True], ids=["one by one", "stacked"])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=names)
def test_a_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped(
    algorithm, stacked: bool, small: Dataset, tmp_path: Path
) -> None:
    straight = algorithm.trainer(small, [0, 1], BUDGET, stacked=stacked)
    straight.advance(40)
    begun = algorithm.trainer(small, [0, 1], BUDGET, stacked=stacked)
    begun.advance(21)
    save_checkpoint(begun.state, {"algorithm": algorithm.name}, tmp_path / "checkpoint", {"note": 1})
    resumed = algorithm.trainer(small, [0, 1], BUDGET, stacked=stacked)
    assert load_checkpoint(resumed.state, {"algorithm": algorithm.name}, tmp_path / "checkpoint") == {"note": 1}
    resumed.advance(19)
    for name, tensor in straight.state.tensors.items():
        assert torch.equal(tensor, resumed.state.tensors[name]), name


def test_a_checkpoint_of_something_else_is_refused_and_changes_nothing(small: Dataset, tmp_path: Path) -> None:
    trainer = ALGORITHMS[0].trainer(small, [0], BUDGET)
    path = tmp_path / "checkpoint"
    save_checkpoint(trainer.state, {"algorithm": "bc", "dataset": "a"}, path)
    with pytest.raises(UsageError, match='another dataset \\("a", not "b"\\)'):
        load_checkpoint(trainer.state, {"algorithm": "bc", "dataset": "b"}, path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UsageError, match="no checkpoint to go on from"):
        load_checkpoint(trainer.state, {"algorithm": "bc", "dataset": "a"}, path)


def test_a_sweep_is_a_stack_and_each_member_is_what_it_is_alone(small: Dataset) -> None:
    configs = [TD3BCConfig(HIDDEN, rate, alpha=alpha) for rate, alpha in ((1e-3, 2.5), (3e-4, 1.0))]
    for stacked, tolerance in ((False, 0.0), (True, 5e-5)):
        sweep = TD3BC(configs[0]).trainer(small, [0, 0], BUDGET, configs=configs, stacked=stacked)
        sweep.advance(12)
        for position, config in enumerate(configs):
            alone = TD3BC(config).trainer(small, [0], BUDGET)
            alone.advance(12)
            found = sweep.state.tensors["actor"][position]
            assert torch.allclose(found, alone.state.tensors["actor"][0], atol=tolerance, rtol=0)


@pytest.mark.parametrize("stacked", [False, True], ids=["one by one", "stacked"])
def test_a_seed_that_diverges_does_not_touch_another(stacked: bool, small: Dataset) -> None:
    wild = replace(TD3BCConfig(HIDDEN), learning_rate=float("inf"))
    trainer = TD3BC(TD3BCConfig(HIDDEN)).trainer(
        small, [0, 1], BUDGET, configs=[wild, TD3BCConfig(HIDDEN)], stacked=stacked
    )
    trainer.advance(10)
    assert trainer.state.diverged(trainer.learner) == [True, False]
    alone = TD3BC(TD3BCConfig(HIDDEN)).trainer(small, [1], BUDGET)
    alone.advance(10)
    assert torch.allclose(trainer.state.tensors["actor"][1], alone.state.tensors["actor"][0], atol=5e-5)


def test_rows_are_the_same_whatever_is_drawn_together() -> None:
    keys = streams.keys_of([0, 1, 2], "rows")
    everything = streams.integers(keys, torch.arange(1, 9), 5, 1000)
    alone = streams.integers(keys[1:2], torch.arange(4, 6), 5, 1000)
    assert torch.equal(everything[3:5, 1:2], alone)
    normal = streams.normals(keys, torch.arange(1, 9), 30)
    assert torch.equal(normal[3:5, 1:2], streams.normals(keys[1:2], torch.arange(4, 6), 30))


def test_the_numbers_of_a_stream_are_splitmix64s() -> None:
    """Worked out in Python's integers, from the published constants."""

    def mixed(z: int) -> int:
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        return z ^ z >> 31

    key, number, position = streams.key_of(7, "rows"), 12, 3
    state = mixed((key + number * 0x9E3779B97F4A7C15) % 2**64)
    bits = mixed((state + (position + 1) * 0x9E3779B97F4A7C15) % 2**64)
    drawn = streams.integers(torch.tensor([key]), torch.tensor([number]), 5, 1000)
    assert int(drawn[0, 0, position]) == (bits >> 32) * 1000 >> 32


@given(st.integers(0, 2**40), st.integers(1, 10**6))
def test_integers_are_in_range(number: int, high: int) -> None:
    drawn = streams.integers(streams.keys_of([0], "rows"), torch.tensor([number]), 64, high)
    assert int(drawn.min()) >= 0
    assert int(drawn.max()) < high


def test_streams_are_uniform_normal_and_independent() -> None:
    keys, numbers = streams.keys_of([0, 1], "noise"), torch.arange(1, 501)
    uniform = streams.uniforms(keys, numbers, 128).numpy()
    normal = streams.normals(keys, numbers, 128).numpy()
    assert stats.kstest(uniform.ravel(), "uniform").pvalue > 1e-3
    assert stats.kstest(normal.ravel(), "norm").pvalue > 1e-3
    for left, right in ((normal[:, 0], normal[:, 1]), (normal[1:], normal[:-1]), (normal[..., 1:], normal[..., :-1])):
        assert abs(np.corrcoef(left.ravel(), right.ravel())[0, 1]) < 0.02


def test_layers_begin_as_pytorchs_do() -> None:
    shape = MLP((50, 40, 3), last=1e-3, bias=0.1, free=2, free_value=-1.0)
    network = Network(shape, views(shape, initial(shape, [0], "x")[0]))
    (weight, bias), (last_weight, last_bias) = network.layers
    assert 0.95 / 50**0.5 < weight.abs().max() <= 1 / 50**0.5
    assert abs(float(weight.mean())) < 0.01
    assert bias.eq(0.1).all()
    assert last_weight.abs().max() <= 1e-3
    assert last_bias.abs().max() <= 1e-3
    assert network.free.tolist() == [-1.0, -1.0]


def test_the_back_end_is_exact_and_left_as_it_was() -> None:
    switch = torch.backends.mkldnn.matmul  # pyright: ignore[reportAttributeAccessIssue]
    before = switch.fp32_precision
    assert matmul.relative_error(matmul.best_backend()) < matmul.LARGEST_ERROR
    assert matmul.best_backend() in matmul.BACKENDS
    assert switch.fp32_precision == before


def test_a_training_that_is_killed_goes_on_to_the_same_bytes(small: Dataset, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "gnomon",
        "baselines",
        "train",
        "td3-bc",
        "--dataset",
        small.id,
        "--preset",
        "small",
    ]
    options = ["--updates", "4000", "--batch-size", "32", "--report", "500", "--no-progress"]
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    subprocess.run([*command, *options, "--output", str(straight)], check=True)
    begun = subprocess.Popen([*command, *options, "--output", str(killed)], start_new_session=True)
    deadline = time.monotonic() + 60
    while not (killed / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(begun.pid, signal.SIGKILL)
    begun.wait()
    assert len((killed / "curve.jsonl").read_text().splitlines()) < 8
    subprocess.run([*command, *options, "--output", str(killed), "--resume"], check=True)
    for name in ("checkpoint.safetensors", "policy-0.safetensors"):
        assert (straight / name).read_bytes() == (killed / name).read_bytes()
    curves = [[json.loads(line) for line in (folder / "curve.jsonl").open()] for folder in (straight, killed)]
    assert [[point["update"] for point in curve] for curve in curves] == [list(range(500, 4001, 500))] * 2


def test_a_sweep_that_does_not_share_its_data_is_refused(small: Dataset) -> None:
    configs = [TD3BCConfig(HIDDEN), TD3BCConfig(HIDDEN, reward_shift=-1.0)]
    with pytest.raises(UsageError, match="must have the same reward_shift"):
        TD3BC(configs[0]).trainer(small, [0, 1], BUDGET, configs=configs)
    with pytest.raises(UsageError, match="one configuration a seed"):
        TD3BC(configs[0]).trainer(small, [0, 1, 2], BUDGET, configs=configs)


def test_a_training_that_diverges_says_which_seed_and_keeps_the_others(small: Dataset, tmp_path: Path) -> None:
    wild = replace(TD3BCConfig(HIDDEN), learning_rate=float("inf"))
    algorithm = TD3BC(TD3BCConfig(HIDDEN))
    trainer = algorithm.trainer(small, [4, 7], BUDGET, configs=[wild, TD3BCConfig(HIDDEN)])
    trainer.advance(5)
    with pytest.raises(AlgorithmError, match="seed 4 are not finite"):
        _policies(algorithm, trainer, [4, 7], Options(tmp_path).output)
    assert [path.name for path in tmp_path.iterdir()] == ["policy-7.safetensors"]


def test_points_that_are_not_finite_are_null_in_the_curve(tmp_path: Path) -> None:
    curve = Curve(tmp_path, "update")
    curve.add(1, {"loss": float("nan")})
    curve.add(2, {"loss": 0.5})
    curve.path.write_text(curve.path.read_text() + '{"update": 3, "lo')
    assert list(curve) == [{"update": 1, "loss": None}, {"update": 2, "loss": 0.5}]
    curve.keep_until(1)
    assert list(curve) == [{"update": 1, "loss": None}]


def test_a_tracker_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are tensorboard"):
        tracker_of("tensorbord", tmp_path, {})


def test_a_training_that_goes_on_keeps_its_library_of_matrix_products(small: Dataset, tmp_path: Path) -> None:
    options = Options(tmp_path, preset="small", report=5)
    train_offline("bc", small.id, [0], Budget(5, 16), options)
    config = json.loads((tmp_path / "config.json").read_text())
    other = {"mkl": "onednn", "onednn": "mkl"}[config["matmul"]]
    (tmp_path / "config.json").write_text(json.dumps(config | {"matmul": other}))
    with pytest.raises(UsageError, match=f'another matmul \\("{config["matmul"]}", not "{other}"\\)'):
        train_offline("bc", small.id, [0], Budget(5, 16), replace(options, resume=True))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=names)
def test_a_captured_graph_makes_the_numbers_of_the_processor(algorithm, small: Dataset) -> None:
    captured = algorithm.trainer(small, [3, 5], BUDGET, device="cuda")
    plain = algorithm.trainer(small, [3, 5], BUDGET, by_hand=False)
    for count in (4, 7, 5):
        captured.advance(count)
        plain.advance(count)
    for name, tensor in plain.state.tensors.items():
        assert torch.allclose(tensor, captured.state.tensors[name].cpu(), atol=1e-4), name
    assert captured.latest() == {name: pytest.approx(v, rel=1e-2) for name, v in plain.latest().items()}
