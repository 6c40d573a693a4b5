"""Fixed-point policies: the same bytes in every batch, with every thread count and every order of addition."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.contracts import StochasticPolicy
from gnomon.benchmarks.fixed_point import (
    FixedPointPolicy,
    Head,
    exponential,
    fixed_point,
    load_fixed_point,
    save_fixed_point,
    tanh,
)
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.errors import GnomonError


def policy_of(head: Head = "tanh", hidden: int = 256, size: int = 6, factor: float = 1.0) -> FixedPointPolicy:
    """A random network of the size that behaviour policies have; weights are so many times as large."""
    stream = np.random.default_rng(0)
    sizes = [17, hidden, hidden, {"tanh": size, "normal": 2 * size, "argmax": size}[head]]
    layers = [
        (stream.normal(0, factor * a**-0.5, (a, b)).astype(np.float32), stream.normal(0, 0.1, b).astype(np.float32))
        for a, b in pairwise(sizes)
    ]
    return fixed_point(layers, np.full(size, -1, np.float32), np.full(size, 1, np.float32), head)


def observations_of(count: int) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 3, (count, 17)).astype(np.float32)


@pytest.mark.parametrize("batch", [1, 2, 7, 64, 1000])
def test_actions_do_not_depend_on_the_batch(batch: int) -> None:
    policy, observations = policy_of(), observations_of(1000)
    everything = policy.act(observations, np.zeros(1000, bool))
    parts = [policy.act(observations[i : i + batch], np.zeros(batch, bool)) for i in range(0, 1000, batch)]
    assert np.array_equal(np.concatenate(parts), everything)


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("kernel", ["Haswell", "SkylakeX", "Prescott"])
def test_actions_do_not_depend_on_threads_or_the_kernel_of_the_blas(threads: str, kernel: str) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_fixed_point as t, numpy as np, hashlib;"
        "actions = t.policy_of().act(t.observations_of(500), np.zeros(500, bool));"
        "print(hashlib.sha256(actions.tobytes()).hexdigest())"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "OPENBLAS_CORETYPE": kernel}
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    here = policy_of().act(observations_of(500), np.zeros(500, bool))
    assert found.stdout.strip() == hashlib.sha256(here.tobytes()).hexdigest()


@pytest.mark.parametrize(("factor", "doublings"), [(1, ()), (40, (2, 3, 3))])
def test_actions_are_those_of_whole_number_arithmetic(factor: float, doublings: tuple[int, ...]) -> None:
    """The same network in Python's integers: 2⁻¹⁶ for activations, 2⁻²⁸ for sums."""
    policy = policy_of(hidden=8, factor=factor)
    assert policy.doublings == doublings
    observation = observations_of(1)[0]
    hidden, sums = [round(float(value) * 2**16) for value in observation], []
    for number, (weight, bias) in enumerate(zip(policy.weights, policy.biases, strict=True)):
        shift = doublings[number] if doublings else 0
        sums = [
            sum(hidden[i] * (int(weight[i, j]) << shift) for i in range(len(hidden))) + int(bias[j]) * 2**12
            for j in range(weight.shape[1])
        ]
        if number < len(policy.weights) - 1:
            hidden = [max(0, round_half_even(value, 2**12)) for value in sums]
    outputs = policy.outputs(observation[None])[0]
    assert [value * 2.0**-28 for value in sums] == outputs.tolist()


def round_half_even(value: int, unit: int) -> int:
    whole, rest = divmod(value, unit)
    return whole + (rest * 2 > unit or (rest * 2 == unit and whole % 2 == 1))


def test_rounding_moves_the_actions_little() -> None:
    stream = np.random.default_rng(0)
    sizes = [17, 256, 256, 6]
    layers = [
        (stream.normal(0, a**-0.5, (a, b)).astype(np.float32), np.zeros(b, np.float32)) for a, b in pairwise(sizes)
    ]
    rounded = fixed_point(layers, np.full(6, -1, np.float32), np.full(6, 1, np.float32), "tanh")
    hidden = observations_of(200).astype(np.float64)
    for weight, bias in layers[:-1]:
        hidden = np.maximum(hidden @ weight + bias, 0)
    exact = np.tanh(hidden @ layers[-1][0] + layers[-1][1])
    assert np.abs(rounded.act(observations_of(200), np.zeros(200, bool)) - exact).max() < 2e-2


@given(st.floats(-700, 700))
def test_the_exponential_is_the_exponential(value: float) -> None:
    assert exponential(np.array([value]))[0] == pytest.approx(np.exp(value), rel=2e-15)


@given(st.floats(-1e6, 1e6))
def test_the_tanh_is_the_tanh(value: float) -> None:
    assert tanh(np.array([value]))[0] == pytest.approx(np.tanh(value), abs=1e-15)
    assert tanh(np.array([-value]))[0] == -tanh(np.array([value]))[0]


def test_a_stochastic_policy_draws_from_the_stream_of_its_episode() -> None:
    stochastic = replace(policy_of("normal"), stochastic=True)
    assert isinstance(stochastic, StochasticPolicy)
    observations, reset = observations_of(3), np.ones(3, bool)
    stochastic.start_episodes([0, 1, 2], [11, 12, 13])
    first = stochastic.act(observations, reset)
    stochastic.start_episodes([2], [12])
    stochastic.start_episodes([1], [12])
    again = stochastic.act(observations[[0, 1, 1]], reset)
    assert np.array_equal(again[1], again[2])
    assert np.array_equal(again[1], first[1])
    assert not np.array_equal(first, policy_of("normal").act(observations, reset))


@pytest.mark.parametrize("factor", [1, 30])
@pytest.mark.parametrize("head", ["tanh", "normal", "argmax"])
def test_a_file_gives_the_policy_again(head: Head, factor: float, tmp_path: Path) -> None:
    policy = policy_of(head, factor=factor)
    save_fixed_point(policy, tmp_path / "policy.safetensors", "About it.")
    loaded = load_fixed_point(tmp_path / "policy.safetensors")
    actions = [one.act(observations_of(5), np.ones(5, bool)) for one in (policy, loaded)]
    assert np.array_equal(actions[0], actions[1])
    assert loaded.head == head
    assert (tmp_path / "policy.safetensors").stat().st_size < 150_000


@pytest.mark.parametrize("bad", [np.nan, 2048.1, -np.inf])
def test_a_weight_that_does_not_fit_is_refused(bad: float) -> None:
    layers = [(np.full((3, 2), bad, np.float32), np.zeros(2, np.float32))]
    with pytest.raises(GnomonError, match="does not fit the fixed-point form"):
        fixed_point(layers, -np.ones(2, np.float32), np.ones(2, np.float32), "tanh")


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"hello")
    with pytest.raises(GnomonError, match="cannot be read"):
        load_fixed_point(tmp_path / "x")


def test_episodes_do_not_depend_on_the_number_of_lanes() -> None:
    """What no float32 network promises."""
    stream = np.random.default_rng(0)
    layers = [
        (stream.normal(0, 0.4, size).astype(np.float32), np.zeros(size[1], np.float32)) for size in ((6, 64), (64, 2))
    ]
    policy = fixed_point(layers, -np.ones(2, np.float32), np.ones(2, np.float32), "tanh")
    task = TASKS["maze/umaze-v1"]
    few, many = rollout(task, policy, range(6), lanes=2), rollout(task, policy, range(6), lanes=5)
    for one, other in zip(few, many, strict=True):
        assert np.array_equal(one.observations, other.observations)
