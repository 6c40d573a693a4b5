"""Flags, appeals, decisions, withdrawals. Everybody sees the reasons.

Anybody flags; a moderator upholds, and the worker enters `disputed`, or dismisses. Its author appeals against a
rejection or a dispute; a moderator upholds, and it is verified again, or dismisses. Author or moderator withdraw,
which is final.
"""

from typing import Literal

from fastapi import HTTPException
from sqlalchemy import select

from gnomon.leaderboard.ledger import CHANGES, State
from gnomon.leaderboard.server.database import reading
from gnomon.leaderboard.server.projection import record, turn
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Complaint, Job, Submitted
from gnomon.leaderboard.server.tokens import Bearer

Decision = Literal["upheld", "dismissed"]
Request = Literal["withdraw", "verify"]
WANTED: dict[str, State] = {"dispute": "disputed", "withdraw": "withdrawn", "verify": "structural"}
APPEALABLE = ("rejected", "disputed")


def find_submission(service: Service, id: str) -> Submitted:
    """The submission whose id begins so; refuses with 404 where there is none, or are several."""
    query = select(Submitted).where(Submitted.id.startswith(id, autoescape=True)).limit(2)
    with reading(service.engine) as session:
        found = list(session.scalars(query))
    if len(found) != 1:
        raise HTTPException(404, f"{'Several' if found else 'No'} submissions begin with {id}.")
    return found[0]


def flag(service: Service, bearer: Bearer, id: str, reason: str) -> int:
    """Say what is wrong with a submission; the number of the flag."""
    with turn(service):
        found = find_submission(service, id)
        if "disputed" not in CHANGES[_state(found)]:
            raise HTTPException(409, f"It is {found.state}; only what is verified, or being verified, can be flagged.")
        _check_first(service, found.id, "flag", bearer.account)
        return record(service, bearer.account, "submission.flagged", found.id, reason=reason).sequence


def appeal(service: Service, bearer: Bearer, id: str, reason: str) -> int:
    """Say why the rejection or the dispute of the own submission is wrong; the number of the appeal."""
    with turn(service):
        found = find_submission(service, id)
        if found.account != bearer.account:
            raise HTTPException(403, "Only the account that sent it can appeal.")
        if found.state not in APPEALABLE:
            raise HTTPException(409, f"It is {found.state}; only what is rejected or disputed can be appealed for.")
        _check_first(service, found.id, "appeal", bearer.account)
        return record(service, bearer.account, "submission.appealed", found.id, reason=reason).sequence


def decide(service: Service, bearer: Bearer, number: int, decision: Decision, answer: str) -> None:
    """Uphold or dismiss a flag or an appeal, and say why, once."""
    with turn(service):
        with reading(service.engine) as session:
            complaint = session.get(Complaint, number)
        if complaint is None:
            raise HTTPException(404, f"There is no flag or appeal {number}.")
        if complaint.decision:
            raise HTTPException(409, f"It was {complaint.decision} by {complaint.moderator}.")
        if complaint.account == bearer.account:
            raise HTTPException(403, "Nobody decides on their own flag or appeal.")
        detail = {"complaint": number, "decision": decision, "answer": answer}
        record(service, bearer.account, "complaint.decided", complaint.subject, **detail)


def ask(service: Service, bearer: Bearer, id: str, kind: Request, reason: str) -> None:
    """Have a submission withdrawn, or verified again."""
    with turn(service):
        found = find_submission(service, id)
        is_moderator = "moderate" in bearer.scopes
        if not is_moderator and (kind == "verify" or found.account != bearer.account):
            raise HTTPException(403, "Only a moderator can do that, or withdraw what another account has sent.")
        if WANTED[kind] not in CHANGES[_state(found)]:
            raise HTTPException(409, f"It is {found.state}, and stays so.")
        if _is_asked(service, found.id, kind):
            raise HTTPException(409, "That is asked for already.")
        record(service, bearer.account, "change.asked", found.id, kind=kind, reason=reason)


def open_complaints(service: Service) -> list[Complaint]:
    """What waits for a decision, the oldest first."""
    with reading(service.engine) as session:
        return list(session.scalars(select(Complaint).where(Complaint.decision == "").order_by(Complaint.number)))


def _state(found: Submitted) -> State:
    return found.state  # pyright: ignore[reportReturnType]  # the ledger's


def _check_first(service: Service, id: str, kind: str, account: str) -> None:
    same = select(Complaint.number).where(
        Complaint.subject == id, Complaint.kind == kind, Complaint.account == account, Complaint.decision == ""
    )
    with reading(service.engine) as session:
        if session.scalars(same).first() is not None:
            raise HTTPException(409, f"Your last {kind} waits for a moderator.")


def _is_asked(service: Service, id: str, kind: str) -> bool:
    same = select(Job.number).where(Job.subject == id, Job.kind == kind, Job.state.in_(("queued", "running")))
    with reading(service.engine) as session:
        return session.scalars(same).first() is not None
