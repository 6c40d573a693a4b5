"""Runs that come with the package: what is in the files, how they join a home's runs, and doing them again."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest

from gnomon.datasets.dataset import Dataset
from gnomon.evaluation import shipped
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import Record
from gnomon.evaluation.rerun import find_record
from gnomon.evaluation.results import read_results
from gnomon.evaluation.suites import Suite
from gnomon.files import home

FILES = sorted(shipped.FOLDER.glob("*.parquet"))


@pytest.fixture
def suite(small: Dataset) -> Suite:
    return Suite("small", "For tests.", (small.id,), "smoke")


@pytest.fixture
def records(small: Dataset, tiny_protocol: Protocol) -> tuple[Record, ...]:
    return evaluate("bc", datasets=[small.id], protocol=tiny_protocol, seeds=2, workers=1).records


@pytest.fixture
def folder(records: tuple[Record, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package's folder, in which these two runs are all that is shipped."""
    place = tmp_path / "shipped_runs"
    shipped.ship(records, place / "small-tiny.parquet")
    monkeypatch.setattr(shipped, "FOLDER", place)
    return place


def test_a_shipped_record_comes_back_as_it_was(folder: Path, records: tuple[Record, ...]) -> None:
    assert [shipped.find_shipped(record.key) for record in records] == list(records)
    assert shipped.find_shipped("0" * 16) is None


def test_equal_records_make_equal_bytes(folder: Path, records: tuple[Record, ...], tmp_path: Path) -> None:
    shipped.ship(records[::-1], tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == (folder / "small-tiny.parquet").read_bytes()


def test_a_fresh_home_has_the_shipped_runs(
    folder: Path, records: tuple[Record, ...], suite: Suite, tiny_protocol: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNOMON_HOME", str(folder.parent / "fresh"))
    assert read_results(suite, tiny_protocol).records == records
    assert read_results(suite, tiny_protocol, with_shipped=False).records == ()
    assert find_record(records[0].key) == records[0]


def test_a_run_that_was_repeated_here_counts_once_and_as_it_came_out_here(
    folder: Path, records: tuple[Record, ...], suite: Suite, tiny_protocol: Protocol
) -> None:
    file = home() / "runs" / records[0].key / "record.json"
    changed = json.loads(file.read_text()) | {"evaluation_seconds": 1234.5}
    file.write_text(json.dumps(changed))
    found = read_results(suite, tiny_protocol).records
    assert [record.key for record in found] == [record.key for record in records]
    assert found[0].evaluation_seconds == 1234.5


def test_runs_under_other_rules_are_not_mixed_in(folder: Path, suite: Suite, tiny_protocol: Protocol) -> None:
    longer = replace(tiny_protocol, name="longer", updates=31)
    assert shipped.shipped_runs(suite, longer) == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_readers_without_gnomon_see_is_what_the_records_say(file: Path) -> None:
    for row in pyarrow.parquet.read_table(file).to_pylist():
        record = Record.model_validate_json(row.pop("record"))
        assert row == {
            "key": record.key,
            "algorithm": record.algorithm.name,
            "dataset": record.dataset.id,
            "seed": record.seed,
            "protocol": record.protocol.name,
            "protocol_hash": record.protocol.hash,
            "score": record.score,
        }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_run_can_be_done_again(file: Path) -> None:
    """Its recipe, its configuration and the sources that its digest covers are those of this version."""
    from gnomon.evaluation.rerun import run_of

    for key in pyarrow.parquet.read_table(file, columns=["key"])["key"].to_pylist():
        record = shipped.find_shipped(key)
        assert record is not None
        assert run_of(record).key == key


def test_ship_is_a_command(small: Dataset, records: tuple[Record, ...], tmp_path: Path) -> None:
    output = tmp_path / "mine.parquet"
    done = subprocess.run(
        [sys.executable, "-m", "gnomon", "results", "ship", "--dataset", small.id, "--output", str(output)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Nothing has run" in done.stderr  # the runs are under rules that no shipped protocol has
    assert not output.exists()
