"""The pool: order, endless work, progress, and a worker that is killed."""

import os
import signal
from itertools import count

import pytest
from worker_functions import (
    die_at_three,
    die_the_first_time,
    die_with_a_child,
    environment,
    fail,
    lambda_of,
    process_number,
    slow_square,
)

from gnomon.engines import LostWork
from gnomon.engines.local import LOCAL, count_of
from gnomon.errors import GnomonError, UsageError


def test_results_come_in_order_and_progress_adds_up() -> None:
    amounts: list[int] = []
    assert list(LOCAL(slow_square, range(9), 2, on_progress=amounts.append)) == [n * n for n in range(9)]
    assert sum(amounts) == sum(range(9))


def test_endless_work_is_taken_as_far_as_it_is_read() -> None:
    taken: list[int] = []
    results = LOCAL(slow_square, (taken.append(n) or n for n in count()), 2)
    assert [next(results) for _ in range(4)] == [0, 1, 4, 9]
    results.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert len(taken) <= 4 + 2 + 1


def test_a_worker_has_one_thread_and_the_callers_home(home) -> None:
    assert list(LOCAL(environment, [0], 1)) == [("1", str(home))]
    assert "OMP_NUM_THREADS" not in os.environ


def test_a_killed_worker_is_one_sentence() -> None:
    with pytest.raises(GnomonError, match="A worker process was killed"):
        list(LOCAL(die_at_three, range(20), 2))


def test_an_item_whose_worker_was_killed_is_tried_again(tmp_path) -> None:
    markers = [str(tmp_path / name) for name in "abc"]
    assert list(LOCAL(die_the_first_time, markers, 2)) == markers


def test_a_worker_that_is_killed_takes_no_other_item_with_it() -> None:
    with LOCAL.open(2, ()) as pool:
        lost, done = pool.submit(die_at_three, 3), pool.submit(slow_square, 6)
        assert done.result() == 36
        with pytest.raises(LostWork, match=r"killed by SIGKILL \(out of memory\?\)"):
            lost.result()
        assert pool.submit(slow_square, 3).result() == 9


def test_a_worker_that_is_killed_between_two_items_is_lost_work() -> None:
    with LOCAL.open(1, ()) as pool:
        os.kill(pool.submit(process_number, 0).result(), signal.SIGKILL)
        with pytest.raises(LostWork):
            pool.submit(slow_square, 2).result()
        assert pool.submit(slow_square, 2).result() == 4


def test_processes_that_a_killed_worker_has_forked_do_not_hold_up_the_news() -> None:
    with LOCAL.open(1, ()) as pool, pytest.raises(LostWork):
        pool.submit(die_with_a_child, 0).result(timeout=30)


def test_a_result_that_cannot_be_sent_is_one_sentence() -> None:
    with LOCAL.open(1, ()) as pool:
        with pytest.raises(GnomonError, match="A result cannot be sent"):
            pool.submit(lambda_of, 1).result()
        assert pool.submit(slow_square, 2).result() == 4


def test_an_error_of_a_worker_is_the_callers() -> None:
    with pytest.raises(GnomonError, match="This went wrong"):
        list(LOCAL(fail, range(3), 2))


@pytest.mark.parametrize("workers", ["many", "0", -1, 0, "1.5"])
def test_numbers_of_workers_that_are_none(workers) -> None:
    with pytest.raises(UsageError, match="workers must be auto or a number from 1"):
        count_of(workers)


def test_auto_is_one_a_core_that_may_be_used() -> None:
    assert count_of("auto") == len(os.sched_getaffinity(0))
    assert count_of("3") == count_of(3) == 3
