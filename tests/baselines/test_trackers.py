"""Trackers get every point of the curve: read back from what TensorBoard itself wrote."""

import json
import sys
from pathlib import Path

import pytest

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.train import Options, train_offline
from gnomon.datasets.dataset import Dataset
from gnomon.errors import UsageError


def test_tensorboard_has_the_curve(small: Dataset, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train_offline("bc", small.id, [3], Budget(12, 16), Options(tmp_path, "small", report=4, trackers=["tensorboard"]))
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    points = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    found = {event.step: event.value for event in events.Scalars("loss")}
    assert [point["update"] for point in points] == list(found) == [4, 8, 12]
    assert list(found.values()) == pytest.approx([point["loss"] for point in points], rel=1e-6)
    (config,) = events.Tensors("config/text_summary")
    assert (
        json.loads(config.tensor_proto.string_val[0])["hidden"]
        == json.loads((tmp_path / "config.json").read_text())["config"]["hidden"]
    )


def test_a_tracker_that_is_not_installed_says_so(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(UsageError, match="wandb is not installed; install it with: pip install wandb"):
        train_offline("bc", small.id, [3], Budget(4, 16), Options(tmp_path, "small", trackers=["wandb"]))
