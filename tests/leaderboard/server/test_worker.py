"""The worker: real processes that verify, are killed, give up, and write the pages."""

import shutil
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from running_server import killed, started, until, variant
from sqlalchemy import select
from submissions_made_up import accepted, entered

from gnomon.leaderboard.ledger import read_ledger
from gnomon.leaderboard.pack import Packed
from gnomon.leaderboard.server.acceptance import accept
from gnomon.leaderboard.server.database import reading
from gnomon.leaderboard.server.job_queue import claim
from gnomon.leaderboard.server.moderation import ask, flag
from gnomon.leaderboard.server.projection import catch_up, record
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.settings import SETTINGS
from gnomon.leaderboard.server.tables import Job, Submitted
from gnomon.leaderboard.server.tokens import Bearer
from gnomon.leaderboard.server.uploads import Uploaded
from gnomon.leaderboard.server.worker import Worker

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs: apt-get install bubblewrap")
ADA = Bearer("ada", "00000000", frozenset({"submit", "moderate"}), 1e12)


def sent(service: Service, packed: Packed, number: int = 0) -> str:
    """A submission in the inbox; its id."""
    id, content = variant(packed, number)
    path = service.settings.inbox / ".upload-test"
    path.write_bytes(content)
    assert accept(service, "ada", id, Uploaded(path, sha256(content).hexdigest())).is_new
    return id


def states(service: Service, id: str) -> list[str]:
    return [entry.state for entry in read_ledger(service.register.folder) if entry.subject == id]


def jobs(service: Service, id: str) -> list[tuple[str, str]]:
    with reading(service.engine) as session:
        found = session.execute(select(Job.kind, Job.state).where(Job.subject == id).order_by(Job.number))
        return [(kind, state) for kind, state in found]


def work(service: Service, **settings: object) -> None:
    """Let a worker of its own process do all there is."""
    lines = [f"{name} = {value}" for name, value in {"niceness": 0, **settings}.items()]
    (service.settings.folder / SETTINGS).write_text("\n".join(lines))
    process = started("worker", "--until-idle", "--folder", service.settings.folder)
    try:
        _, said = process.communicate(timeout=200)
    finally:
        killed(process)
    assert process.returncode == 0, said


@needs_sandbox
@pytest.mark.slow  # six policies, each in a sandbox of its own, and two builds of the pages
def test_what_is_accepted_is_verified_entered_and_shown(own: Service, packed: Packed) -> None:
    id = sent(own, packed)
    work(own, episodes=2)
    catch_up(own)
    assert states(own, id)[:3] == ["received", "structural", "reevaluating"]
    assert states(own, id)[3] in ("structural", "reevaluated")  # two episodes may be too few to tell
    assert jobs(own, id) == [("verify", "done")]
    assert list(own.settings.inbox.glob("*.zip")) == []
    assert "pole-net" in (own.settings.pages / "tiny.html").read_text()
    assert own.register.check_folders() == []


@needs_sandbox
@pytest.mark.slow  # six policies, each in a sandbox of its own
def test_the_job_of_a_killed_worker_is_taken_over(open_at: Callable[..., Service], packed: Packed) -> None:
    service = open_at()
    id = sent(service, packed)
    (service.settings.folder / SETTINGS).write_text("lease_seconds = 3\nepisodes = 2\nniceness = 0")
    first = started("worker", "--folder", service.settings.folder)
    until(lambda: "reevaluating" in states(service, id))
    killed(first)
    assert states(service, id)[-1] == "reevaluating"
    work(service, lease_seconds=3, episodes=2)
    catch_up(service)
    assert states(service, id)[-1] in ("structural", "reevaluated")
    assert jobs(service, id) == [("verify", "done")]
    with reading(service.engine) as session:
        assert session.scalars(select(Job.attempts).where(Job.subject == id)).one() == 2


@pytest.mark.slow  # a process, and two of its own
def test_decisions_are_entered(own: Service, packed: Packed) -> None:
    id = sent(own, packed)
    own.register.receive(own.settings.inbox / f"{id}.zip")
    own.register.change(id, "structural", "For the test.")
    catch_up(own)
    job = claim(own, "test")
    assert job is not None
    from gnomon.leaderboard.server.job_queue import end

    end(own, job, "done", "")
    number = flag(own, Bearer("eve", "00000001", frozenset({"submit"}), 1e12), id, "It is a copy.")
    detail = {"complaint": number, "decision": "upheld", "answer": "So it is."}
    record(own, "moe", "complaint.decided", id, **detail)
    work(own)
    assert states(own, id)[-1] == "disputed"
    assert read_ledger(own.register.folder)[-1].reason == "So it is."
    catch_up(own)
    ask(own, ADA, id, "withdraw", "It was one.")
    work(own)
    assert states(own, id)[-1] == "withdrawn"
    assert not (own.settings.inbox / f"{id}.zip").exists()


@pytest.mark.slow  # a process of its own for each of two jobs
def test_what_cannot_be_done_is_given_up_at_once_and_said(open_at: Callable[..., Service]) -> None:
    own = open_at(niceness=0)
    (id,) = accepted(own, 1)  # its file is not there
    Worker(own).run(Event(), until_idle=True)
    assert jobs(own, id) == [("verify", "failed")]
    with reading(own.engine) as session:
        assert "There is no " in session.scalars(select(Job.error).where(Job.subject == id)).one()
    page = (own.settings.pages / "index.html").read_text()
    assert '<a href="submissions">Submissions</a>' in page
    assert '<a href="account">Account</a>' in page


def test_a_job_that_kills_its_worker_is_not_taken_for_ever(open_at: Callable[..., Service]) -> None:
    """And what the ledger says to be under way is so no longer."""
    service = open_at(lease_seconds=0.05)
    (id,) = accepted(service, 1)
    entered(service, id, "received", "structural", "reevaluating")
    for name in ("one", "two", "three"):
        assert claim(service, name) is not None
        time.sleep(0.06)
    worker = Worker(open_at())
    job = claim(worker.service, worker.name)
    assert job is not None
    worker._do(job, Event())
    assert states(service, id)[-1] == "structural"
    assert "has ended 3 times" in read_ledger(service.register.folder)[-1].reason
    assert jobs(service, id) == [("verify", "failed")]


def test_a_worker_that_is_told_to_stop_leaves_its_job_to_others(own: Service, packed: Packed) -> None:
    sent(own, packed)
    worker, stop = Worker(own), Event()
    job = claim(own, worker.name)
    assert job is not None
    stop.set()
    worker._do(job, stop)
    again = claim(own, "other")
    assert again is not None
    assert (again.number, again.attempts) == (job.number, 1)


def test_a_submission_that_came_another_way_is_told_of_too(own: Service, packed: Packed, tmp_path: Path) -> None:
    id, content = variant(packed, 7)
    (tmp_path / "other.zip").write_bytes(content)
    own.register.receive(tmp_path / "other.zip")
    catch_up(own)
    with reading(own.engine) as session:
        row = session.get_one(Submitted, id)
    assert (row.account, row.algorithm, row.author, row.runs) == ("", "pole-net", "Ada Lovelace", 6)
    assert jobs(own, id) == []
