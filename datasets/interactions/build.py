"""Building a log from its recipe, reading it again, and whether it still is what its manifest says."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from gnomon import __version__
from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.datasets.interactions.lint import findings_of
from gnomon.datasets.interactions.log import LINES, PARQUET, Row, logged, write_rows
from gnomon.datasets.interactions.recipes import LogRecipe, log_recipes
from gnomon.datasets.manifest import LICENCE, MANIFEST, simulator_versions, this_platform
from gnomon.errors import DatasetError
from gnomon.files import atomic_folder, hash_of, home, locked


class LogManifest(BaseModel):
    """What the folder of a log says of itself; the content hash is over the rows, so both files have the same.

    `scripts`: the mean return and success of each script's episodes, and with a score scale their mean score.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    task: str
    licence: str
    recipe: dict[str, Any]
    recipe_hash: str
    content_hash: str
    episodes: int
    turns: int
    scripts: dict[str, dict[str, float]]
    gnomon: str
    versions: dict[str, str]
    platform: dict[str, str]


def log_folder(id: str) -> Path:
    """Where the log of that id is."""
    return home() / "logs" / id


def build_log(recipe: LogRecipe) -> LogManifest:
    """The log of a recipe, built where it is missing; a second process that builds it waits.

    Raises:
        DatasetError: the log is there but damaged, or what was built breaks a rule of the linter.
    """
    folder = log_folder(recipe.id)
    with locked(folder.with_name(f".{folder.name}.lock")):
        if not folder.exists():
            _build(recipe, folder)
    return read_manifest(folder)


def verify_log(id: str, rebuild: bool = False) -> LogManifest:
    """Compare both files of a log with its manifest, and where asked for with rows that are built again.

    Raises:
        DatasetError: it is missing, a file has other rows, a rule of the linter is broken, or other rows are built.
    """
    manifest = read_manifest(log_folder(id))
    for rows in (read_lines(log_folder(id)), read_parquet(log_folder(id))):
        if hash_of(rows) != manifest.content_hash:
            raise DatasetError(f"{id} does not hold the rows that its manifest has; move it away and build it again.")
    _refuse_findings(id, read_lines(log_folder(id)))
    if rebuild and hash_of(_rows(log_recipes()[id])) != manifest.content_hash:
        raise DatasetError(f"{id} built again has other rows; its versions are {manifest.versions}.")
    return manifest


def read_manifest(folder: Path) -> LogManifest:
    """The manifest of a log; raises DatasetError where it is missing or cannot be read."""
    try:
        return LogManifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise DatasetError(f"{folder} is no log: {MANIFEST} is missing or damaged.") from error


def read_lines(folder: Path) -> list[Row]:
    """The rows of the JSON lines."""
    return [json.loads(line) for line in (folder / LINES).read_text(encoding="utf-8").split("\n") if line]


def read_parquet(folder: Path) -> list[Row]:
    """The rows of the Parquet file."""
    from pyarrow import parquet

    return parquet.read_table(folder / PARQUET).to_pylist()


def _build(recipe: LogRecipe, folder: Path) -> None:
    rows = _rows(recipe)
    _refuse_findings(recipe.id, rows)
    with atomic_folder(folder) as temporary:
        write_rows(rows, temporary)
        (temporary / MANIFEST).write_text(_manifest(recipe, rows).model_dump_json(indent=1) + "\n")


def _rows(recipe: LogRecipe) -> list[Row]:
    return logged(INTERACTIVE_TASKS[recipe.task], dict.fromkeys(recipe.scripts, recipe.episodes), recipe.hash)


def _refuse_findings(id: str, rows: Sequence[Row]) -> None:
    if found := findings_of(rows):
        raise DatasetError(f"{id} breaks the rule {found[0].rule} at {found[0].where}: {found[0].sentence}")


def _manifest(recipe: LogRecipe, rows: Sequence[Row]) -> LogManifest:
    return LogManifest(
        id=recipe.id,
        task=recipe.task,
        licence=LICENCE,
        recipe=asdict(recipe),
        recipe_hash=recipe.hash,
        content_hash=hash_of(rows),
        episodes=len(rows),
        turns=sum(len(row["events"]) for row in rows),
        scripts={script: _means(list(own)) for script, own in groupby(rows, lambda row: row["script"])},
        gnomon=__version__,
        versions=simulator_versions(),
        platform=this_platform(),
    )


def _means(rows: Sequence[Row]) -> dict[str, float]:
    task = INTERACTIVE_TASKS[rows[0]["task"]]
    means = {name: float(np.mean([row[name] for row in rows])) for name in ("return", "success")}
    return means | ({"score": float(task.score(means[task.metric]))} if task.has_scale else {})
