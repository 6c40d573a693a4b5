"""The formats: each file registers one, how it is recognised, read and written, and what its export loses.

Reading gives the rows as they lie in the file, for the linter and for `gnomon.datasets.formats.importing`, which turns
them into episodes. Nothing is repaired here and nothing is unpickled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats.rows import Rows
from gnomon.errors import DatasetError, GnomonError, UsageError
from gnomon.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Format:
    """One way that other suites and libraries lay out data.

    Attributes:
        summary: one sentence for lists.
        suffixes: how the file's name ends; empty where the data is a folder. An export gets the first.
        recognises: whether a path that is there holds this format, judged by names alone; never raises.
        read: the rows as they are.
        write: an export to a path that is not there yet; None where the format is only read.
        lost: sentences on what an export does not hold; with none, importing it gives the same content hash.
    """

    summary: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path], bool]
    read: Callable[[Path], Rows]
    write: Callable[[Dataset, Path], None] | None = None
    lost: tuple[str, ...] = ()


FORMATS: Registry[Format] = Registry("format", __name__)


def format_of(path: Path) -> str:
    """The id of the format that recognises a path.

    Raises:
        UsageError: there is nothing.
        DatasetError: none does.
    """
    if not path.exists():
        raise UsageError(f"There is no {path}.")
    for id, format in FORMATS.items():
        if format.recognises(path):
            return id
    raise DatasetError(f"{path} is not recognised as any of {', '.join(FORMATS)}; is it damaged or another format?")


def read_rows(path: Path, format: str | None = None) -> Rows:
    """The rows of a file or folder as they are; without a format, that of the first that recognises it.

    Raises:
        UnknownId: there is no such format.
        UsageError: there is nothing, or a folder where the format is a file, or a file where it is a folder.
        DatasetError: it cannot be read.
    """
    id = format or format_of(path)
    _refuse_wrong_kind(id, path)
    try:
        return FORMATS[id].read(path)
    except GnomonError:
        raise
    except Exception as error:  # whatever a damaged file makes the library raise that reads it
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DatasetError(f"{path} cannot be read as {id} data ({reason}).") from error


def _refuse_wrong_kind(id: str, path: Path) -> None:
    wanted = "file" if FORMATS[id].suffixes else "folder"
    if not path.exists():
        raise UsageError(f"There is no {path}.")
    if path.is_dir() != (wanted == "folder"):
        raise UsageError(f"{path} is a {'folder' if path.is_dir() else 'file'}; {id} data is a {wanted}.")
