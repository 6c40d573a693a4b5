"""Jobs with leases. A worker that does not report in time has lost its job to the next that asks.

    queued ──claim──▶ running ──▶ done
       ▲                │  │
       └── put_back ────┘  └────▶ failed

A job that somebody asked for ends by a line of the journal, so that it is not done again when the tables are made anew.
"""

import time
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import aliased

from gnomon.leaderboard.server.database import reading, writing
from gnomon.leaderboard.server.projection import hold, record
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Job

QUEUE = "queue"
PAUSE = 20.0  # seconds before a second attempt, twice as many before the third


@dataclass(frozen=True)
class Claimed:
    """A job, and the worker that has it; `attempts` counts this one."""

    number: int
    kind: str
    subject: str
    reason: str
    event: int | None
    attempts: int
    worker: str


def claim(service: Service, worker: str) -> Claimed | None:
    """Take the oldest job that is ready and whose submission nobody works on; none where there is none.

    Asking counts as an attempt, so that a job which kills its worker is not taken for ever.
    """
    now, other = time.time(), aliased(Job)
    busy = select(other.subject).where(other.state == "running", other.lease_until >= now, other.subject != "")
    with writing(service.engine) as session:
        hold(session, QUEUE)
        ready = select(Job).where(_is_ready(now), Job.subject.not_in(busy)).order_by(Job.not_before, Job.number)
        job = session.scalars(ready.limit(1)).first()
        if job is None:
            return None
        job.state, job.worker = "running", worker
        job.lease_until, job.attempts = now + service.settings.lease_seconds, job.attempts + 1
        return Claimed(job.number, job.kind, job.subject, job.reason, job.event, job.attempts, worker)


def _is_ready(now: float) -> ColumnElement[bool]:
    is_waiting = and_(Job.state == "queued", Job.not_before <= now)
    return or_(is_waiting, and_(Job.state == "running", Job.lease_until < now))


def extend(service: Service, job: Claimed) -> bool:
    """Report that a job goes on; false where the lease was lost."""
    return _changed(service, job, lease_until=time.time() + service.settings.lease_seconds)


def is_held(service: Service, job: Claimed) -> bool:
    """Whether the job is still this worker's."""
    mine = select(Job.number).where(_is_mine(job), Job.lease_until >= time.time())
    with reading(service.engine) as session:
        return session.scalars(mine).first() is not None


def is_empty(service: Service) -> bool:
    """Whether nothing waits, not even for later, and nobody works."""
    with reading(service.engine) as session:
        return session.scalars(select(Job.number).where(Job.state.in_(("queued", "running")))).first() is None


def put_back(service: Service, job: Claimed, sentence: str, pause: float = PAUSE) -> bool:
    """Have a job tried again later; false where the lease was lost."""
    until = time.time() + pause * job.attempts
    return _changed(service, job, state="queued", worker="", not_before=until, error=sentence, lease_until=0.0)


def give_back(service: Service, job: Claimed) -> bool:
    """Return a job that was not begun in earnest: the attempt does not count."""
    return _changed(service, job, state="queued", worker="", attempts=job.attempts - 1, lease_until=0.0)


def end(service: Service, job: Claimed, outcome: str, sentence: str) -> None:
    """Say how a job ended, `done` or `failed`, where it is still this worker's."""
    if job.event is None:
        _changed(service, job, state=outcome, worker="", error=sentence, lease_until=0.0)
    elif is_held(service, job):
        detail = {"event": job.event, "outcome": outcome, "sentence": sentence[:2000]}
        record(service, "worker", "job.ended", job.subject, **detail)


def _is_mine(job: Claimed) -> ColumnElement[bool]:
    return and_(Job.number == job.number, Job.worker == job.worker, Job.state == "running")


def _changed(service: Service, job: Claimed, **values: object) -> bool:
    with writing(service.engine) as session:
        result = session.execute(update(Job).where(_is_mine(job)).values(**values).returning(Job.number))
        return result.first() is not None
