"""Any web server: `https://host/folder`. It is only read, and a plain static server will do."""

import re
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from gnomon.datasets.hub import REMOTES, OnBytes
from gnomon.errors import DatasetError, UsageError

BLOCK = 2**20
TIMEOUT = 30  # seconds without a byte
CONNECTIONS = 5  # for one file: where the server hangs up, the next one takes up what has arrived
ABSENT = (403, 404, 410)  # an object store that may not be listed answers 403 for what is not there


class Web:
    """A folder below a URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _get(self, name: str, start: int = 0) -> HTTPResponse:
        headers = {"Range": f"bytes={start}-"} if start else {}
        request = Request(f"{self.url}/{name}", headers=headers)  # noqa: S310 this file is for http and https
        return urlopen(request, timeout=TIMEOUT)  # noqa: S310

    def read(self, name: str, limit: int) -> bytes | None:
        try:
            with self._get(name) as answer:
                content = answer.read(limit + 1)
                promised = int(answer.headers.get("Content-Length", len(content)))
        except HTTPError as error:
            if error.code in ABSENT:
                return None
            raise
        if len(content) > limit:
            raise DatasetError(f"{name} is longer than {limit:,} bytes")
        if len(content) < promised:
            raise DatasetError(f"{name} ended after {len(content):,} of {promised:,} bytes")
        return content

    def download(self, name: str, size: int, path: Path, on_bytes: OnBytes) -> None:
        with path.open("ab") as file:
            for _ in range(CONNECTIONS):
                self._append(name, size, file, on_bytes)
                if file.tell() == size:
                    return
        raise DatasetError(f"{name} ended after {path.stat().st_size:,} of {size:,} bytes")

    def _append(self, name: str, size: int, file: BinaryIO, on_bytes: OnBytes) -> None:
        """Add to a file what one connection brings, up to `size`."""
        with self._get(name, file.tell()) as answer:
            start = file.tell() if answer.status == 206 else 0  # without ranges the file comes from its start
            _check_range(name, answer, start, size)
            on_bytes(start - file.tell())
            file.seek(start)
            file.truncate()
            try:
                while block := answer.read1(min(BLOCK, size - file.tell())):
                    file.write(block)
                    on_bytes(len(block))
            except (HTTPException, ConnectionError, TimeoutError):
                return

    def upload(self, files: Mapping[str, Path], on_bytes: OnBytes) -> None:
        raise UsageError(f"{self.url} can only be read; push to file:///folder, and serve that folder.")


def _check_range(name: str, answer: HTTPResponse, start: int, size: int) -> None:
    """Refuse an answer that tells another size than the manifest's, or does not begin where it should.

    Raises:
        DatasetError: it does.
    """
    told = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""))
    begins, length = map(int, told.groups()) if told else (0, int(answer.headers.get("Content-Length", size)))
    if length != size:
        raise DatasetError(f"{name} is {length:,} bytes long, not {size:,} as the manifest says")
    if begins != start:
        raise DatasetError(f"{name} came from byte {begins:,}, not from {start:,} as asked")


for _scheme in ("http", "https"):
    REMOTES.add(_scheme, Web)
