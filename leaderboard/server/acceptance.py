"""From a received file to an accepted submission: it is read in a limited child, and is in the inbox before the answer.

Accepted is what has a line in the journal. The file is in its place and on the disk before that line is, so there is no
moment in which a process can be killed and what somebody was told to be accepted is lost.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from fastapi import HTTPException
from sqlalchemy import ColumnElement, and_, select

from gnomon.findings import Finding
from gnomon.leaderboard.reading.reader import LIMITS, read_submission
from gnomon.leaderboard.server.database import reading
from gnomon.leaderboard.server.projection import record, summary, turn
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.settings import Settings
from gnomon.leaderboard.server.tables import Submitted
from gnomon.leaderboard.server.tokens import DAY
from gnomon.leaderboard.server.uploads import AGAIN, Uploaded
from gnomon.leaderboard.submission import AnySubmission


@dataclass(frozen=True)
class Accepted:
    """What became of an upload: whether it is new, or the findings that keep it from being a submission."""

    id: str
    state: str = ""
    is_new: bool = False
    findings: tuple[Finding, ...] = ()


def waiting_place(settings: Settings, id: str) -> Path:
    """Where an accepted zip waits for the worker."""
    return settings.inbox / f"{id}.zip"


def accept(service: Service, account: str, id: str, upload: Uploaded) -> Accepted:
    """Accept an upload as the submission of that id; the same submission twice is one. Raises HTTPException.

    Args:
        service: with the inbox.
        account: whose quota counts.
        id: that the sender gives it.
        upload: moved into the inbox where it is accepted.
    """
    known = _known(service, id)
    if known is not None and known.archive == upload.digest:
        return Accepted(id, known.state)
    begun = time.monotonic()
    found = read_submission(upload.path, LIMITS)
    if found.submission is None or not found.is_sound:
        if time.monotonic() - begun >= LIMITS.patience:  # so long only where others have the processor
            raise HTTPException(503, "The server is busy; send it again.", {"Retry-After": AGAIN})
        return Accepted(id, findings=tuple(found.findings))
    if found.submission.id != id:
        raise HTTPException(
            409, f"The zip is the submission {found.submission.id}, not the one of the Idempotency-Key."
        )
    with turn(service):
        if (known := _known(service, id)) is not None:
            return Accepted(id, known.state)
        check_quota(service, account)
        _keep(service, account, found.submission, upload)
    return Accepted(id, "received", is_new=True)


def _keep(service: Service, account: str, submission: AnySubmission, upload: Uploaded) -> None:
    upload.path.replace(waiting_place(service.settings, submission.id))
    folder = os.open(service.settings.inbox, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    record(service, account, "submission.accepted", submission.id, archive=upload.digest, **summary(submission))


def _known(service: Service, id: str) -> Submitted | None:
    with reading(service.engine) as session:
        return session.get(Submitted, id)


def check_quota(service: Service, account: str) -> None:
    """Refuse with 429 an account that had as many submissions accepted today as it may; raises HTTPException.

    Only those count that were not rejected since.
    """
    now, most = time.time(), service.settings.submissions_a_day
    counted = select(Submitted.accepted).where(_counts(account, now)).order_by(Submitted.accepted.desc())
    with reading(service.engine) as session:
        times = list(session.scalars(counted.limit(most)))
    if len(times) == most:
        seconds = max(1, round(times[-1] + DAY - now))
        raise HTTPException(429, f"{most} of your submissions were accepted today.", {"Retry-After": str(seconds)})


def _counts(account: str, now: float) -> ColumnElement[bool]:
    return and_(Submitted.account == account, Submitted.accepted > now - DAY, Submitted.state != "rejected")
