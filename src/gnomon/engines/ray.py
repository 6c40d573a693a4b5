"""The Ray engine: the machines of a cluster. A machine that is lost costs time and changes nothing."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from gnomon.engines import ENGINES, Item, Result
from gnomon.engines.local import count_of
from gnomon.errors import GnomonError, UsageError

ATTEMPTS = 5  # a machine may be lost so often under one item; a function that kills its process is given up


@ENGINES.register("ray")
def map_in_order(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int | str = "auto",
    preload: Sequence[str] = (),  # noqa: ARG001
    on_progress: Callable[[int], None] = lambda _: None,  # noqa: ARG001
) -> Iterator[Result]:
    """Tasks of one core on the cluster at `$RAY_ADDRESS`, or on a new one of this machine alone.

    Every machine needs the same gnomon installed. What a task returns travels through Ray, so no disk is shared.

    Raises:
        GnomonError: an item was lost more than `ATTEMPTS` times.
        UsageError: Ray is not installed.
    """
    ray = _connected()
    at_once = int(ray.cluster_resources().get("CPU", 1)) if workers == "auto" else count_of(workers)
    task = ray.remote(num_cpus=1, max_retries=ATTEMPTS)(_call)
    pending = iter(items)
    queue = [task.remote(function, item) for item in islice(pending, at_once + 1)]
    while queue:
        result = _result_of(queue.pop(0))
        queue += [task.remote(function, item) for item in islice(pending, 1)]
        yield result


def _call(function: Callable[[Item], Result], item: Item) -> Result:
    return function(item)


def _connected() -> Any:
    try:
        import ray
    except ImportError as error:
        raise UsageError("The engine ray needs Ray; install it with: pip install 'gnomon[ray]'") from error
    if not ray.is_initialized():
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR)
    return ray


def _result_of(reference: Any) -> Any:
    from ray import get
    from ray.exceptions import RayError, RayTaskError

    try:
        return get(reference)
    except RayTaskError as error:
        raise error.cause from error
    except RayError as error:
        raise GnomonError(
            f"Ray lost the same work {ATTEMPTS + 1} times ({type(error).__name__}). Finished parts are kept: "
            "run the same command again."
        ) from error
