"""Differences of two datasets."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from gnomon.datasets import columns
from gnomon.datasets.build import build_dataset
from gnomon.datasets.cli import datasets as commands
from gnomon.datasets.compare import differences
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.store import load_dataset
from gnomon.datasets.transforms import derive

SMALL = "maze/umaze/planner-test-v1"


def test_a_dataset_does_not_differ_from_itself(small: Dataset) -> None:
    assert differences(small, small) == []


def test_two_recipes_differ_in_their_options_and_their_data(small: Dataset, home, monkeypatch) -> None:
    monkeypatch.setenv("GNOMON_HOME", str(home))
    found = {entry.what: entry for entry in differences(small, build_dataset("maze/umaze/calm-test-v1", workers=1))}
    assert (found["recipe options"].first, found["recipe options"].second) == ("{'noise': 0.5}", "{'noise': 0.0}")
    assert any(what.startswith("column") for what in found)


def test_the_first_other_row_is_named(own_small: Path, small: Dataset) -> None:
    data = {name: np.array(column) for name, column in small.columns.items()}
    data["rewards"][[7, 9]] += 1
    columns.save(data, own_small / "columns")
    (entry,) = differences(small, Dataset(own_small, small.manifest))
    assert entry.what == "column rewards, 2 rows, the first is row 7"
    assert float(entry.second) == float(entry.first) + 1


def test_missing_actions_are_equal_to_missing_actions(own_small: Path) -> None:
    bare = derive(load_dataset(SMALL), "action-free", 50)
    assert differences(bare, bare) == []


@pytest.mark.parametrize(("other", "exit_code", "said"), [(SMALL, 0, "the same"), ("size-50", 1, "column seeds")])
def test_the_command_tells_by_its_exit_code(other: str, exit_code: int, said: str, own_small: Path) -> None:
    half = derive(load_dataset(SMALL), "size", 50)
    result = CliRunner().invoke(commands, ["diff", SMALL, half.id if other == "size-50" else other])
    assert result.exit_code == exit_code
    assert said in result.output
