"""What is wrong with a server: its ledger, its journal, its database, its disk, its worker."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select

from gnomon.errors import GnomonError
from gnomon.findings import Finding
from gnomon.leaderboard.keys import read_public
from gnomon.leaderboard.ledger import LEDGER, check_ledger
from gnomon.leaderboard.register import PUBLIC_KEY
from gnomon.leaderboard.server.acceptance import waiting_place
from gnomon.leaderboard.server.database import migrate, open_database, reading
from gnomon.leaderboard.server.health import health
from gnomon.leaderboard.server.looking import jobs
from gnomon.leaderboard.server.projection import catch_up
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Audit, Change, Complaint, Job, Submitted
from gnomon.leaderboard.verify.sandbox import require_sandbox

OWN_TO_JOBS = {"number", "state", "attempts", "not_before", "worker", "lease_until", "error", "created"}
Row = tuple[Any, ...]


def diagnose(service: Service) -> list[Finding]:
    """Everything that is wrong; warnings can wait."""
    return [finding for look in LOOKS for finding in _looked(look, service)]


def _looked(look: Callable[[Service], Iterator[Finding]], service: Service) -> list[Finding]:
    try:
        return list(look(service))
    except (GnomonError, OSError) as error:
        return [Finding(look.__name__.strip("_"), "error", "", str(error))]


def _ledger(service: Service) -> Iterator[Finding]:
    folder = service.register.folder
    if (folder / LEDGER).exists():
        yield from check_ledger(folder, read_public(folder / PUBLIC_KEY))
        yield from service.register.check_folders()


def _journal(service: Service) -> Iterator[Finding]:
    yield from service.journal.faults()


def _inbox(service: Service) -> Iterator[Finding]:
    """Every accepted submission is in the register or waits in the inbox."""
    entered = service.register.entries()
    with reading(service.engine) as session:
        accepted = list(session.scalars(select(Submitted.id).where(Submitted.archive != "")))
    for id in accepted:
        if (
            id not in entered
            and not waiting_place(service.settings, id).exists()
            and not service.register.place(id).exists()
        ):
            yield Finding("inbox", "error", id[:16], "It was accepted, and its file is gone; restore it from a backup.")


def _database(service: Service) -> Iterator[Finding]:
    """The tables say what the files say: they are made anew beside it, and compared."""
    catch_up(service)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'fresh.db'}")
        migrate(engine)
        fresh = Service(service.settings, service.register, service.journal, engine)
        catch_up(fresh)
        for table in (Submitted, Change, Complaint, Audit, Job):
            if _rows(service, table) != _rows(fresh, table):
                sentence = "The table is not what the files say: gnomon leaderboard doctor --rebuild."
                yield Finding("database", "error", table.__tablename__, sentence)
        engine.dispose()


def _rows(service: Service, table: Any) -> list[Row]:
    """The rows of a table in one order, without what only this database knows."""
    names = [column.key for column in inspect(table).column_attrs]
    if table is Job:
        names = [name for name in names if name not in OWN_TO_JOBS]
    with reading(service.engine) as session:
        rows = session.scalars(select(table).where(Job.event.is_not(None)) if table is Job else select(table))
        return sorted((tuple(getattr(row, name) for name in names) for row in rows), key=repr)


def _machine(service: Service) -> Iterator[Finding]:
    parts = health(service)
    if not parts["disk"]:
        yield Finding("disk", "error", str(service.settings.folder), "There is less space than uploads must leave.")
    if not parts["worker"]:
        yield Finding("worker", "error", "", "Jobs wait and no worker takes them: gnomon leaderboard worker.")
    if not service.settings.is_secure:
        yield Finding("address", "warning", service.settings.address, "Tokens can be read on the way without https.")


def _sandbox(_: Service) -> Iterator[Finding]:
    """Worth a warning: without one, verification ends at L1."""
    try:
        require_sandbox()
    except GnomonError as error:
        yield Finding("sandbox", "warning", "", str(error))


def _jobs(service: Service) -> Iterator[Finding]:
    for job in jobs(service, "failed"):
        yield Finding("jobs", "warning", job.subject[:16] or job.kind, f"{job.kind} could not be done: {job.error}")


LOOKS = (_ledger, _journal, _database, _inbox, _machine, _sandbox, _jobs)
