"""The manifest of a dataset: what it is, how it was made, and the hashes that prove it. Written once."""

import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gnomon.errors import DatasetError

MANIFEST = "manifest.json"
LICENCE = "CC-BY-4.0"  # of the data that gnomon builds
Origin = Literal["built", "derived", "imported", "synthetic"]
SIMULATORS = (
    "Box2D",
    "dm_control",
    "gymnasium",
    "gymnasium-robotics",
    "metaworld",
    "MinAtar",
    "minigrid",
    "mujoco",
    "numpy",
)


class File(BaseModel):
    """Size and SHA-256 of one file of the dataset."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a dataset folder says of itself.

    `content_hash` is over the arrays, not the files (`gnomon.files.hash_arrays`), so every format of the same data
    has the same one. `statistics` are over episodes: mean return, and share with success where success is known.
    `recipe` says how the data was made: the recipe of a build, the parent and options of a transform, or the file and
    the repairs of an import.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_version: Literal[1] = 1
    id: str
    task: str | None
    origin: Origin
    licence: str
    recipe: dict[str, Any]
    recipe_hash: str
    content_hash: str
    episodes: int
    transitions: int
    statistics: dict[Literal["return", "success"], float]
    gnomon: str
    versions: dict[str, str]
    platform: dict[str, str]
    files: dict[str, File]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a dataset folder.

    Raises:
        DatasetError: it is missing or cannot be read.
    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise DatasetError(
            f"{folder} holds no {MANIFEST}: it is not a finished dataset. Delete it and make it again."
        ) from None
    except ValidationError as error:
        raise DatasetError(
            f"{folder / MANIFEST} is damaged ({error.error_count()} errors). Delete the folder and make it again."
        ) from error


def simulator_versions() -> dict[str, str]:
    """The installed versions of what decides the bits of an episode."""
    return {name: version(name) for name in SIMULATORS}


def this_platform() -> dict[str, str]:
    """Architecture, C library and Python: equal ones promise equal bits."""
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "libc": "-".join(platform.libc_ver()),
        "python": ".".join(map(str, sys.version_info[:3])),
    }
