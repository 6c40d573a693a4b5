"""Precisions that are asked for and recorded, and never chosen. On the processor bfloat16 takes the same code path."""

import json
from pathlib import Path

import pytest
import torch

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.engine.precision import check_precision, computing_in
from gnomon.baselines.offline.td3_bc import TD3BC, TD3BCConfig
from gnomon.baselines.train import Options, train_offline
from gnomon.datasets.dataset import Dataset
from gnomon.errors import UsageError


@pytest.mark.parametrize("stacked", [False, True], ids=["one by one", "stacked"])
def test_bfloat16_rounds_the_products_and_nothing_else(stacked: bool, small: Dataset) -> None:
    """Its factors keep 8 bits: after ten steps of Adam the parameters have moved as far, not to the same place."""
    found = {}
    for name in ("float32", "bfloat16"):
        trainer = TD3BC(TD3BCConfig((32, 32))).trainer(small, [3], Budget(50, 32), by_hand=False, stacked=stacked)
        begin = trainer.state.tensors["critics"].clone()
        with computing_in(name, "cpu"):
            trainer.advance(10)
        assert {tensor.dtype for tensor in trainer.state.tensors.values()} == {torch.float32}
        found[name] = trainer.state.tensors["critics"] - begin
    apart = (found["bfloat16"] - found["float32"]).norm() / found["float32"].norm()
    assert 1e-4 < apart < 0.5


def test_the_setting_ends_with_the_block() -> None:
    before = torch.backends.cuda.matmul.fp32_precision
    with computing_in("tf32", "cpu"):
        assert torch.backends.cuda.matmul.fp32_precision == "tf32"
    assert torch.backends.cuda.matmul.fp32_precision == before


def test_a_precision_without_a_device_for_it_is_refused() -> None:
    with pytest.raises(UsageError, match="The precision tf32 is for CUDA devices; on cpu leave it at float32"):
        check_precision("tf32", "cpu")
    with pytest.raises(UsageError, match="no precision 'half': it is one of float32, tf32, bfloat16"):
        check_precision("half", "cuda")


def test_it_is_refused_before_anything_is_written_and_recorded_otherwise(small: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="for CUDA devices"):
        train_offline("bc", small.id, [0], Budget(5, 16), Options(tmp_path / "none", precision="bfloat16"))
    assert not (tmp_path / "none").exists()
    train_offline("bc", small.id, [0], Budget(5, 16), Options(tmp_path / "bc", "small"))
    assert json.loads((tmp_path / "bc" / "config.json").read_text())["precision"] == "float32"
