"""Pushing: a dataset to a remote, verified first, the manifest last."""

from collections.abc import Callable
from pathlib import Path

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.hub import Remote, connect
from gnomon.datasets.hub.layout import CARD_LIMIT, MANIFEST_LIMIT, README, card_files
from gnomon.datasets.manifest import MANIFEST
from gnomon.datasets.store import load_dataset
from gnomon.errors import DatasetError, GnomonError
from gnomon.files import hash_file


def push_dataset(id: str, url: str, on_progress: Callable[[int, int], None] = lambda *_: None) -> None:
    """Store a dataset at a remote: data and card, then the manifest. Where the same is there already, only the card.

    A push that is interrupted leaves no manifest, so that readers see nothing; the next one goes on.

    Args:
        id: id of a dataset that is here.
        url: a remote that can be written; see `gnomon.datasets.hub`.
        on_progress: gets the bytes that were stored since the last call, and how many there are in all; called from
            several threads.

    Raises:
        UsageError: it is no URL, or one that can only be read.
        DatasetError: the dataset is not here or damaged, another one has its id there, or the remote failed.
    """
    dataset, remote = load_dataset(id), connect(url)
    _refuse_damage(dataset)
    try:
        files = _files_to_push(remote, dataset)
        total = sum(path.stat().st_size for path in files.values())
        on_progress(0, total)
        if files:
            remote.upload(files, lambda amount: on_progress(amount, total))
    except GnomonError:
        raise
    except Exception as error:  # every client library raises its own
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise DatasetError(f"{id} could not be pushed to {url} ({reason}); the same command goes on.") from error


def _refuse_damage(dataset: Dataset) -> None:
    dataset.verify()
    for name, file in dataset.manifest.files.items():
        if hash_file(dataset.path / name) != file.sha256:
            raise DatasetError(f"{dataset.path / name} was changed; delete the folder and make it again.")


def _files_to_push(remote: Remote, dataset: Dataset) -> dict[str, Path]:
    """Name at the remote → file, in the order of upload."""
    theirs = remote.read(f"{dataset.id}/{MANIFEST}", MANIFEST_LIMIT)
    if theirs not in (None, (dataset.path / MANIFEST).read_bytes()):
        raise DatasetError(f"{remote.url} holds another {dataset.id}; push to another URL, or under a new version.")
    readme = dataset.path / README
    card = card_files(readme.read_bytes() if readme.exists() else b"", dataset.manifest)
    names = [name for name in card if _can_be_read_back(dataset.path / name)]
    if not theirs:
        names = [*dataset.manifest.files, *names, MANIFEST]
    return {f"{dataset.id}/{name}": dataset.path / name for name in names}


def _can_be_read_back(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= CARD_LIMIT
