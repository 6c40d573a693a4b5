"""Server and worker are killed again and again while people submit: nothing that was accepted is lost.

Real processes, real uploads, SIGKILL to the whole group.
"""

import json
import random
import socket
import threading
from collections.abc import Callable
from http.client import HTTPException

import pytest
from running_server import address_of, killed, post, started, until, variant
from sqlalchemy import select

from gnomon.leaderboard.keys import read_public
from gnomon.leaderboard.ledger import check_ledger, read_ledger
from gnomon.leaderboard.pack import Packed
from gnomon.leaderboard.register import PUBLIC_KEY
from gnomon.leaderboard.server.database import reading
from gnomon.leaderboard.server.doctor import diagnose
from gnomon.leaderboard.server.projection import catch_up, rebuild
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.settings import SETTINGS
from gnomon.leaderboard.server.tables import Job, Submitted
from gnomon.leaderboard.server.tokens import make_token

SETTING = (
    "lease_seconds = 2\nattempts = 50\nsubmissions_a_day = 1000\nchanges_a_minute = 6000\nepisodes = 2\nniceness = 0\n"
)


class Sender(threading.Thread):
    """Sends one submission after the other, each until it is told that it was accepted."""

    def __init__(self, url: str, token: str, packed: Packed, numbers: range) -> None:
        super().__init__(daemon=True)
        self.url, self.token, self.packed, self.numbers = url, token, packed, numbers
        self.accepted: dict[str, int] = {}  # id → how often it was sent

    def run(self) -> None:
        for number in self.numbers:
            self.send(*variant(self.packed, number))

    def send(self, id: str, content: bytes) -> None:
        tries = 0
        while id not in self.accepted:
            tries += 1
            try:
                answer = post(self.url, self.token, id, content)
            except (OSError, HTTPException):
                threading.Event().wait(0.1)
                continue
            assert answer.status in (200, 201, 503), answer.body
            if answer.status != 503:
                assert json.loads(answer.body)["id"] == id
                self.accepted[id] = tries


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.slow  # a dozen starts of Python, each of a second or more
@pytest.mark.timeout(1200)
def test_nothing_that_was_accepted_is_lost(
    open_at: Callable[..., Service], database: str, packed: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = open_at(database)
    (service.settings.folder / SETTINGS).write_text(SETTING)
    monkeypatch.setenv("GNOMON_DATABASE", service.settings.database_url)
    token, _ = make_token(service, "ada", ["submit"], 1)
    port, draw = free_port(), random.Random(0)
    senders = [Sender(f"http://127.0.0.1:{port}", token, packed, range(3 * n, 3 * n + 3)) for n in range(2)]
    for sender in senders:
        sender.start()
    kills = 0
    while any(sender.is_alive() for sender in senders):
        processes = [started(kind, "--folder", service.settings.folder, *more)
                     for kind, more in (("serve", ("--port", str(port))), ("worker", ()))]  # fmt: skip
        address_of(processes[0])
        before = sum(len(sender.accepted) for sender in senders)
        until(lambda: sum(len(sender.accepted) for sender in senders) > before, 120)  # noqa: B023
        threading.Event().wait(draw.uniform(0, 1.5))
        for process in processes:
            killed(process)
        kills += 1
    assert kills >= 2
    check(service, {id for sender in senders for id in sender.accepted})


def check(service: Service, accepted: set[str]) -> None:
    """What was accepted is there, each once, in the journal, in the tables, and after a quiet worker in the ledger."""
    catch_up(service)
    events = [event for event, _ in service.journal.after() if event.action == "submission.accepted"]
    assert sorted(event.subject for event in events) == sorted(accepted)
    worker = started("worker", "--until-idle", "--folder", service.settings.folder)
    _, said = worker.communicate(timeout=400)
    assert worker.returncode == 0, said
    ledger = read_ledger(service.register.folder)
    assert {entry.subject for entry in ledger} == accepted
    assert [entry.state for entry in ledger].count("received") == len(accepted)
    assert check_ledger(service.register.folder, read_public(service.register.folder / PUBLIC_KEY)) == []
    assert service.journal.faults() == []
    with reading(service.engine) as session:
        assert set(session.scalars(select(Submitted.id))) == accepted
        assert set(session.scalars(select(Submitted.state))) <= {"rejected", "structural", "reevaluated"}
        assert set(session.scalars(select(Job.state))) == {"done"}
    assert list(service.settings.inbox.glob("*.zip")) == []
    assert [one for one in diagnose(service) if one.severity == "error"] == []
    rebuild(service)
    assert [one for one in diagnose(service) if one.severity == "error"] == []
