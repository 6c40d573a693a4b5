"""Replay and rebuild: silent on a true dataset, and pointing at the place in one that was changed."""

from pathlib import Path

import numpy as np
import pytest

from gnomon.datasets import columns
from gnomon.datasets.build import _shards_folder, build_dataset
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.store import load_dataset
from gnomon.datasets.verify import rebuild, replay
from gnomon.errors import DatasetError

SMALL = "maze/umaze/planner-test-v1"


def test_a_true_dataset_replays_and_rebuilds(small: Dataset) -> None:
    assert replay(small, 5) == []
    rebuild(small, workers=1)


def test_more_episodes_than_there_are_is_all_of_them(small: Dataset) -> None:
    assert replay(small, 10_000) == []


@pytest.mark.parametrize(
    ("column", "row", "sentence"),
    [
        ("rewards", 3, "Replayed rewards differ from the stored ones from step 3 on, by up to 1"),
        ("observations", 4, "Replayed observations differ from the stored ones from step 4 on"),
        ("success", 2, "Replayed success flags differ"),
        ("truncated", -1, "Replayed ending differ"),
        ("actions", 5, "Replayed observations differ from the stored ones from step 6 on"),
    ],
)
def test_a_changed_number_is_found_where_it_is(column: str, row: int, sentence: str, own_small: Path) -> None:
    data = {name: np.array(array) for name, array in load_dataset(SMALL).columns.items()}
    place = row if row >= 0 else int(data["offsets"][1]) - 1
    data[column][place] = data[column][place] + 1 if data[column].dtype != bool else ~data[column][place]
    columns.save(data, own_small / "columns")
    findings = replay(load_dataset(SMALL), 10_000)
    assert {finding.where for finding in findings} == {"episode 0"}
    assert any(finding.sentence.startswith(sentence) for finding in findings)


def test_a_dataset_with_other_data_does_not_rebuild(own_small: Path) -> None:
    dataset = load_dataset(SMALL)
    other = dataset.manifest.model_copy(update={"content_hash": "0" * 64})
    with pytest.raises(DatasetError, match="made again has the content hash"):
        rebuild(Dataset(dataset.path, other), workers=1)


def test_a_shard_that_a_power_cut_damaged_is_collected_again(small: Dataset, home: Path, monkeypatch) -> None:
    monkeypatch.setenv("GNOMON_HOME", str(home))
    shards = _shards_folder(RECIPES[SMALL])
    shards.mkdir(parents=True)
    (shards / "000000.npz").write_bytes(b"PK\x03\x04 half of a file")
    (shards / "000001.npz").write_bytes(b"")
    assert build_dataset(SMALL, workers=1).manifest.content_hash == small.manifest.content_hash
