"""A request's body → a file in the inbox, never more of it in memory than a piece.

Bounds: the declared length before a byte is read; the bytes that come; seconds without any; seconds in all, by the
least rate; how many uploads one account and all have at once; and what is left on the disk.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage
from typing import IO

from fastapi import HTTPException, Request

from gnomon.leaderboard.server.settings import Settings

GRACE = 30.0  # seconds that every upload has
OF_ONE_ACCOUNT = 2
AGAIN = "10"  # seconds after which a busy server may be asked again
UPLOADING = ".upload-"


@dataclass(frozen=True)
class Uploaded:
    """A file that was received, and its SHA-256."""

    path: Path
    digest: str


class Slots:
    """Counts the uploads that are under way; of one process, as that is what its memory and files are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken: Counter[str] = Counter()
        self.readers = asyncio.Semaphore(2)  # children that read a submission, up to 3 GiB each

    @contextmanager
    def one_of(self, account: str) -> Iterator[None]:
        """A slot for an account; refuses with 503 where there is none."""
        if self.taken.total() >= self.most or self.taken[account] >= OF_ONE_ACCOUNT:
            raise _later("Other uploads are under way; send it again in a moment.")
        self.taken[account] += 1
        try:
            yield
        finally:
            self.taken[account] -= 1


@asynccontextmanager
async def uploaded(request: Request, settings: Settings) -> AsyncIterator[Uploaded]:
    """Receive the body; the file is gone after the block, unless it was moved."""
    length = declared_length(request, settings)
    if disk_usage(settings.inbox).free - length < settings.free_space:
        raise _later("The server's disk is nearly full.")
    descriptor, name = tempfile.mkstemp(dir=settings.inbox, prefix=UPLOADING)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            digest = await _received(request, file, length, settings)
        yield Uploaded(path, digest)
    finally:
        path.unlink(missing_ok=True)


def declared_length(request: Request, settings: Settings) -> int:
    """The length that the headers speak of; refuses what is no upload."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/zip":
        raise HTTPException(415, "A submission is sent as application/zip.")
    declared = request.headers.get("content-length", "")
    if not declared.isascii() or not declared.isdigit():
        raise HTTPException(411, "A submission is sent with its Content-Length.")
    if (length := int(declared)) > settings.largest_upload:
        raise HTTPException(413, f"It has {length:,} bytes; a submission may have {settings.largest_upload:,}.")
    return length


async def _received(request: Request, file: IO[bytes], length: int, settings: Settings) -> str:
    digest, received = sha256(), 0
    try:
        async with asyncio.timeout(GRACE + length / settings.slowest_upload):
            async for piece in request.stream():
                received += len(piece)
                if received > length:
                    raise HTTPException(400, "More bytes came than the Content-Length says.")
                digest.update(piece)
                await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(_stored, file)
    except TimeoutError as error:
        raise HTTPException(408, "The upload is too slow; send it again from a faster line.") from error
    if received < length:
        raise HTTPException(400, "Fewer bytes came than the Content-Length says.")
    return digest.hexdigest()


def _stored(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _later(sentence: str) -> HTTPException:
    return HTTPException(503, sentence, {"Retry-After": AGAIN})
