"""Where datasets lie, and loading one."""

from pathlib import Path

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import read_manifest
from gnomon.datasets.recipes import RECIPES
from gnomon.errors import DatasetError
from gnomon.files import home


def folder_of(id: str) -> Path:
    """The folder of a dataset, there or not."""
    return home() / "datasets" / id


def is_built(id: str) -> bool:
    """Whether the dataset's folder is there; a build appears whole or not at all."""
    return folder_of(id).exists()


def load_dataset(id: str) -> Dataset:
    """The dataset of that id from `GNOMON_HOME`.

    Raises:
        UnknownId: no recipe and no folder has that id.
        DatasetError: it is not built, damaged, or was built from another recipe than this version's.
    """
    folder = folder_of(id)
    if not folder.exists():
        RECIPES[id]
        raise DatasetError(f"{id} is not on this machine; make it with: gnomon datasets build {id}")
    manifest, cure = read_manifest(folder), f"Delete {folder} and build it again."
    for name, file in manifest.files.items():
        if not (folder / name).is_file() or (folder / name).stat().st_size != file.bytes:
            raise DatasetError(f"{folder / name} is missing or does not have the size that its manifest says. {cure}")
    if id in RECIPES and RECIPES[id].hash != manifest.recipe_hash:
        raise DatasetError(f"{folder} was built from another recipe than this version of gnomon has for {id}. {cure}")
    return Dataset(folder, manifest)
