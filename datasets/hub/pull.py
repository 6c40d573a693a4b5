"""Pulling: a dataset from the first mirror that has it, each byte checked, taken up again after an interruption."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event
from typing import TypeVar

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.hub import OnBytes, Remote, connect
from gnomon.datasets.hub.layout import CARD_LIMIT, README, card_files, read_manifest
from gnomon.datasets.hub.plain_hdf5 import refuse_unless_plain
from gnomon.datasets.manifest import MANIFEST, File, Manifest
from gnomon.datasets.minari_file import DATA
from gnomon.datasets.store import folder_of, load_dataset, lock_of
from gnomon.errors import DatasetError, UsageError
from gnomon.files import hash_file, home, write_atomically

CONNECTIONS = 4  # files at once
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
T = TypeVar("T")


def pull_dataset(
    id: str, mirrors: Sequence[str] = (), on_progress: Callable[[int, int], None] = lambda *_: None
) -> Dataset:
    """The dataset of that id, pulled first where it is missing; a second process that wants it too waits.

    Files lie in a staging folder until all are there and every hash agrees; then the dataset appears whole. A pull
    that is interrupted leaves them for the next one, from whichever mirror has the same manifest.

    Args:
        id: a dataset id.
        mirrors: URLs that are tried in order; those in `$GNOMON_MIRRORS`, between commas, where none are given.
        on_progress: gets the bytes that have arrived since the last call, and how many there are in all; called from
            several threads.

    Raises:
        UsageError: no mirror is named, or one is not a URL.
        DatasetError: no mirror has it whole and undamaged, or the one that is here already is damaged.
    """
    folder = folder_of(id)
    with lock_of(id):
        if not folder.exists():
            _from_first(id, mirrors, lambda remote: _pull(remote, id, folder, on_progress))
    return load_dataset(id)


def read_card(id: str, mirrors: Sequence[str] = ()) -> str:
    """README.md of a dataset at the first mirror that has it, or its manifest where it has no card; nothing is kept.

    Raises:
        UsageError: no mirror is named, or one is not a URL.
        DatasetError: no mirror has it.
    """
    folder_of(id)  # refuses what is not an id

    def read(remote: Remote) -> bytes:
        content, _ = read_manifest(remote, id)
        return remote.read(f"{id}/{README}", CARD_LIMIT) or content

    text = _from_first(id, mirrors, read).decode(errors="replace")
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")  # no codes for the terminal


def _from_first(id: str, mirrors: Sequence[str], take: Callable[[Remote], T]) -> T:
    """What `take` gets from the first mirror where it does not fail."""
    urls = mirrors or [url.strip() for url in os.environ.get("GNOMON_MIRRORS", "").split(",") if url.strip()]
    if not urls:
        raise UsageError(f"Say where {id} is: --from URL, or set GNOMON_MIRRORS to one or more, between commas.")
    failures: list[str] = []
    for remote in [connect(url) for url in urls]:
        try:
            return take(remote)
        except Exception as error:  # every client library raises its own
            if _is_of_this_disk(error):
                raise
            failures.append(f"{remote.url}: {' '.join(str(error).split())[:300] or type(error).__name__}")
    raise DatasetError(
        f"{id} could not be pulled; try again, or name another mirror with --from ({'; '.join(failures)})."
    )


def _is_of_this_disk(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in _DISK_ERRORS


def _pull(remote: Remote, id: str, folder: Path, on_progress: Callable[[int, int], None]) -> None:
    content, manifest = read_manifest(remote, id)
    staging = home() / "datasets" / ".pulls" / hashlib.sha256(content).hexdigest()
    _download(remote, manifest, staging, on_progress)
    write_atomically(staging / MANIFEST, content)
    _add_card(remote, manifest, staging)
    _check_content(Dataset(staging, manifest))
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging.rename(folder)


def _download(remote: Remote, manifest: Manifest, staging: Path, on_progress: Callable[[int, int], None]) -> None:
    """Bring the data into the staging folder, several files at once."""
    total, here = sum(file.bytes for file in manifest.files.values()), _bytes_here(staging, manifest)
    _refuse_without_space(staging, 2 * total - here)  # the column store is about as long as the data
    on_progress(here, total)
    stopped = Event()

    def on_bytes(amount: int) -> None:
        on_progress(amount, total)
        if stopped.is_set():
            raise CancelledError

    files = manifest.files.items()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        downloads = [pool.submit(_fetch, remote, manifest.id, staging, name, file, on_bytes) for name, file in files]
        try:
            for download in as_completed(downloads):
                download.result()
        except BaseException:
            stopped.set()  # the others end at their next block, which is kept
            pool.shutdown(cancel_futures=True)
            on_progress(-_bytes_here(staging, manifest), total)
            raise


def _bytes_here(staging: Path, manifest: Manifest) -> int:
    staging.mkdir(parents=True, exist_ok=True)
    return sum((staging / name).stat().st_size for name in manifest.files if (staging / name).is_file())


def _refuse_without_space(staging: Path, needed: int) -> None:
    free = shutil.disk_usage(staging).free
    if needed > free:
        raise DatasetError(f"it needs {needed:,} bytes and {free:,} are free; free some, or move GNOMON_HOME")


def _fetch(remote: Remote, id: str, staging: Path, name: str, file: File, on_bytes: OnBytes) -> None:
    """Make one file of the staging folder what the manifest says, or delete it."""
    path = staging / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(2):  # what an earlier mirror left may have been bad
        path.touch()
        if path.stat().st_size < file.bytes:
            remote.download(f"{id}/{name}", file.bytes, path, on_bytes)
        if path.stat().st_size == file.bytes and hash_file(path) == file.sha256:
            return
        bad = path.stat().st_size
        path.unlink()
        on_bytes(-bad)
    raise DatasetError(f"{id}/{name} does not have the hash that its manifest says")


def _add_card(remote: Remote, manifest: Manifest, staging: Path) -> None:
    """Write what the remote has of the card; no hash covers it, and it can be made again."""
    readme = remote.read(f"{manifest.id}/{README}", CARD_LIMIT) or b""
    for name in card_files(readme, manifest):
        content = remote.read(f"{manifest.id}/{name}", CARD_LIMIT)
        if content is not None:
            write_atomically(staging / name, content)


def _check_content(dataset: Dataset) -> None:
    """Delete what is in the staging folder unless the data in it has the manifest's content hash."""
    try:
        refuse_unless_plain(dataset.path / DATA)
        dataset.verify()
    except Exception as error:  # whatever a hostile file leads h5py to
        if _is_of_this_disk(error):
            raise
        shutil.rmtree(dataset.path)
        raise DatasetError(f"{DATA} is not what its manifest says ({error})") from error
