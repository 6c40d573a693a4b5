"""Importing outcomes of algorithms that were trained and judged elsewhere.

Nobody here knows their protocol, so they are kept apart from records, under `imports/` in the home, and are shown
beside runs but never compared or ranked with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from gnomon import __version__
from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.store import facts_of
from gnomon.errors import GnomonError
from gnomon.evaluation.import_table import NAMES, read_table
from gnomon.evaluation.intervals import Estimate, student_estimate
from gnomon.files import atomic_folder, hash_arrays, hash_file, home

if TYPE_CHECKING:
    import pandas

HEADER, OUTCOMES = "import.json", "outcomes.parquet"


class Header(BaseModel):
    """What is known about an import.

    Attributes:
        hash: SHA-256 over the columns of the outcomes; its first 16 digits name the folder.
        source, source_hash: name and SHA-256 of the file that was imported.
        algorithms: as their author names them.
        rows: episodes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_version: Literal[1] = 1
    kind: Literal["imported: protocol unknown, cannot be run again"] = "imported: protocol unknown, cannot be run again"
    hash: str
    source: str
    source_hash: str
    algorithms: list[str]
    rows: int
    gnomon: str
    imported: datetime


@dataclass(frozen=True)
class Imported:
    """One imported table.

    Attributes:
        folder, header: where it lies, what is known.
    """

    folder: Path
    header: Header

    @cached_property
    def outcomes(self) -> "pandas.DataFrame":
        """One row an episode: algorithm, task, dataset (empty where it is not known), seed, episode, return, success.

        Raises:
            GnomonError: the table is damaged.
        """
        import pandas

        try:
            table = pandas.read_parquet(self.folder / OUTCOMES)
            is_whole = _hash_of(table) == self.header.hash
        except (OSError, ValueError, KeyError) as error:
            raise GnomonError(f"{self.folder} cannot be read ({error}). Delete it and import again.") from error
        if not is_whole:
            raise GnomonError(f"{self.folder / OUTCOMES} is not what its header says. Delete it and import again.")
        return table

    def estimates(self, places: Sequence[str]) -> dict[tuple[str, str], Estimate]:
        """(algorithm, place) → mean score over seeds, on today's scale.

        Args:
            places: ids of datasets and of tasks; a task's are the outcomes of which no dataset is known.
        """
        table = self.outcomes
        table = table.assign(place=table["dataset"].where(table["dataset"] != "", table["task"]))
        cells = table[table["place"].isin(places)].groupby(["algorithm", "place"], observed=True)
        return {(str(key[0]), str(key[1])): _estimate(cell) for key, cell in cells}  # pyright: ignore[reportIndexIssue]


def _estimate(cell: "pandas.DataFrame") -> Estimate:
    task: ControlTask = get_task(cell["task"].iloc[0])
    values = cell.groupby("seed")[task.metric].mean()
    return student_estimate(task.score(values.to_numpy(float)), task.scale.range_of(task.metric))


def import_outcomes(file: Path, names: Sequence[str] = ()) -> Imported:
    """Take over the outcomes of a file; the same outcomes a second time change nothing.

    Args:
        file: CSV or Parquet, a row an episode: `algorithm`, `dataset` or `task` (or both), `seed`, `episode`, and
            `return` or `success`, whichever is the task's metric.
        names: take only these algorithms; in a file without the column, the one name of all rows.

    Raises:
        UsageError: the file is not such a table; the sentence names the first row that is wrong.
    """
    table = read_table(file, names)
    digest = _hash_of(table)
    folder = home() / "imports" / digest[:16]
    header = Header(
        hash=digest,
        source=file.name,
        source_hash=hash_file(file),
        algorithms=sorted(table["algorithm"].unique()),
        rows=len(table),
        gnomon=__version__,
        imported=datetime.now(UTC),
    )
    if not (folder / HEADER).exists():
        with atomic_folder(folder) as temporary:
            table.to_parquet(temporary / OUTCOMES, index=False)
            (temporary / HEADER).write_text(header.model_dump_json(indent=1) + "\n")
    return read_import(folder)


def read_import(folder: Path) -> Imported:
    """The import in a folder.

    Raises:
        GnomonError: its header is missing or damaged.
    """
    try:
        header = Header.model_validate_json((folder / HEADER).read_bytes())
    except (OSError, ValidationError) as error:
        raise GnomonError(f"{folder / HEADER} cannot be read. Delete {folder} and import again.") from error
    return Imported(folder, header)


def read_imports() -> list[Imported]:
    """Everything that was imported into this home, the oldest first."""
    found = [read_import(folder) for folder in (home() / "imports").glob("[0-9a-f]" * 16)]
    return sorted(found, key=lambda one: (one.header.imported, one.header.hash))


def places_of(datasets: Sequence[str]) -> list[str]:
    """Where imports can stand in a table of these datasets: on the datasets, and on the tasks that they belong to."""
    return [*datasets, *dict.fromkeys(facts_of(dataset).task for dataset in datasets)]


def _hash_of(table: "pandas.DataFrame") -> str:
    import pandas

    columns: dict[str, np.ndarray] = {}
    for name in table.columns:
        columns[name] = table[name].to_numpy()
        if name in NAMES:
            columns[name], names = pandas.factorize(table[name], sort=True)
            columns[f"{name}s"] = np.array(names.tolist(), "U")
    return hash_arrays(columns)
