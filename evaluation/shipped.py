"""Runs that come with the package: reference results, so that a fresh installation has a board before it has run.

`shipped_runs/` has one Parquet file for each suite and protocol: a row a run, with the text of its record as the
`record` column and, for readers without gnomon, its names and score beside it. The policies are not shipped:
`gnomon rerun KEY` trains and judges any of the runs again, and compares every episode.
"""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import Record
from gnomon.evaluation.suites import Suite
from gnomon.files import write_atomically

if TYPE_CHECKING:
    import pyarrow

FOLDER = Path(__file__).with_name("shipped_runs")


def shipped_runs(suite: Suite, protocol: Protocol) -> dict[str, Record]:
    """Key → record of every shipped run on a dataset of the suite under the rules of the protocol."""
    return {
        key: _record(row["record"])
        for key, row in _read(FOLDER).items()
        if row["protocol_hash"] == protocol.hash and row["dataset"] in suite.datasets
    }


def find_shipped(key: str) -> Record | None:
    """The shipped run of that key, if there is one."""
    row = _read(FOLDER).get(key)
    return _record(row["record"]) if row else None


def ship(records: Iterable[Record], file: Path) -> None:
    """Write records, in the order of algorithm, dataset and seed, so that equal records make equal bytes."""
    import pyarrow.parquet

    content = BytesIO()
    pyarrow.parquet.write_table(_table(records), content, compression="zstd", compression_level=19)
    write_atomically(file, content.getvalue())


def _table(records: Iterable[Record]) -> "pyarrow.Table":
    import pyarrow

    ordered = sorted(records, key=lambda record: (record.algorithm.name, record.dataset.id, record.seed))
    return pyarrow.Table.from_pylist(
        [
            {
                "key": record.key,
                "algorithm": record.algorithm.name,
                "dataset": record.dataset.id,
                "seed": record.seed,
                "protocol": record.protocol.name,
                "protocol_hash": record.protocol.hash,
                "score": record.score,
                "record": record.model_dump_json(),
            }
            for record in ordered
        ]
    )


@cache
def _read(folder: Path) -> dict[str, dict[str, str]]:
    """Key → row, of every file."""
    import pyarrow.parquet

    columns = ["key", "dataset", "protocol_hash", "record"]
    tables = [pyarrow.parquet.read_table(file, columns=columns) for file in sorted(folder.glob("*.parquet"))]
    return {row["key"]: row for table in tables for row in table.to_pylist()}


@cache
def _record(text: str) -> Record:
    return Record.model_validate_json(text)
