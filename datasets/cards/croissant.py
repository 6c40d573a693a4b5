"""The dataset as MLCommons Croissant 1.0 (JSON-LD): its files with their hashes, and its episodes as records.

Croissant reads tables and cannot look into HDF5, so the transitions are a file with a hash, and the episodes a record
set over `episodes.parquet`. Addresses are relative: they hold in the folder and on a hub alike.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from gnomon.datasets.cards.citation import cite_dataset
from gnomon.datasets.cards.episodes import EPISODES, MEANINGS
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import MANIFEST, File

ENCODINGS = {"hdf5": "application/x-hdf5", "json": "application/json", "parquet": "application/x-parquet"}
TYPES = {"return": "sc:Float", "success": "sc:Boolean", "terminated": "sc:Boolean", "truncated": "sc:Boolean"}
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        name: f"cr:{name}"
        for name in (
            "citeAs column equivalentProperty extract field fileProperty fileObject fileSet format includes "
            "isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate "
            "separator source subField transform"
        ).split()
    },
}


def croissant(dataset: Dataset, summary: str, columns: Iterable[str], episodes: File) -> dict[str, Any]:
    """The JSON-LD of a dataset; it is published on the day that its manifest was written.

    Args:
        dataset: a dataset on disk.
        summary: what it is, in a sentence or two.
        columns: of the table of its episodes.
        episodes: size and hash of the file of that table.
    """
    manifest = dataset.manifest
    written = datetime.fromtimestamp((dataset.path / MANIFEST).stat().st_mtime, UTC)
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": manifest.id,
        "description": summary,
        "license": _licence(manifest.licence),
        "version": f"{manifest.id.rpartition('-v')[2]}.0.0",
        "datePublished": written.date().isoformat(),
        "keywords": ["reinforcement learning", "offline reinforcement learning"],
        "citeAs": cite_dataset(manifest),
        "distribution": [_file(name, file) for name, file in {**manifest.files, EPISODES: episodes}.items()],
        "recordSet": [_records(columns)],
    }


def _licence(licence: str) -> str:
    """The page of an SPDX id; other words as they are."""
    return f"https://spdx.org/licenses/{licence}.html" if re.fullmatch(r"[\w.+-]+-[\w.+-]+", licence) else licence


def _file(name: str, file: File) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": ENCODINGS.get(name.rpartition(".")[2], "application/octet-stream"),
        "sha256": file.sha256,
    }


def _records(columns: Iterable[str]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "episodes",
        "name": "episodes",
        "description": "One record an episode.",
        "key": {"@id": "episodes/index"},
        "field": [_field(column) for column in columns],
    }


def _field(column: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"episodes/{column}",
        "name": column,
        "description": MEANINGS[column],
        "dataType": TYPES.get(column, "sc:Integer"),
        "source": {"fileObject": {"@id": EPISODES}, "extract": {"column": column}},
    }
