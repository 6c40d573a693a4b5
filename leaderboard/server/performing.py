"""One job, in a process of its own.

The process ends with its parent, is polite to the server beside it, and enters nothing into the ledger once its lease
is lost.
"""

import ctypes
import json
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from gnomon.errors import GnomonError, UsageError
from gnomon.leaderboard.ledger import Entry, State
from gnomon.leaderboard.publish import publish
from gnomon.leaderboard.register import Register
from gnomon.leaderboard.server.acceptance import waiting_place
from gnomon.leaderboard.server.job_queue import Claimed, is_held
from gnomon.leaderboard.server.layout import link_to_the_server
from gnomon.leaderboard.server.moderation import WANTED
from gnomon.leaderboard.server.service import Service, open_service
from gnomon.leaderboard.server.settings import Settings
from gnomon.leaderboard.verify.verifier import verify

PR_SET_PDEATHSIG = 1  # linux/prctl.h


class LeasedRegister(Register):
    """A register that is changed only as long as the lease of a job lasts."""

    def __init__(self, service: Service, job: Claimed) -> None:
        super().__init__(service.register.folder)
        self.service, self.job = service, job

    def change(
        self, id: str, state: State, reason: str, report: dict[str, Any] | None = None, commitment: str = ""
    ) -> Entry:
        if not is_held(self.service, self.job):
            raise GnomonError("Another worker has this job now.")
        return super().change(id, state, reason, report, commitment)


def perform(settings: Settings, job: Claimed, parent: int, said: Connection) -> None:
    """Do a job; say `done`, `failed` where it cannot be done, or `again`, and a sentence."""
    _end_with(parent)
    os.nice(settings.niceness)
    try:
        sentence = DOINGS[job.kind](open_service(settings), job)
        outcome = "done"
    except UsageError as error:
        outcome, sentence = "failed", str(error)
    except GnomonError as error:
        outcome, sentence = "again", str(error)
    said.send_bytes(json.dumps([outcome, sentence]).encode())


def _end_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _verify(service: Service, job: Claimed) -> str:
    register, settings = _received(service, job), service.settings
    done = verify(register, job.subject, settings.episodes, train_again=settings.retrain)
    return done.entry.reason


def _change(service: Service, job: Claimed) -> str:
    """Enter what was decided; where a worker that was killed has entered it already, it is done."""
    register, state = _received(service, job), WANTED[job.kind]
    if register.entries()[job.subject].state != state:
        register.change(job.subject, state, job.reason)
    return job.reason


def _received(service: Service, job: Claimed) -> LeasedRegister:
    """The register, with the submission in it and no longer in the inbox."""
    register, waiting = LeasedRegister(service, job), waiting_place(service.settings, job.subject)
    if job.subject not in register.entries():
        register.receive(waiting if waiting.exists() else register.place(job.subject))
    waiting.unlink(missing_ok=True)
    return register


def _publish(service: Service, _: Claimed) -> str:
    link_to_the_server()
    return str(publish(service.settings.pages, service.register.folder))


DOINGS: dict[str, Callable[[Service, Claimed], str]] = {
    "verify": _verify,
    "dispute": _change,
    "withdraw": _change,
    "publish": _publish,
}
