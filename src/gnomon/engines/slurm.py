"""The Slurm engine: one job an item, through submitit (https://github.com/facebookincubator/submitit).

The folder of the jobs, in the home, is on a disk that every machine sees. What `sbatch` is to be told (partition,
account, time) stands in its own variables: SBATCH_PARTITION, SBATCH_ACCOUNT, SBATCH_TIMELIMIT and so on.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from gnomon.engines import ENGINES, Engine, Item, LostWork, Result, outcome_of, settle
from gnomon.engines.local import count_of, prepare
from gnomon.errors import UsageError
from gnomon.files import home

AT_ONCE = 256  # jobs in the queue, where nobody says how many workers
MINUTES = 24 * 60  # that a job may take; SBATCH_TIMELIMIT goes before
POLL = 0.5  # seconds between two looks for results
EXECUTOR = "GNOMON_SLURM_EXECUTOR"  # `local` runs the jobs as processes of this machine


class _SlurmPool:
    """Jobs, and a thread that looks for their results."""

    def __init__(self, executor: Any, size: int) -> None:
        self.size = size
        self._executor = executor
        self._jobs: list[tuple[Any, Future[Any]]] = []
        self._lock, self._closed = Lock(), Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def submit(self, function: Callable[[Item], Result], item: Item) -> "Future[Result]":
        future: Future[Result] = Future()
        job = self._executor.submit(_in_home, home(), function, item)
        with self._lock:
            self._jobs.append((job, future))
        return future

    def _watch(self) -> None:
        while not self._closed.wait(POLL):
            with self._lock:
                ended = [entry for entry in self._jobs if entry[0].done()]
                self._jobs = [entry for entry in self._jobs if entry not in ended]
            for job, future in ended:
                _settle(future, job)

    def reported(self) -> int:
        """Nothing: jobs share no memory."""
        return 0

    def close(self) -> None:
        self._closed.set()
        self._thread.join()
        for job, _ in self._jobs:
            job.cancel(check=False)


def _settle(future: "Future[Any]", job: Any) -> None:
    from submitit.core.utils import FailedJobError, UncompletedJobError

    try:
        settle(future, job.result())
    except (FailedJobError, UncompletedJobError):
        future.set_exception(LostWork(f"Job {job.job_id} ended without a result ({job.state})."))
    except Exception as error:  # the result cannot be read here
        future.set_exception(error)


def _in_home(folder: Path, function: Callable[[Item], Result], item: Item) -> tuple[bool, Any]:
    prepare(folder)
    return outcome_of(function, item)


@contextmanager
def _open(workers: int | str, preload: Sequence[str]) -> Iterator[_SlurmPool]:  # noqa: ARG001
    """Submit to the Slurm of this machine.

    Raises:
        UsageError: submitit is not installed, or there is no Slurm.
    """
    size = AT_ONCE if workers == "auto" else count_of(workers)
    (home() / "jobs").mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(dir=home() / "jobs")
    pool = _SlurmPool(_executor(folder), size)
    try:
        yield pool
    finally:
        pool.close()
        shutil.rmtree(folder, ignore_errors=True)


def _executor(folder: str) -> Any:
    try:
        import submitit
    except ImportError as error:
        raise UsageError("The engine slurm needs submitit; install it with: pip install 'gnomon[slurm]'") from error
    cluster = os.environ.get(EXECUTOR, "slurm")
    if cluster == "slurm" and shutil.which("sbatch") is None:
        raise UsageError("There is no sbatch on this machine; run gnomon where jobs are submitted.")
    executor = submitit.AutoExecutor(folder=folder, cluster=cluster)
    executor.update_parameters(name="gnomon", timeout_min=MINUTES, cpus_per_task=1)
    return executor


SLURM = ENGINES.add("slurm", Engine(_open))
