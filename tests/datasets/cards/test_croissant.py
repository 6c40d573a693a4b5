"""croissant.json: MLCommons' own reader takes it without a complaint and reads the episodes."""

import json

import mlcroissant
import numpy as np
import pytest

from gnomon.datasets import columns
from gnomon.datasets.dataset import Dataset
from gnomon.files import hash_file

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the libraries that the reader uses


def test_the_reader_has_no_complaint(carded: Dataset, caplog: pytest.LogCaptureFixture) -> None:
    read = mlcroissant.Dataset(jsonld=str(carded.path / "croissant.json"))
    assert (read.metadata.ctx.issues.errors, read.metadata.ctx.issues.warnings) == (set(), set())
    assert caplog.records == []
    assert read.metadata.name == carded.id
    assert read.metadata.version == ("3.0.0" if carded.id.endswith("-v3") else "1.0.0")


def test_its_files_have_their_hashes(carded: Dataset) -> None:
    files = json.loads((carded.path / "croissant.json").read_text())["distribution"]
    assert {file["contentUrl"] for file in files} == {*carded.manifest.files, "episodes.parquet"}
    for file in files:
        path = carded.path / file["contentUrl"]
        assert file["sha256"] == hash_file(path)
        assert file["contentSize"] == f"{path.stat().st_size} B"


def test_its_records_are_the_episodes(carded: Dataset) -> None:
    read = mlcroissant.Dataset(jsonld=str(carded.path / "croissant.json"))
    records = list(read.records("episodes"))
    data = carded.columns
    last = data["offsets"][1:] - 1
    expected = {
        "index": np.arange(carded.manifest.episodes),
        "length": np.diff(data["offsets"]),
        "return": columns.returns(data),
        "terminated": data["terminated"][last],
        "truncated": data["truncated"][last],
    }
    if carded.manifest.origin != "imported":
        expected |= {"seed": data["seeds"], "success": columns.successes(data)}
    assert {name.removeprefix("episodes/") for name in records[0]} == expected.keys()
    for name, wanted in expected.items():
        assert [record[f"episodes/{name}"] for record in records] == wanted.tolist()
