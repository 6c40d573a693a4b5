"""Functions that worker processes import by name."""

import os
import signal
import time
from pathlib import Path

from gnomon.engines.local import report
from gnomon.errors import GnomonError


def slow_square(number: int) -> int:
    time.sleep(0.05 * (number % 3 == 0))
    report(number)
    return number * number


def die_at_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def environment(_: int) -> tuple[str | None, str | None]:
    return os.environ.get("OMP_NUM_THREADS"), os.environ.get("GNOMON_HOME")


def fail(_: int) -> None:
    raise GnomonError("This went wrong.")


def die_the_first_time(marker: str) -> str:
    """Kill the worker when there is no such file yet."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker


def die_with_a_child(_: int) -> None:
    """Kill the worker while a process that it has forked holds everything open."""
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    os.kill(os.getpid(), signal.SIGKILL)


def process_number(_: int) -> int:
    return os.getpid()


def lambda_of(number: int) -> object:
    return lambda: number
