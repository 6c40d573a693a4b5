"""Content hashes that full-size builds had elsewhere, so that everybody can see whether theirs has the same bytes.

`recorded_hashes.json` holds, for each id, the hashes, the counts, and the day, versions and platform of the build.
Equal bytes are promised where simulator, architecture and C library are equal; elsewhere another hash is no fault.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import Manifest
from gnomon.errors import DatasetError
from gnomon.files import write_atomically

FILE = Path(__file__).with_name("recorded_hashes.json")
_FACTS = ("recipe_hash", "content_hash", "episodes", "transitions", "statistics", "versions", "platform")


@cache
def all_recorded() -> dict[str, dict[str, Any]]:
    """Id → what was recorded of its build."""
    return json.loads(FILE.read_text())


def record(datasets: Sequence[Dataset], file: Path = FILE) -> None:
    """Verify datasets that were built here, and keep their hashes with this day, in the order of their ids.

    Raises:
        DatasetError: one was not built from a recipe, or its content is not what its manifest says.
    """
    entries = json.loads(file.read_text()) if file.exists() else {}
    for dataset in datasets:
        if dataset.manifest.origin != "built":
            raise DatasetError(f"{dataset.id} is {dataset.manifest.origin}; hashes are recorded of built datasets.")
        dataset.verify()
        facts = dataset.manifest.model_dump(include=set(_FACTS))
        entries[dataset.id] = {"date": date.today().isoformat()} | {name: facts[name] for name in _FACTS}
    write_atomically(file, json.dumps(dict(sorted(entries.items())), indent=1) + "\n")


def comparison(manifest: Manifest) -> str:
    """One sentence: whether a build has the bytes that were recorded; empty where nothing comparable was."""
    entry = all_recorded().get(manifest.id)
    if manifest.origin != "built" or entry is None or entry["recipe_hash"] != manifest.recipe_hash:
        return ""
    if entry["content_hash"] == manifest.content_hash:
        return f"the same bytes as the build recorded on {entry['date']}"
    different = ", ".join(_differences(entry, manifest)) or "nothing that was recorded"
    return f"other bytes than the build recorded on {entry['date']}; different here: {different}"


def _differences(entry: dict[str, Any], manifest: Manifest) -> list[str]:
    """What of versions and platform is different, as `name here instead of there`."""
    mine, theirs = manifest.versions | manifest.platform, entry["versions"] | entry["platform"]
    return [f"{name} {mine.get(name)} instead of {theirs[name]}" for name in theirs if mine.get(name) != theirs[name]]
