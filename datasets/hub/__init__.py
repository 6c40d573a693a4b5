"""The hub: where datasets lie elsewhere. Each file registers the schemes of URLs that it can read, and write.

    <url>/<id>/manifest.json     what the dataset is, and size and SHA-256 of each file of its data; pushed last
    <url>/<id>/data/…            the files that the manifest lists
    <url>/<id>/README.md …       the card, where there is one: report.json, croissant.json, and what README.md names

A remote may hold many datasets. The column store is not pushed: it is made again from the data.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from gnomon.errors import UsageError
from gnomon.registry import Registry

OnBytes = Callable[[int], None]  # gets the number of bytes moved since the last call, from any thread


class Remote(Protocol):
    """A place that holds datasets; names are relative to its URL.

    A method raises whatever its client raises where the place cannot be reached or answers with an error.
    """

    url: str

    def read(self, name: str, limit: int) -> bytes | None:
        """The bytes of a small file; none where there is no such file.

        Raises:
            DatasetError: it is longer than `limit` bytes.
        """
        ...

    def download(self, name: str, size: int, path: Path, on_bytes: OnBytes) -> None:
        """Append to `path` until it is `size` bytes long, and never longer; what is there already is not fetched.

        Raises:
            DatasetError: the file has another size.
        """
        ...

    def upload(self, files: Mapping[str, Path], on_bytes: OnBytes) -> None:
        """Store files under their names; the last of them is not to be seen before all others are there.

        Raises:
            UsageError: the place takes no files.
        """
        ...


REMOTES: Registry[Callable[[str], Remote]] = Registry("scheme of a URL", __name__)


def connect(url: str) -> Remote:
    """The remote at a URL; nothing is sent yet.

    Raises:
        UsageError: it is no URL, or none that its scheme can have.
        UnknownId: no file of this folder knows its scheme.
    """
    scheme, separator, place = url.partition("://")
    if not separator or not place.strip("/"):
        raise UsageError(f"{url!r} is not a URL such as hf://org/name, s3://bucket/folder or https://host/folder.")
    return REMOTES[scheme](url.rstrip("/"))
