"""The journal: who did what with the server, a line each, chained by SHA-256. Nothing is removed.

It is the audit log, and with the ledger the truth that the database is made of: whose submission an accepted zip is,
what was flagged and appealed, what was decided, and which jobs have ended. A line that a crash cut short was never
answered for; the next one takes its place.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from gnomon.errors import GnomonError
from gnomon.files import canonical_json, locked
from gnomon.findings import Finding
from gnomon.leaderboard.ledger import NOTHING
from gnomon.leaderboard.submission import Digest

LONGEST_LINE = 16 << 10  # bytes
Action = Literal[
    "token.made",
    "token.revoked",
    "visit.begun",
    "submission.accepted",
    "submission.flagged",
    "submission.appealed",
    "complaint.decided",
    "change.asked",
    "job.ended",
]


class Event(BaseModel):
    """One thing that somebody did.

    Attributes:
        sequence: from 0.
        previous: SHA-256 of the line before; zeros for the first.
        time: when.
        actor: the account, `worker`, or `keeper` on the command line.
        action: what.
        subject: id of a submission, or prefix of a token.
        detail: what else belongs to it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    sequence: int = Field(ge=0)
    previous: Digest
    time: AwareDatetime
    actor: str
    action: Action
    subject: str
    detail: dict[str, str | int | float]

    @property
    def line(self) -> bytes:
        """The event as it stands in the file, without the line's end."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def hash(self) -> str:
        """What the next event calls `previous`."""
        return sha256(self.line).hexdigest()


class Journal:
    """The file of a journal; it is made with its first line, and its owner alone can read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, actor: str, action: Action, subject: str = "", **detail: str | int | float) -> Event:
        """Add an event; it is on the disk when this returns. Processes that add at once take turns."""
        with locked(self.path.with_suffix(".lock")), self._opened() as file:
            end, last = _last(file)
            event = Event(
                sequence=last.sequence + 1 if last else 0,
                previous=last.hash if last else NOTHING,
                time=datetime.now(UTC),
                actor=actor,
                action=action,
                subject=subject,
                detail=detail,
            )
            file.seek(end)
            file.truncate()
            file.write(event.line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return event

    def _opened(self) -> IO[bytes]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")

    def after(self, offset: int = 0) -> Iterator[tuple[Event, int]]:
        """The events behind a place in the file, each with the place behind it.

        Raises:
            GnomonError: a line is no event.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(offset)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # a crash cut it short, or it is being written
                offset += len(line)
                yield _event(line), offset

    def faults(self) -> list[Finding]:
        """Where the chain is broken.

        Raises:
            GnomonError: a line is no event.
        """
        found, previous = [], NOTHING
        for number, (event, _) in enumerate(self.after()):
            if (event.sequence, event.previous) != (number, previous):
                sentence = "It does not follow from the line before: one was changed, left out or moved."
                found.append(Finding("journal", "error", f"line {number + 1}", sentence))
            previous = event.hash
        return found


def _last(file: IO[bytes]) -> tuple[int, Event | None]:
    """Where the last whole line ends, and its event."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - 2 * LONGEST_LINE))
    content = file.read()
    whole = content[: content.rfind(b"\n") + 1]
    lines = whole.splitlines()
    return start + len(whole), _event(lines[-1]) if lines else None


def _event(line: bytes) -> Event:
    try:
        return Event.model_validate_json(line)
    except ValidationError as error:
        raise GnomonError("A line of the journal is no event; restore the journal from a backup.") from error
