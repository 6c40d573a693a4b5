"""The local engine: a pool of worker processes, and a count of work done that a progress bar can follow."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from gnomon.engines import ENGINES, Item, Result
from gnomon.errors import GnomonError, UsageError
from gnomon.files import home
from gnomon.references import is_importing_a_file

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_work_done: Any = None  # in a worker: the shared count


def count_of(workers: int | str) -> int:
    """A number of worker processes: `auto` is one a core that this process may use.

    Raises:
        UsageError: neither `auto` nor a positive number.
    """
    if workers == "auto":
        return len(os.sched_getaffinity(0))
    if not str(workers).isdecimal() or int(workers) < 1:
        raise UsageError(f"workers must be auto or a number from 1, not {workers!r}.")
    return int(workers)


def report(amount: int) -> None:
    """Tell the process that runs the pool that `amount` more of the work is done; outside a worker, nothing."""
    if _work_done is not None:
        with _work_done.get_lock():
            _work_done.value += amount


@ENGINES.register("local")
def map_in_order(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int | str = "auto",
    preload: Sequence[str] = (),
    on_progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Result]:
    """Worker processes of this machine, one thread each (see `gnomon.engines.Engine`).

    Raises:
        GnomonError: a worker process died; what the items wrote before is kept.
        UsageError: a user's file calls this while it is imported, which would go on for ever.
    """
    if is_importing_a_file():
        raise UsageError("The file calls gnomon while it is imported; put that under if __name__ == '__main__':")
    workers = count_of(workers)
    with _pool(workers, preload) as (executor, done):
        seen, pending = 0, iter(items)
        queue = [executor.submit(function, item) for item in islice(pending, workers + 1)]
        while queue:
            wait(queue[:1], timeout=0.1, return_when=FIRST_COMPLETED)
            on_progress(done.value - seen)
            seen = done.value
            while queue and queue[0].done():
                result = _result_of(queue.pop(0))
                queue += [executor.submit(function, item) for item in islice(pending, 1)]
                yield result


def _result_of(future: "Future[Result]") -> Result:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise GnomonError(
            "A worker process was killed (out of memory?). Finished parts are kept: run the same command again, "
            "with fewer workers if it is killed again."
        ) from error


@contextmanager
def _pool(workers: int, preload: Sequence[str]) -> Iterator[tuple[ProcessPoolExecutor, Any]]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    done = context.Value("q", 0)
    with _one_thread_each(), _without_main_module():
        executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(done, home()))
        try:
            yield executor, done
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def _start_worker(done: Any, home: Path) -> None:
    global _work_done
    _work_done = done
    os.environ["GNOMON_HOME"] = str(home)  # the server that forks workers may have been started for another home
    os.environ.update(dict.fromkeys(THREADS, "1"))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes, not threads, use the cores: the libraries of a worker find these settings when they load."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


@contextmanager
def _without_main_module() -> Iterator[None]:
    """Workers need nothing of the caller's script, so it is not imported again in each of them.

    Otherwise a script that calls `gnomon.evaluate` outside `if __name__ == "__main__"` would start itself for ever.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
