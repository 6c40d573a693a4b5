"""Hashes that full-size builds had: kept, compared, and never held against another platform."""

import json
from pathlib import Path

import pytest

from gnomon.datasets import recorded
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.transforms import derive
from gnomon.errors import DatasetError


@pytest.fixture
def recorded_small(small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    recorded.record([small], tmp_path / "hashes.json")
    entries = json.loads((tmp_path / "hashes.json").read_text())
    monkeypatch.setattr(recorded, "all_recorded", lambda: entries)
    return entries[small.id]


def test_a_build_with_the_same_bytes(small: Dataset, recorded_small: dict) -> None:
    assert recorded_small["episodes"] == small.manifest.episodes
    assert recorded.comparison(small.manifest).startswith("the same bytes as the build recorded on 20")


def test_other_bytes_name_what_is_different(small: Dataset, recorded_small: dict) -> None:
    recorded_small |= {"content_hash": "0" * 64}
    assert recorded.comparison(small.manifest).endswith("different here: nothing that was recorded")
    recorded_small["versions"]["mujoco"] = "2.1"
    found = recorded.comparison(small.manifest)
    assert found.endswith(f"different here: mujoco {small.manifest.versions['mujoco']} instead of 2.1")


def test_another_recipe_is_not_compared(small: Dataset, recorded_small: dict) -> None:
    recorded_small |= {"recipe_hash": "0" * 64}
    assert recorded.comparison(small.manifest) == ""


def test_what_was_recorded_before_stays(small: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "hashes.json"
    file.write_text('{"zz/zz-v1": {}, "aa/aa-v1": {}}')
    recorded.record([small], file)
    assert list(json.loads(file.read_text())) == ["aa/aa-v1", small.id, "zz/zz-v1"]


def test_only_builds_are_recorded(own_small: Path, tmp_path: Path) -> None:
    from gnomon.datasets.store import load_dataset

    half = derive(load_dataset("maze/umaze/planner-test-v1"), "size", 50)
    with pytest.raises(DatasetError, match="is derived; hashes are recorded of built datasets"):
        recorded.record([half], tmp_path / "hashes.json")


def test_every_recorded_hash_is_one_of_a_recipe_of_today() -> None:
    for id, entry in recorded.all_recorded().items():
        assert RECIPES[id].hash == entry["recipe_hash"], id
