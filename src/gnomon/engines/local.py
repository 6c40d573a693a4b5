"""The local engine: worker processes of this machine, one thread each. One that is killed takes nothing with it."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import LifoQueue
from threading import Thread
from types import ModuleType
from typing import Any

from gnomon.engines import ENGINES, Engine, Item, LostWork, Result, outcome_of
from gnomon.errors import GnomonError, UsageError
from gnomon.files import home
from gnomon.references import is_importing_a_file

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_reported: Any = None  # in a worker: its count, which the driver reads


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
    if _reported is not None:
        _reported.value += amount


class _Worker:
    """A process that runs one function after another; it starts when it is needed, and again when it was lost.

    The count is no shared one: a process that is killed while it holds a lock would stop all the others.
    """

    def __init__(self, context: Any) -> None:
        self.reported = context.Value("q", 0, lock=False)
        self._context = context
        self._process: Any = None

    def call(self, function: Callable[[Item], Result], item: Item) -> Result:
        if self._process is None:
            self._start()
        try:
            self._connection.send((function, item))
            succeeded, value = self._answer()
        except (EOFError, ConnectionError) as error:
            raise LostWork(self._obituary()) from error
        if succeeded:
            return value
        raise value

    def _answer(self) -> tuple[bool, Any]:
        """What the process sends. Processes that it has forked may hold the pipe open when it is gone."""
        wait([self._connection, self._process.sentinel])
        if not self._connection.poll():
            raise EOFError
        return self._connection.recv()

    def _start(self) -> None:
        self._connection, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs, self.reported, home()))
        self._process.start()
        theirs.close()

    def _obituary(self) -> str:
        process, self._process = self._process, None
        process.join()
        if process.exitcode >= 0:
            return f"A worker process ended by itself, with exit code {process.exitcode}."
        hint = " (out of memory?)" if -process.exitcode == signal.SIGKILL else ""
        return f"A worker process was killed by {signal.Signals(-process.exitcode).name}{hint}."

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()


class _LocalPool:
    """A thread a worker waits for it; the items that no worker has yet wait in the threads' queue."""

    def __init__(self, context: Any, size: int) -> None:
        self.size = size
        self._workers = [_Worker(context) for _ in range(size)]
        self._idle: LifoQueue[_Worker] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(size)

    def submit(self, function: Callable[[Item], Result], item: Item) -> "Future[Result]":
        return self._threads.submit(self._call, function, item)

    def _call(self, function: Callable[[Item], Result], item: Item) -> Result:
        worker = self._idle.get()
        try:
            return worker.call(function, item)
        finally:
            self._idle.put(worker)

    def reported(self) -> int:
        return sum(worker.reported.value for worker in self._workers)

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for _ in range(2):  # once more for one that was just starting
            for worker in self._workers:
                worker.kill()
            self._threads.shutdown(wait=True)


@contextmanager
def _open(workers: int | str, preload: Sequence[str]) -> Iterator[_LocalPool]:
    if is_importing_a_file():
        raise UsageError("The file calls gnomon while it is imported; put that under if __name__ == '__main__':")
    size = count_of(workers)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    with _one_thread_each(), _without_main_module():
        pool = _LocalPool(context, size)
        try:
            yield pool
        finally:
            pool.close()


LOCAL = ENGINES.add("local", Engine(_open))


def _serve(connection: Connection, reported: Any, folder: Path) -> None:
    """What a worker process does."""
    global _reported
    _reported = reported
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's, which then ends its workers
    Thread(target=_end_with_the_driver, daemon=True).start()
    prepare(folder)
    while True:
        try:
            outcome = outcome_of(*connection.recv())
        except EOFError:
            return
        except Exception as error:  # what was sent cannot be read here, for example for want of its module
            outcome = False, error
        try:
            connection.send(outcome)
        except (AttributeError, TypeError, ValueError) as error:  # what pickling raises
            connection.send((False, GnomonError(f"A result cannot be sent to another process ({error}).")))


def _end_with_the_driver() -> None:
    """Without a driver that waits, a worker would work, or wait, for nobody."""
    driver = multiprocessing.parent_process()
    assert driver is not None
    driver.join()
    os._exit(1)


def prepare(folder: Path) -> None:
    """Make this process a worker: with one thread, and the home of its driver, which it may have been started without.

    The libraries of a worker find the settings when they load; torch may have been loaded before.
    """
    os.environ["GNOMON_HOME"] = str(folder)
    os.environ.update(dict.fromkeys(THREADS, "1"))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes, not threads, use the cores: the server that forks workers finds these settings when it starts."""
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
