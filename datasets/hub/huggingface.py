"""The Hugging Face Hub: `hf://org/name` is the dataset repository of that name, at `$HF_ENDPOINT` if that is set.

Files are read in ranges through the Hub's file system: its whole-file downloads start anew when they were interrupted.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from fsspec import AbstractFileSystem

from gnomon.datasets.hub import REMOTES, OnBytes
from gnomon.datasets.hub.storage import Storage
from gnomon.errors import UsageError


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep the client from drawing bars of its own into ours, or into a file."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    if are_progress_bars_disabled():
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()


@REMOTES.register("hf")
class HuggingFace(Storage):
    """A dataset repository of the Hub; the token is the one that `hf auth login` keeps, or `$HF_TOKEN`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.repository = url.removeprefix("hf://").removeprefix("datasets/")
        self.endpoint = (
            os.environ.get("HF_ENDPOINT", "").rstrip("/") or None
        )  # the client itself would read it only once
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", self.repository):
            raise UsageError(f"{url!r} is not a repository; write hf://org/name.")

    @cached_property
    def _place(self) -> tuple[AbstractFileSystem, str]:
        from huggingface_hub import HfFileSystem

        return HfFileSystem(endpoint=self.endpoint, skip_instance_cache=True), f"datasets/{self.repository}"

    def upload(self, files: Mapping[str, Path], on_bytes: OnBytes) -> None:
        """One commit, which readers see whole or not at all; the client sends only what the Hub does not have."""
        from huggingface_hub import CommitOperationAdd, HfApi

        hub = HfApi(endpoint=self.endpoint)
        hub.create_repo(self.repository, repo_type="dataset", exist_ok=True)
        added = [CommitOperationAdd(name, path) for name, path in files.items()]
        with _without_bars():
            hub.create_commit(self.repository, added, commit_message=f"Add {len(files)} files", repo_type="dataset")
        on_bytes(sum(path.stat().st_size for path in files.values()))
