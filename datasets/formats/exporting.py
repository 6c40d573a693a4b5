"""Writing a dataset for other libraries: one file or folder, whole or not at all."""

from pathlib import Path
from tempfile import TemporaryDirectory

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats import FORMATS
from gnomon.errors import UsageError


def export_dataset(dataset: Dataset, format: str, path: Path) -> None:
    """Write a dataset in a format to a path that is not there yet; the same dataset gives the same bytes.

    Raises:
        UnknownId: there is no such format.
        UsageError: the format is only read, the path is there already, or does not end as the format's files do.
        DatasetError: the dataset does not have the content hash of its manifest.
    """
    chosen = FORMATS[format]
    if chosen.write is None:
        writable = ", ".join(id for id, entry in FORMATS.items() if entry.write)
        raise UsageError(f"{format} is only read; export to one of {writable}.")
    if path.exists():
        raise UsageError(f"{path} is there already; choose another path, or delete it.")
    if chosen.suffixes and path.suffix not in chosen.suffixes:
        raise UsageError(f"A {format} file ends in {chosen.suffixes[0]}; export to {path.name}{chosen.suffixes[0]}.")
    dataset.verify()
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        chosen.write(dataset, Path(folder) / path.name)
        (Path(folder) / path.name).rename(path)
