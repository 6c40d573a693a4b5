"""What API and pages look up: submissions, their stories, the own account, the audit log."""

from dataclasses import dataclass

from sqlalchemy import select

from gnomon.leaderboard.server.database import reading
from gnomon.leaderboard.server.moderation import find_submission
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Audit, Change, Complaint, Job, Submitted

A_PAGE = 50


@dataclass(frozen=True)
class Told:
    """A submission, and what became of it, the oldest first."""

    submission: Submitted
    changes: list[Change]
    complaints: list[Complaint]
    jobs: list[Job]


def story(service: Service, id: str) -> Told:
    """Everything on a submission; refuses with 404 where there is none."""
    found = find_submission(service, id)
    with reading(service.engine) as session:
        changes = session.scalars(select(Change).where(Change.subject == found.id).order_by(Change.sequence))
        complaints = session.scalars(select(Complaint).where(Complaint.subject == found.id).order_by(Complaint.number))
        jobs = session.scalars(select(Job).where(Job.subject == found.id).order_by(Job.number))
        return Told(found, list(changes), list(complaints), list(jobs))


def submissions(service: Service, state: str = "", account: str = "", page: int = 0) -> list[Submitted]:
    """A page of the submissions in a state, or of an account, or of all, the newest first."""
    query = select(Submitted).order_by(Submitted.accepted.desc(), Submitted.id)
    if state:
        query = query.where(Submitted.state == state)
    if account:
        query = query.where(Submitted.account == account)
    with reading(service.engine) as session:
        return list(session.scalars(query.offset(A_PAGE * page).limit(A_PAGE)))


def audit(service: Service, page: int = 0) -> list[Audit]:
    """A page of the audit log, the newest first."""
    query = select(Audit).order_by(Audit.sequence.desc()).offset(A_PAGE * page).limit(A_PAGE)
    with reading(service.engine) as session:
        return list(session.scalars(query))


def jobs(service: Service, state: str = "", page: int = 0) -> list[Job]:
    """A page of the jobs in a state, or of all, the newest first."""
    query = select(Job).order_by(Job.number.desc()).offset(A_PAGE * page).limit(A_PAGE)
    with reading(service.engine) as session:
        return list(session.scalars(query.where(Job.state == state) if state else query))
