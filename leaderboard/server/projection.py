"""Journal and ledger → tables: the same code reads on after each change and makes everything again.

Each file has a row of `progress`: how far it was read. Who reads on locks that row and stores rows and position
together, so that every line counts once, whoever is killed at whatever moment.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gnomon.errors import GnomonError
from gnomon.files import locked
from gnomon.leaderboard.ledger import LEDGER, Entry, read_ledger
from gnomon.leaderboard.reading.kept import read_kept
from gnomon.leaderboard.server.database import reading, writing
from gnomon.leaderboard.server.journal import Action, Event
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Audit, Change, Complaint, Job, Progress, Submitted
from gnomon.leaderboard.submission import AnySubmission

JOURNAL_SOURCE, LEDGER_SOURCE = "journal", "ledger"
MADE_AGAIN = (Submitted, Change, Complaint, Audit, Job)
SETTLE = 3.0  # seconds in which further changes come into the same pages
ON_UPHOLDING = {"flag": "dispute", "appeal": "verify"}


def catch_up(service: Service) -> None:
    """Read what the files have more than the tables.

    Raises:
        GnomonError: a file is damaged, or is not the one that was read before.
    """
    follow_journal(service)
    follow_ledger(service)


def rebuild(service: Service) -> None:
    """Empty the tables that are made of the files, and make them again."""
    with writing(service.engine) as session:
        for table in MADE_AGAIN:
            session.execute(delete(table))
        session.execute(update(Progress).values(position=0, head=""))
    catch_up(service)


@contextmanager
def turn(service: Service) -> Iterator[None]:
    """One change at a time, in all processes: what the block looks up still holds when it records what follows."""
    with locked(service.settings.folder / "turn.lock"):
        follow_journal(service)
        yield


def record(service: Service, actor: str, action: Action, subject: str, **detail: str | int | float) -> Event:
    """Enter into the journal what somebody did, and its consequences into the tables."""
    event = service.journal.append(actor, action, subject, **detail)
    follow_journal(service)
    return event


def hold(session: Session, source: str) -> Progress:
    """The row of a source, locked until the transaction ends."""
    return session.get_one(Progress, source, with_for_update=True)


def summary(submission: AnySubmission) -> dict[str, Any]:
    """What the table and the journal say of a submission."""
    return {
        "algorithm": submission.name,
        "suite": submission.suite,
        "protocol": submission.protocol.name,
        "author": submission.author.name,
        "runs": len(submission.cells),
        "score": sum(submission.scores.values()) / max(1, len(submission.scores)),
    }


def follow_journal(service: Service) -> None:
    """Read on in the journal."""
    path = service.journal.path
    with reading(service.engine) as session:
        known = session.get_one(Progress, JOURNAL_SOURCE).position
    if not path.exists() or path.stat().st_size == known:
        return
    if path.stat().st_size < known:
        raise GnomonError("The journal is shorter than it was; run gnomon leaderboard doctor --rebuild.")
    with writing(service.engine) as session:
        progress = hold(session, JOURNAL_SOURCE)
        for event, end in service.journal.after(progress.position):
            _apply(session, event)
            progress.position, progress.head = end, event.hash


def _apply(session: Session, event: Event) -> None:
    time, detail = event.time.timestamp(), event.detail
    session.add(
        Audit(
            sequence=event.sequence,
            time=time,
            actor=event.actor,
            action=event.action,
            subject=event.subject,
            detail=detail,
        )
    )
    if event.action in CONSEQUENCES:
        CONSEQUENCES[event.action](session, event, time)
    session.flush()


def _accepted(session: Session, event: Event, time: float) -> None:
    row = session.get(Submitted, event.subject)
    if row is None:  # else the ledger had it in the same moment, by another way
        reason = "It could be read, and waits for the verifier."
        row = Submitted(id=event.subject, state="received", since=time, reason=reason)
        session.add(row)
    for name, value in event.detail.items():
        setattr(row, name, value)
    row.account, row.accepted = event.actor, time
    _ask(session, event, time, "verify")


def _complained(session: Session, event: Event, time: float) -> None:
    session.add(
        Complaint(
            number=event.sequence,
            kind="flag" if event.action == "submission.flagged" else "appeal",
            subject=event.subject,
            account=event.actor,
            reason=event.detail["reason"],
            time=time,
        )
    )


def _decided(session: Session, event: Event, time: float) -> None:
    complaint = session.get_one(Complaint, event.detail["complaint"])
    complaint.decision, complaint.answer = str(event.detail["decision"]), str(event.detail["answer"])
    complaint.moderator = event.actor
    if complaint.decision == "upheld":
        _ask(session, event, time, ON_UPHOLDING[complaint.kind], complaint.answer)


def _asked(session: Session, event: Event, time: float) -> None:
    _ask(session, event, time, str(event.detail["kind"]), str(event.detail["reason"]))


def _ask(session: Session, event: Event, time: float, kind: str, reason: str = "") -> None:
    session.add(Job(kind=kind, subject=event.subject, reason=reason, event=event.sequence, created=time))


def _ended(session: Session, event: Event, _: float) -> None:
    job = session.scalars(select(Job).where(Job.event == event.detail["event"])).one()
    job.state, job.error = str(event.detail["outcome"]), str(event.detail["sentence"])
    job.worker, job.lease_until = "", 0.0


CONSEQUENCES: dict[str, Callable[[Session, Event, float], None]] = {
    "submission.accepted": _accepted,
    "submission.flagged": _complained,
    "submission.appealed": _complained,
    "complaint.decided": _decided,
    "change.asked": _asked,
    "job.ended": _ended,
}


def follow_ledger(service: Service) -> None:
    """Read on in the ledger, and ask for new pages where there was something."""
    with reading(service.engine) as session:
        progress = session.get_one(Progress, LEDGER_SOURCE)
        position, head = progress.position, progress.head
    if _head(service) == head:
        return
    entries = read_ledger(service.register.folder)
    if position > len(entries) or (position and entries[position - 1].hash != head):
        raise GnomonError("The ledger is not the one that was read before; run gnomon leaderboard doctor --rebuild.")
    described = _described(service, entries[position:])
    with writing(service.engine) as session:
        progress = hold(session, LEDGER_SOURCE)
        for entry in entries[progress.position :]:
            _enter(session, entry, described)
        progress.position, progress.head = len(entries), entries[-1].hash
        ask_for_pages(session, entries[-1].time.timestamp())


def _head(service: Service) -> str:
    """The hash of the ledger's last entry, without reading the others; empty where there is none."""
    path = service.register.folder / LEDGER
    lines = path.read_bytes().splitlines() if path.exists() else []
    return sha256(lines[-1]).hexdigest() if lines else ""


def _described(service: Service, entries: Sequence[Entry]) -> dict[str, dict[str, Any]]:
    """What the submissions say that came by another way than the journal; each is read in a child."""
    with reading(service.engine) as session:
        known = set(session.scalars(select(Submitted.id)))
    found = {}
    for id in {entry.subject for entry in entries} - known:
        submission = read_kept(service.register.place(id)).submission
        found[id] = summary(submission) if submission else dict.fromkeys(("algorithm", "suite", "protocol"), "?")
    return found


def _enter(session: Session, entry: Entry, described: dict[str, dict[str, Any]]) -> None:
    time = entry.time.timestamp()
    session.add(
        Change(
            sequence=entry.sequence,
            subject=entry.subject,
            state=entry.state,
            reason=entry.reason,
            time=time,
            hash=entry.hash,
            evidence=entry.evidence,
        )
    )
    row = session.get(Submitted, entry.subject)
    if row is None:
        said = {"author": "?", "runs": 0, "score": 0.0, **described[entry.subject]}
        row = Submitted(id=entry.subject, account="", archive="", accepted=time, **said)
        session.add(row)
    row.state, row.reason, row.since = entry.state, entry.reason, time
    session.flush()


def ask_for_pages(session: Session, time: float) -> None:
    """Have the pages written anew, unless that is asked for already."""
    waiting = select(Job.number).where(Job.kind == "publish", Job.state == "queued")
    if session.scalars(waiting).first() is None:
        session.add(Job(kind="publish", subject="", created=time, not_before=time + SETTLE))
