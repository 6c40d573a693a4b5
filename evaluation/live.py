"""What a grid shows on a terminal while it works: a row an algorithm, and the time left."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, get_args

from gnomon.evaluation.grid import Grid, State

if TYPE_CHECKING:
    from rich.table import Table

STATES: tuple[State, ...] = get_args(State)
LEAST_SHARE = 0.01  # of the work, before anything is said of the time left


@contextmanager
def live_table() -> Iterator[Callable[[Grid], None]]:
    """Yield what draws a grid as it is now; quiet where there is no terminal."""
    from rich.console import Console
    from rich.live import Live

    console, begun = Console(stderr=True), time.monotonic()
    if not console.is_terminal:
        yield lambda _: None
        return
    with Live(console=console, transient=True) as live:
        yield lambda grid: live.update(table(grid, time.monotonic() - begun))


def table(grid: Grid, seconds: float) -> "Table":
    """The rows of `tally` as a table, with the time since the beginning and the time left below."""
    from rich.table import Table

    drawn = Table(box=None, header_style="bold", pad_edge=False, caption_justify="left")
    for name in ("algorithm", *STATES):
        drawn.add_column(name, justify="left" if name == "algorithm" else "right")
    rows = tally(grid)
    for algorithm, counts in {**rows, "all": sum(rows.values(), Counter[State]())}.items():
        drawn.add_row(algorithm, *(str(counts[state]) for state in STATES))
    drawn.caption = f"{_clock(seconds)} gone, {_clock(time_left(seconds, grid.share))} left"
    return drawn


def tally(grid: Grid) -> dict[str, Counter[State]]:
    """Algorithm → how many of its runs are in which state."""
    rows: dict[str, Counter[State]] = {}
    for run in grid.runs:
        rows.setdefault(run.algorithm.name, Counter())[grid.states[run.key]] += 1
    return rows


def time_left(seconds: float, share: float) -> float | None:
    """Seconds, if the rest goes as fast as the share that is done; none where too little is done to tell.

    >>> time_left(30, 0.75), time_left(30, 0.0)
    (10.0, None)
    """
    return seconds * (1 - share) / share if share >= LEAST_SHARE else None


def _clock(seconds: float | None) -> str:
    return "?" if seconds is None else str(timedelta(seconds=round(seconds)))
