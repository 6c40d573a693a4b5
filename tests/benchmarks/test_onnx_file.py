"""ONNX policies: the same actions in another runtime."""

from pathlib import Path

import numpy as np
import pytest

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.offline.bc import BC, BCConfig
from gnomon.benchmarks.onnx_file import save_onnx
from gnomon.datasets.dataset import Dataset


def test_the_model_gives_the_actions_of_the_policy(small: Dataset, tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime", reason="needs gnomon[verify]")
    (policy,) = BC(BCConfig((32, 32), 1e-3)).train(small, [0], Budget(50, 32), lambda *_: None)
    save_onnx(policy, tmp_path / "policy.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "policy.onnx")
    observations = small.transitions().observations[:300]
    (actions,) = session.run(None, {"observations": observations})
    assert actions.dtype == np.float32
    assert np.abs(actions - policy.act(observations, np.zeros(300, bool))).max() < 1e-5


def test_the_file_is_the_same_bytes_again(small: Dataset, tmp_path: Path) -> None:
    (policy,) = BC(BCConfig((32, 32), 1e-3)).train(small, [0], Budget(2, 32), lambda *_: None)
    for name in ("one", "two"):
        save_onnx(policy, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
