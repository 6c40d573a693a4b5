"""The worker: takes a job, has a process of its own do it, reports that it goes on, and says how it ended."""

import json
import logging
import os
import secrets
import socket
import time
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Event

from gnomon.errors import GnomonError
from gnomon.leaderboard.server.database import writing
from gnomon.leaderboard.server.job_queue import Claimed, claim, end, extend, give_back, is_empty, put_back
from gnomon.leaderboard.server.performing import perform
from gnomon.leaderboard.server.projection import ask_for_pages, catch_up
from gnomon.leaderboard.server.service import Service

POLL = 1.0  # seconds between looks at an empty queue
UNDER_WAY = ("reevaluating", "retraining")
log = logging.getLogger("gnomon.worker")


class Worker:
    """Does one job after the other. Several may run, on one machine or on several that share the folders."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"

    def run(self, stop: Event, until_idle: bool = False) -> None:
        """Work until told to stop, or until there is nothing to do."""
        self._follow()
        if not (self.service.settings.pages / "index.html").exists():
            with writing(self.service.engine) as session:
                ask_for_pages(session, time.time())
        while not stop.is_set():
            job = claim(self.service, self.name)
            if job is not None:
                self._do(job, stop)
            elif until_idle and is_empty(self.service):
                return
            else:
                stop.wait(POLL)
            self._follow()

    def _follow(self) -> None:
        """Read what others have entered meanwhile."""
        try:
            catch_up(self.service)
        except GnomonError as error:
            log.error("%s", error)

    def _do(self, job: Claimed, stop: Event) -> None:
        log.info("%s %s, attempt %d", job.kind, job.subject[:16], job.attempts)
        if job.attempts > self.service.settings.attempts:
            self._give_up(job, f"The worker has ended {job.attempts - 1} times while it did this.")
            return
        outcome, sentence = self._performed(job, stop)
        log.info("%s %s: %s. %s", job.kind, job.subject[:16], outcome, sentence)
        if outcome == "done":
            end(self.service, job, "done", sentence)
        elif outcome == "stopped":
            give_back(self.service, job)
        elif outcome == "failed" or job.attempts >= self.service.settings.attempts:
            self._give_up(job, sentence)
        else:
            put_back(self.service, job, sentence)

    def _performed(self, job: Claimed, stop: Event) -> tuple[str, str]:
        """How the process of a job ended, and its sentence."""
        context = get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        words = (self.service.settings, job, os.getpid(), sender)
        process = context.Process(target=perform, args=words, daemon=True)
        process.start()
        sender.close()
        try:
            if objection := self._watched(process, job, stop):
                return objection
            if receiver.poll():
                outcome, sentence = json.loads(receiver.recv_bytes())
                return outcome, sentence
        except EOFError:  # it ended without a word
            pass
        finally:
            process.kill()
            process.join()
            receiver.close()
        return "again", f"Its process ended with exit code {process.exitcode}."

    def _watched(self, process: BaseProcess, job: Claimed, stop: Event) -> tuple[str, str] | None:
        """Report for the process until it ends; else why it must."""
        every = min(1.0, self.service.settings.lease_seconds / 4)
        deadline = time.monotonic() + 3600 * self.service.settings.job_hours
        while not wait([process.sentinel], every):
            if stop.is_set():
                return "stopped", "The worker was told to stop."
            if not extend(self.service, job):
                return "lost", "Another worker has it now."
            if time.monotonic() > deadline:
                return "again", f"It took more than {self.service.settings.job_hours:g} hours."
        return None

    def _give_up(self, job: Claimed, sentence: str) -> None:
        """End a job that cannot be done; what the ledger says to be under way is so no longer."""
        if job.kind == "verify":
            entry = self.service.register.entries().get(job.subject)
            if entry is not None and entry.state in UNDER_WAY and extend(self.service, job):
                self.service.register.change(job.subject, "structural", f"The verification did not end: {sentence}")
        end(self.service, job, "failed", sentence)
