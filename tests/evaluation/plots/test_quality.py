"""The plot of scores against the data's quality: its rows are the report's numbers, and unmeasured data is an error."""

import shutil
from pathlib import Path

import pytest

from gnomon.datasets.report import measure, write_report
from gnomon.datasets.store import load_dataset
from gnomon.errors import DatasetError
from gnomon.evaluation.plots.picture import plot
from gnomon.evaluation.record import Record
from gnomon.evaluation.results import Results

SMALL = "maze/umaze/planner-test-v1"


@pytest.fixture
def results(record: Record, shared_home: Path, home: Path) -> Results:
    """Two algorithms on the small dataset, which is in this home."""
    shutil.copytree(shared_home / "datasets" / SMALL, home / "datasets" / SMALL)
    other = record.algorithm.model_copy(update={"name": "another"})
    return Results((record, record.model_copy(update={"algorithm": other, "key": "0" * 16})))


def test_a_row_has_the_score_and_what_was_measured(results: Results) -> None:
    dataset = load_dataset(SMALL)
    found = measure(dataset)
    write_report(dataset, "quality", found)
    rows = plot("quality", results).rows
    assert [(row["algorithm"], row["dataset"]) for row in rows] == [("another", SMALL), ("bc", SMALL)]
    assert {row["score"] for row in rows} == {results.records[0].score}
    assert [row["tq"] for row in rows] == [found["tq"]] * 2
    assert plot("quality", results).image("svg") == plot("quality", results).image("svg")


def test_data_that_was_not_measured_is_named_with_the_command(results: Results) -> None:
    (load_dataset(SMALL).path / "report.json").unlink(missing_ok=True)
    with pytest.raises(DatasetError, match=f"gnomon datasets quality {SMALL}"):
        plot("quality", results)
