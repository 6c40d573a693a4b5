"""Making a dataset of a file or folder of another suite."""

import math
import re
from pathlib import Path

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.columns import Columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats import format_of, read_rows
from gnomon.datasets.formats.repair import episodes_of
from gnomon.datasets.recipe import is_dataset_id
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.write import Provenance, add_dataset
from gnomon.errors import DatasetError, UsageError
from gnomon.files import hash_file, hash_of

UNKNOWN_LICENCE = "NOASSERTION"  # SPDX's word for a licence that is not known


def import_dataset(
    path: Path | str,
    id: str,
    format: str | None = None,
    task: str | None = None,
    licence: str = UNKNOWN_LICENCE,
    horizon: int | None = None,
) -> Dataset:
    """Read data of another suite, repair its episode boundaries, and add it to the home.

    Args:
        path: a file or folder, or the id of a Minari dataset that is on this machine.
        id: of the new dataset.
        format: id of a format; by default, that of the first that recognises the path.
        task: id of the task that the data was collected on, where it is one of gnomon's.
        licence: SPDX id of the data's licence, or the words of its source.
        horizon: after so many steps episodes were cut, for a file that does not say where.

    Returns:
        The dataset. Its manifest's `recipe` has the format, the file's name and SHA-256 (of a folder with several data
        files: of their names and hashes), and the `repairs` in sentences.

    Raises:
        UnknownId: there is no such format or task.
        UsageError: there is nothing at the path, or the id cannot be taken.
        DatasetError: the data is damaged, cannot be made into episodes, or does not fit the task.
    """
    _refuse_id(id)
    wanted, place = TASKS[task] if task else None, _located(path)
    chosen = format or format_of(place)
    rows = read_rows(place, chosen)
    data, repairs = episodes_of(rows, horizon)
    if wanted:
        _refuse_other_shapes(wanted, data)
    recipe = {"format": chosen, "file": place.absolute().name, "sha256": _digest(place, rows.files), "repairs": repairs}
    known = "success" in rows.columns
    provenance = Provenance(origin="imported", task=task, recipe=recipe, licence=licence, knows_success=known)
    return add_dataset(id, provenance, data)


def _refuse_id(id: str) -> None:
    if not is_dataset_id(id):
        raise UsageError(
            f"{id[:80]!r} is no id for a dataset: lower-case letters, digits and -, parts of two or more, -vN last."
        )
    if id in RECIPES:
        raise UsageError(f"{id} is a dataset that gnomon builds; choose another id.")


def _located(path: Path | str) -> Path:
    """The path, or the folder of the local Minari dataset of that id."""
    if Path(path).exists() or not re.search(r"-v[0-9]+$", str(path)):
        return Path(path)
    from minari.storage.datasets_root_dir import get_dataset_path

    folder = get_dataset_path(str(path))
    return folder if folder.exists() else Path(path)


def _digest(place: Path, files: tuple[Path, ...]) -> str:
    hashes = {str(file.relative_to(place)): hash_file(file) for file in files}
    return next(iter(hashes.values())) if len(hashes) == 1 else hash_of(hashes)


def _refuse_other_shapes(task: ControlTask, data: Columns) -> None:
    environment = task.make()
    for name, space in (("observations", environment.observation_space), ("actions", environment.action_space)):
        found, wanted = math.prod(data[name].shape[1:]), math.prod(space.shape or ())
        if found != wanted:
            raise DatasetError(f"The {name} have {found} numbers and those of {task.id} {wanted}; leave the task out.")
