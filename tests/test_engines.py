"""The pool: order, endless work, progress, and a worker that is killed."""

import os
from itertools import count

import pytest
from worker_functions import die_at_three, environment, fail, slow_square

from gnomon.engines.local import count_of, map_in_order
from gnomon.errors import GnomonError, UsageError


def test_results_come_in_order_and_progress_adds_up() -> None:
    amounts: list[int] = []
    assert list(map_in_order(slow_square, range(9), 2, on_progress=amounts.append)) == [n * n for n in range(9)]
    assert sum(amounts) == sum(range(9))


def test_endless_work_is_taken_as_far_as_it_is_read() -> None:
    taken: list[int] = []
    results = map_in_order(slow_square, (taken.append(n) or n for n in count()), 2)
    assert [next(results) for _ in range(4)] == [0, 1, 4, 9]
    results.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert len(taken) <= 4 + 2 + 1


def test_a_worker_has_one_thread_and_the_callers_home(home) -> None:
    assert list(map_in_order(environment, [0], 1)) == [("1", str(home))]
    assert "OMP_NUM_THREADS" not in os.environ


def test_a_killed_worker_is_one_sentence() -> None:
    with pytest.raises(GnomonError, match="A worker process was killed"):
        list(map_in_order(die_at_three, range(20), 2))


def test_an_error_of_a_worker_is_the_callers() -> None:
    with pytest.raises(GnomonError, match="This went wrong"):
        list(map_in_order(fail, range(3), 2))


@pytest.mark.parametrize("workers", ["many", "0", -1, 0, "1.5"])
def test_numbers_of_workers_that_are_none(workers) -> None:
    with pytest.raises(UsageError, match="workers must be auto or a number from 1"):
        count_of(workers)


def test_auto_is_one_a_core_that_may_be_used() -> None:
    assert count_of("auto") == len(os.sched_getaffinity(0))
    assert count_of("3") == count_of(3) == 3
