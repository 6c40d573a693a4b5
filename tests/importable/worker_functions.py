"""Functions that worker processes import by name."""

import os
import signal
import time

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
