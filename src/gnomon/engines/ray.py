"""The Ray engine: the machines of a cluster. A machine that is lost costs time and changes nothing."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Any

from gnomon.engines import ENGINES, Engine, Item, LostWork, Result, outcome_of, settle
from gnomon.engines.local import count_of
from gnomon.errors import UsageError


class _RayPool:
    """Tasks of one core each. Ray repeats none of them: who submits decides how often a lost one is tried."""

    def __init__(self, ray: Any, workers: int | str) -> None:
        self.size = int(ray.cluster_resources().get("CPU", 1)) if workers == "auto" else count_of(workers)
        self._ray = ray
        self._task = ray.remote(num_cpus=1, max_retries=0)(outcome_of)
        self._under_way: set[Any] = set()

    def submit(self, function: Callable[[Item], Result], item: Item) -> "Future[Result]":
        future: Future[Result] = Future()
        reference = self._task.remote(function, item)
        self._under_way.add(reference)
        reference.future().add_done_callback(partial(self._settle, future, reference))
        return future

    def _settle(self, future: "Future[Any]", reference: Any, finished: "Future[Any]") -> None:
        from ray.exceptions import RayError, RayTaskError

        self._under_way.discard(reference)
        error = finished.exception()
        if error is None:
            settle(future, finished.result())
        elif isinstance(error, RayError) and not isinstance(error, RayTaskError):
            future.set_exception(LostWork(f"Ray lost the worker ({type(error).__name__})."))
        else:  # the task could not be read or its result not be written
            future.set_exception(getattr(error, "cause", error))

    def reported(self) -> int:
        """Nothing: the machines of a cluster share no memory."""
        return 0

    def close(self) -> None:
        for reference in list(self._under_way):
            self._ray.cancel(reference, force=True)


@contextmanager
def _open(workers: int | str, preload: Sequence[str]) -> Iterator[_RayPool]:  # noqa: ARG001
    """Connect to the cluster at `$RAY_ADDRESS`, or start one of this machine alone.

    Every machine needs the same gnomon installed. What a task returns travels through Ray, so no disk is shared.

    Raises:
        UsageError: Ray is not installed.
    """
    pool = _RayPool(_connected(), workers)
    try:
        yield pool
    finally:
        pool.close()


RAY = ENGINES.add("ray", Engine(_open))


def _connected() -> Any:
    try:
        import ray
    except ImportError as error:
        raise UsageError("The engine ray needs Ray; install it with: pip install 'gnomon[ray]'") from error
    if not ray.is_initialized():
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR)
    return ray
