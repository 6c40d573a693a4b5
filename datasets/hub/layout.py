"""What lies at a remote under a dataset's id, and what of it may be taken."""

import re

from pydantic import ValidationError

from gnomon.datasets import minari_file
from gnomon.datasets.hub import Remote
from gnomon.datasets.manifest import MANIFEST, Manifest
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.report import REPORT
from gnomon.errors import DatasetError

README = "README.md"
MANIFEST_LIMIT = 2**20  # bytes
CARD_LIMIT = 2**24  # bytes a file of the card
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"  # so no part is hidden, and none leads upwards
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")
_NAMED = re.compile(rf"(?<![\w./-])(?:{_PART}/)*{_PART}\.(?:png|svg|csv|parquet|json)\b")
_MOST_NAMED = 64


def read_manifest(remote: Remote, id: str) -> tuple[bytes, Manifest]:
    """The manifest of a dataset as it lies at a remote, and what it says.

    Raises:
        DatasetError: there is none, or it is damaged, is of another dataset or recipe, or names files that a dataset
            cannot have.
    """
    content = remote.read(f"{id}/{MANIFEST}", MANIFEST_LIMIT)
    if content is None:
        raise DatasetError(f"there is no {id}/{MANIFEST}")
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise DatasetError(f"{id}/{MANIFEST} is damaged ({error.error_count()} errors)") from error
    _check(manifest, id)
    return content, manifest


def _check(manifest: Manifest, id: str) -> None:
    if manifest.id != id:
        raise DatasetError(f"{id}/{MANIFEST} is that of {manifest.id[:200]!r}")
    if id in RECIPES and RECIPES[id].hash != manifest.recipe_hash:
        raise DatasetError(f"{id} was built from another recipe than this version of gnomon has")
    if minari_file.DATA not in manifest.files:
        raise DatasetError(f"{id}/{MANIFEST} does not list {minari_file.DATA}")
    for name, file in manifest.files.items():
        if not _is_safe(name) or file.bytes < 0:
            raise DatasetError(f"{id}/{MANIFEST} lists {name[:200]!r}, which cannot be a file of a dataset")


def _is_safe(name: str) -> bool:
    """Whether a name leads to a file inside the folder that is neither the manifest nor made from the data."""
    taken = name == MANIFEST or name.split("/")[0] == "columns"
    return len(name) <= 200 and _NAME.fullmatch(name) is not None and not taken


def card_files(readme: bytes, manifest: Manifest) -> list[str]:
    """The names that the card of a dataset may have: the fixed ones, and the plots and tables that README.md names."""
    named = sorted(set(_NAMED.findall(readme.decode(errors="replace"))))[:_MOST_NAMED]
    names = dict.fromkeys([README, REPORT, "croissant.json", *named])
    return [name for name in names if _is_safe(name) and name not in manifest.files]
