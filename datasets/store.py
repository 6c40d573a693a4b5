"""Where datasets lie, and loading one."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import MANIFEST, read_manifest
from gnomon.datasets.recipe import is_dataset_id
from gnomon.datasets.recipes import RECIPES
from gnomon.errors import DatasetError, UnknownId
from gnomon.files import home, locked


def folder_of(id: str) -> Path:
    """The folder of a dataset, there or not.

    Raises:
        UnknownId: it is no id, so it could be a path that leads elsewhere.
    """
    if not is_dataset_id(id):
        raise UnknownId(f"{id[:80]!r} is not the id of a dataset; see: gnomon datasets list")
    return home() / "datasets" / id


def is_built(id: str) -> bool:
    """Whether the dataset is there; a build appears whole or not at all."""
    return (folder_of(id) / MANIFEST).exists()


def built_ids() -> list[str]:
    """The ids of all datasets in the home, in order: built, derived, imported or pulled."""
    base = home() / "datasets"
    found = (str(path.parent.relative_to(base)) for path in base.rglob(MANIFEST))
    return sorted(id for id in found if is_dataset_id(id))


def lock_of(id: str) -> AbstractContextManager[None]:
    """The lock that whoever writes the dataset holds."""
    return locked(home() / "datasets" / ".locks" / id.replace("/", "--"))


def load_dataset(id: str) -> Dataset:
    """The dataset of that id from `GNOMON_HOME`.

    Raises:
        UnknownId: no recipe and no folder has that id.
        DatasetError: it is not built, damaged, or was built from another recipe than this version's.
    """
    folder = folder_of(id)
    if not folder.exists() or (id not in RECIPES and not is_built(id)):
        RECIPES[id]
        raise DatasetError(f"{id} is not on this machine; make it with: gnomon datasets build {id} (or pull a copy)")
    manifest, cure = read_manifest(folder), f"Delete {folder} and make it again."
    if manifest.id != id:
        raise DatasetError(f"{folder} holds {manifest.id}, not {id}. Move it to the folder of that name.")
    for name, file in manifest.files.items():
        if not (folder / name).is_file() or (folder / name).stat().st_size != file.bytes:
            raise DatasetError(f"{folder / name} is missing or does not have the size that its manifest says. {cure}")
    if id in RECIPES and RECIPES[id].hash != manifest.recipe_hash:
        raise DatasetError(f"{folder} was built from another recipe than this version of gnomon has for {id}. {cure}")
    return Dataset(folder, manifest)


@dataclass(frozen=True)
class Facts:
    """What is known of a dataset before it is read; the task is the one that solutions are judged on."""

    task: str
    recipe_hash: str
    transitions: int


def facts_of(id: str) -> Facts:
    """The facts of a dataset that can be built, or that is there without a recipe: derived or imported.

    Raises:
        UnknownId: there is no such dataset.
        DatasetError: it is damaged, or was imported without a task.
    """
    if id in RECIPES:
        return Facts(TASKS[RECIPES[id].task].judged.id, RECIPES[id].hash, RECIPES[id].transitions)
    dataset = load_dataset(id)
    return Facts(dataset.task.judged.id, dataset.manifest.recipe_hash, dataset.manifest.transitions)
