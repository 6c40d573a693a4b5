"""gnomon's columns (see `gnomon.datasets.columns`) in one `.npz` file, for whoever has nothing but NumPy."""

from pathlib import Path

import numpy as np

from gnomon.datasets.columns import NAMES, transition_rows
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats import FORMATS, Format
from gnomon.datasets.formats.archive import SUFFIX, load, names_in
from gnomon.datasets.formats.rows import Rows
from gnomon.errors import DatasetError

OPTIONAL = {"success"}


def recognises(path: Path) -> bool:
    return names_in(path) >= set(NAMES) - OPTIONAL


def read(path: Path) -> Rows:
    data = load(path)
    if missing := set(NAMES) - OPTIONAL - set(data):
        raise DatasetError(f"{path} has no array {sorted(missing)[0]!r}, which gnomon's columns have.")
    lengths, row = np.diff(data["offsets"]), transition_rows(data)
    if len(data["observations"]) != len(row) + len(lengths):
        raise DatasetError(f"{path} has {len(data['observations']):,} observations, not one an episode more.")
    columns = {name: data[name] for name in NAMES if name in data and name not in ("observations", "offsets", "seeds")}
    columns["observations"], columns["next_observations"] = data["observations"][row], data["observations"][row + 1]
    columns["episode"], columns["seed"] = np.repeat(np.arange(len(lengths)), lengths), np.repeat(data["seeds"], lengths)
    return Rows(columns=columns, files=(path,))


def write(dataset: Dataset, path: Path) -> None:
    known = "success" in dataset.manifest.statistics
    arrays = {name: dataset.columns[name] for name in NAMES if known or name not in OPTIONAL}
    with path.open("wb") as file:  # by handle: NumPy would add a suffix to a name
        np.savez(file, allow_pickle=False, **arrays)


FORMATS.add(
    "npz",
    Format(
        summary="gnomon's columns in one .npz file.",
        suffixes=(SUFFIX,),
        recognises=recognises,
        read=read,
        write=write,
    ),
)
