"""Object stores and file systems, through fsspec: `s3://bucket/folder`, `gs://…`, `file:///folder` and the like."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem, available_protocols
from fsspec.core import url_to_fs

from gnomon.datasets.hub import REMOTES, OnBytes
from gnomon.errors import DatasetError

BLOCK = 2**24  # bytes a request
CONNECTIONS = 8  # uploads at once
ELSEWHERE = ("hf", "http", "https")  # schemes that have a file of their own


class Storage:
    """Files that fsspec can reach; what it needs for a scheme, such as s3fs, it names when it is missing."""

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def _place(self) -> tuple[AbstractFileSystem, str]:
        """The file system, without listings from earlier, and the folder in it."""
        options = {"auto_mkdir": True} if self.url.startswith(("file:", "local:")) else {}
        return url_to_fs(self.url, skip_instance_cache=True, **options)

    def _open(self, name: str) -> Any:
        files, folder = self._place
        return files.open(f"{folder}/{name}", "rb", cache_type="none")  # each read is one request of just that range

    def read(self, name: str, limit: int) -> bytes | None:
        try:
            with self._open(name) as file:
                content = file.read(limit + 1)
        except FileNotFoundError:
            return None
        if len(content) > limit:
            raise DatasetError(f"{name} is longer than {limit:,} bytes")
        return content

    def download(self, name: str, size: int, path: Path, on_bytes: OnBytes) -> None:
        files, folder = self._place
        if (length := files.size(f"{folder}/{name}")) != size:
            raise DatasetError(f"{name} is {length:,} bytes long, not {size:,} as the manifest says")
        with self._open(name) as theirs, path.open("ab") as ours:
            theirs.seek(ours.tell())
            while ours.tell() < size:
                block = theirs.read(min(BLOCK, size - ours.tell()))
                if not block:
                    raise DatasetError(f"{name} ended after {ours.tell():,} of {size:,} bytes")
                block = block[: size - ours.tell()]  # a server that knows no ranges sends all of it
                ours.write(block)
                on_bytes(len(block))

    def upload(self, files: Mapping[str, Path], on_bytes: OnBytes) -> None:
        *first, last = files
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda name: self._put(name, files[name], on_bytes), first))
        self._put(last, files[last], on_bytes)

    def _put(self, name: str, path: Path, on_bytes: OnBytes) -> None:
        files, folder = self._place
        if not self._has(name, path):
            files.put_file(str(path), f"{folder}/{name}")
        on_bytes(path.stat().st_size)

    def _has(self, name: str, path: Path) -> bool:
        """Whether the same bytes are known to be there: S3 and its like tell the MD5 of a small object as its ETag."""
        files, folder = self._place
        try:
            known = files.info(f"{folder}/{name}")
        except FileNotFoundError:
            return False
        if known["size"] != path.stat().st_size or "ETag" not in known:
            return False
        with path.open("rb") as file:
            return known["ETag"].strip('"') == hashlib.file_digest(file, "md5").hexdigest()


for _scheme in set(available_protocols()) - set(ELSEWHERE):
    REMOTES.add(_scheme, Storage)
