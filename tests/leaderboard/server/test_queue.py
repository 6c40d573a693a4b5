"""Jobs: each is one worker's, and what a worker leaves is the next one's."""

import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.queues import Queue

from sqlalchemy import select, update
from submissions_made_up import accepted

from gnomon.leaderboard.server.database import reading, writing
from gnomon.leaderboard.server.job_queue import claim, end, extend, give_back, is_held, put_back
from gnomon.leaderboard.server.projection import rebuild, record
from gnomon.leaderboard.server.service import Service, open_service
from gnomon.leaderboard.server.settings import Settings
from gnomon.leaderboard.server.tables import Job


def states(service: Service) -> list[str]:
    with reading(service.engine) as session:
        return list(session.scalars(select(Job.state).order_by(Job.number)))


def _claim_all(settings: Settings, worker: str, found: "Queue[tuple[str, int]]") -> None:
    service = open_service(settings)
    while (job := claim(service, worker)) is not None:
        found.put((worker, job.number))
    found.put((worker, 0))


def test_no_two_workers_take_the_same_job(service: Service) -> None:
    accepted(service, *range(40))
    context = get_context("spawn")
    found: Queue[tuple[str, int]] = context.Queue()
    words = [(service.settings, name, found) for name in ("one", "two", "three")]
    workers = [context.Process(target=_claim_all, args=one) for one in words]
    for worker in workers:
        worker.start()
    taken, ended = [], 0
    while ended < len(workers):
        _, number = found.get(timeout=60)
        taken, ended = (taken, ended + 1) if number == 0 else ([*taken, number], ended)
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 40


def test_jobs_of_one_submission_are_done_one_after_the_other(service: Service) -> None:
    (id,) = accepted(service, 1)
    record(service, "ada", "change.asked", id, kind="withdraw", reason="A mistake.")
    first = claim(service, "one")
    assert first is not None
    assert first.kind == "verify"
    assert claim(service, "two") is None
    end(service, first, "done", "")
    second = claim(service, "two")
    assert second is not None
    assert (second.kind, second.reason) == ("withdraw", "A mistake.")


def test_a_lease_that_is_reported_for_stays_and_one_that_is_not_goes_over(open_at: Callable[..., Service]) -> None:
    service = open_at(lease_seconds=0.4)
    accepted(service, 1)
    first = claim(service, "one")
    assert first is not None
    for _ in range(3):
        time.sleep(0.2)
        assert extend(service, first)
        assert claim(service, "two") is None
    time.sleep(0.5)
    second = claim(service, "two")
    assert second is not None
    assert (second.number, second.attempts) == (first.number, 2)
    assert not extend(service, first)
    assert not is_held(service, first)
    end(service, first, "done", "too late")
    assert states(service) == ["running"]
    assert is_held(service, second)


def test_what_failed_is_tried_again_later(service: Service) -> None:
    accepted(service, 1)
    job = claim(service, "one")
    assert job is not None
    assert put_back(service, job, "It did not work.", pause=0.3)
    assert claim(service, "one") is None
    time.sleep(0.35)
    again = claim(service, "one")
    assert again is not None
    assert again.attempts == 2


def test_a_worker_that_is_told_to_stop_costs_no_attempt(service: Service) -> None:
    accepted(service, 1)
    job = claim(service, "one")
    assert job is not None
    assert give_back(service, job)
    again = claim(service, "two")
    assert again is not None
    assert again.attempts == 1


def test_what_has_ended_is_not_done_again_when_the_tables_are_made_anew(service: Service) -> None:
    accepted(service, 1, 2, 3)
    for outcome in ("done", "failed"):
        job = claim(service, "one")
        assert job is not None
        end(service, job, outcome, "So it was.")
    rebuild(service)
    assert states(service) == ["done", "failed", "queued"]


def test_a_moment_of_another_worker_does_not_keep_the_others_waiting(service: Service) -> None:
    accepted(service, 1, 2)
    assert claim(service, "one") is not None
    other = claim(service, "two")
    assert other is not None
    with writing(service.engine) as session:
        session.execute(update(Job).where(Job.number == other.number).values(lease_until=0.0))
    taken = claim(service, "three")
    assert taken is not None
    assert taken.number == other.number
