"""Policy files: what is saved is what is loaded, and nothing else is."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gnomon.benchmarks.policy_file import NetworkPolicy, load_policy_file, save_policy
from gnomon.errors import GnomonError


@pytest.fixture
def policy() -> NetworkPolicy:
    stream = np.random.default_rng(0)
    draw = lambda *shape: stream.normal(size=shape).astype(np.float32)  # noqa: E731
    box = np.array([-1, -2], np.float32), np.array([1, 4], np.float32)
    return NetworkPolicy(draw(3), np.exp(draw(3)), (draw(3, 8), draw(8, 2)), (draw(8), draw(2)), *box)


def test_actions_are_those_of_the_same_network_in_torch(policy: NetworkPolicy) -> None:
    observations = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    layers = [torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2), torch.nn.Tanh()]
    for layer, weight, bias in zip(layers[::2], policy.weights, policy.biases, strict=True):
        layer.load_state_dict({"weight": torch.tensor(weight.T), "bias": torch.tensor(bias)})
    squashed = torch.nn.Sequential(*layers)(torch.tensor((observations - policy.mean) / policy.scale))
    expected = np.array([0, 1]) + squashed.detach().numpy() * np.array([1, 3])
    assert np.allclose(policy.act(observations, np.zeros(5, bool)), expected, atol=1e-6)


def test_a_round_trip_keeps_every_bit(policy: NetworkPolicy, tmp_path: Path) -> None:
    save_policy(policy, tmp_path / "policy.safetensors")
    loaded = load_policy_file(tmp_path / "policy.safetensors")
    observations = np.ones((4, 3), np.float32)
    assert np.array_equal(loaded.act(observations, np.zeros(4, bool)), policy.act(observations, np.zeros(4, bool)))


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_another_file_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "policy.safetensors").write_bytes(content)
    with pytest.raises(GnomonError, match=r"is not a file of the format|cannot be read"):
        load_policy_file(tmp_path / "policy.safetensors")
