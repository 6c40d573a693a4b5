"""Canonical JSON, hashes, atomic writes, locks, and where gnomon keeps its files."""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def home() -> Path:
    """The folder of datasets, runs and pages: `$GNOMON_HOME`, else `gnomon` in the user's cache folder."""
    if chosen := os.environ.get("GNOMON_HOME"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gnomon"


def canonical_json(value: Any) -> bytes:
    """The one byte string of a JSON value: sorted keys, no spaces, UTF-8; NaN and infinity are refused.

    >>> canonical_json({"b": 1, "a": [1.5, None]})
    b'{"a":[1.5,null],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def hash_of(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def hash_arrays(arrays: "Mapping[str, np.ndarray]") -> str:
    """SHA-256 over names, dtypes, shapes and little-endian C-order bytes, in the order of the names.

    >>> import numpy as np
    >>> a, b = np.arange(3), np.ones(2)
    >>> hash_arrays({"a": a, "b": b}) == hash_arrays({"b": b, "a": a})
    True
    """
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        little_endian = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
        digest.update(canonical_json([name, little_endian.dtype.str, list(array.shape)]))
        digest.update(little_endian.tobytes())
    return digest.hexdigest()


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader, or a crash, sees the old one or the new one and nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder that becomes `path` when the block ends well, and vanishes when it does not.

    A folder that is there already is replaced; where several processes write one at once, one of theirs stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    temporary.chmod(0o755)
    replaced = temporary.with_name(f"{temporary.name}.old")
    try:
        yield temporary
        while True:
            try:
                temporary.rename(path)
                break
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
            with suppress(FileNotFoundError):  # another process has just moved it
                path.rename(replaced)
                shutil.rmtree(replaced, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`; a second process waits. The lock ends with its holder, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
