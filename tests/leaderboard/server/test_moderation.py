"""Flags, appeals, decisions and withdrawals, and what they ask the worker for."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from submissions_made_up import accepted, entered

from gnomon.leaderboard.ledger import State
from gnomon.leaderboard.server.database import reading
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Job

Bearing = Callable[..., dict[str, str]]
WHY = {"reason": "Its seeds were chosen by their scores."}


def jobs(service: Service) -> list[tuple[str, str]]:
    with reading(service.engine) as session:
        found = session.execute(select(Job.kind, Job.reason).where(Job.kind != "verify").order_by(Job.number))
        return [(kind, reason) for kind, reason in found if kind != "publish"]


@pytest.fixture
def id(own: Service) -> str:
    """A submission of ada's that reached L1."""
    (made,) = accepted(own, 1)
    entered(own, made, "received", "structural")
    return made


def test_a_flag_that_is_upheld_asks_for_a_dispute(own: Service, ask: TestClient, bearer: Bearing, id: str) -> None:
    flagged = ask.post(f"/api/v1/submissions/{id[:16]}/flags", json=WHY, headers=bearer("eve"))
    assert flagged.status_code == 201
    number = flagged.json()["number"]
    (waiting,) = ask.get("/api/v1/complaints", headers=bearer("moe", "moderate")).json()
    assert (waiting["number"], waiting["kind"], waiting["reason"]) == (number, "flag", WHY["reason"])
    assert "account" not in waiting
    decided = {"decision": "upheld", "answer": "The log shows it."}
    moderator = bearer("moe", "moderate")
    assert ask.post(f"/api/v1/complaints/{number}/decision", json=decided, headers=moderator).status_code == 202
    assert jobs(own) == [("dispute", "The log shows it.")]
    (told,) = ask.get(f"/api/v1/submissions/{id}").json()["complaints"]
    assert (told["decision"], told["answer"]) == ("upheld", "The log shows it.")
    again = ask.post(f"/api/v1/complaints/{number}/decision", json=decided, headers=moderator)
    assert (again.status_code, again.json()["detail"]) == (409, "It was upheld by moe.")


def test_a_flag_that_is_dismissed_asks_for_nothing(own: Service, ask: TestClient, bearer: Bearing, id: str) -> None:
    number = ask.post(f"/api/v1/submissions/{id}/flags", json=WHY, headers=bearer("eve")).json()["number"]
    decided = {"decision": "dismissed", "answer": "They were not."}
    ask.post(f"/api/v1/complaints/{number}/decision", json=decided, headers=bearer("moe", "moderate"))
    assert jobs(own) == []
    assert ask.get("/api/v1/complaints", headers=bearer("moe", "moderate")).json() == []


def test_nobody_flags_twice_or_decides_on_their_own(ask: TestClient, bearer: Bearing, id: str) -> None:
    both = bearer("moe", "submit", "moderate")
    number = ask.post(f"/api/v1/submissions/{id}/flags", json=WHY, headers=both).json()["number"]
    assert ask.post(f"/api/v1/submissions/{id}/flags", json=WHY, headers=both).status_code == 409
    decided = {"decision": "upheld", "answer": "I say so."}
    assert ask.post(f"/api/v1/complaints/{number}/decision", json=decided, headers=both).status_code == 403


def test_only_its_author_appeals_and_only_where_there_is_cause(
    own: Service, ask: TestClient, bearer: Bearing, id: str
) -> None:
    place = f"/api/v1/submissions/{id}/appeals"
    assert ask.post(place, json=WHY, headers=bearer("ada")).status_code == 409
    entered(own, id, "disputed")
    assert ask.post(place, json=WHY, headers=bearer("eve")).status_code == 403
    number = ask.post(place, json=WHY, headers=bearer("ada")).json()["number"]
    decided = {"decision": "upheld", "answer": "It will be played again."}
    ask.post(f"/api/v1/complaints/{number}/decision", json=decided, headers=bearer("moe", "moderate"))
    with reading(own.engine) as session:
        kinds = list(session.scalars(select(Job.kind).where(Job.subject == id).order_by(Job.number)))
    assert kinds == ["verify", "verify"]


def test_its_author_or_a_moderator_withdraws_once(own: Service, ask: TestClient, bearer: Bearing, id: str) -> None:
    place = f"/api/v1/submissions/{id}/withdrawal"
    assert ask.post(place, json=WHY, headers=bearer("eve")).status_code == 403
    assert ask.post(place, json=WHY, headers=bearer("ada")).status_code == 202
    assert ask.post(place, json=WHY, headers=bearer("moe", "submit", "moderate")).status_code == 409
    assert jobs(own) == [("withdraw", WHY["reason"])]


@pytest.mark.parametrize(("state", "status"), [("received", 409), ("structural", 201), ("rejected", 409)])
def test_what_cannot_be_disputed_cannot_be_flagged(
    own: Service, ask: TestClient, bearer: Bearing, state: State, status: int
) -> None:
    (made,) = accepted(own, 2)
    entered(own, made, *dict.fromkeys(("received", state)))
    assert ask.post(f"/api/v1/submissions/{made}/flags", json=WHY, headers=bearer("eve")).status_code == status


@pytest.mark.parametrize("reason", ["", "  a ", "x" * 1001, "=1+1", "a\u202eb c", "line\nline", "nul\x00 here"])
def test_reasons_that_hide_something_are_refused(ask: TestClient, bearer: Bearing, id: str, reason: str) -> None:
    answer = ask.post(f"/api/v1/submissions/{id}/flags", json={"reason": reason}, headers=bearer("eve"))
    assert answer.status_code == 422
    assert answer.json()["detail"].isprintable()


def test_a_submission_that_there_is_not_is_not_found(ask: TestClient, bearer: Bearing, id: str) -> None:
    assert ask.post("/api/v1/submissions/ffffffff/flags", json=WHY, headers=bearer("eve")).status_code == 404
    assert ask.get("/api/v1/submissions/ffffffff").status_code == 404
    assert ask.get("/api/v1/submissions/%25%25%25%25%25%25%25%25").status_code == 422
    assert ask.post("/api/v1/complaints/99/decision", json={"decision": "upheld", "answer": "Yes."},
                    headers=bearer("moe", "moderate")).status_code == 404  # fmt: skip
