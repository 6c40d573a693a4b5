"""Tables and progress bars on a terminal; JSON and silence elsewhere."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

NEVER_FOLDED = 40  # columns up to this width are never broken; longer ones are prose


def show(rows: Sequence[Mapping[str, Any]], as_json: bool = False, title: str | None = None) -> None:
    """Print rows of equal keys as a table, or as JSON."""
    if as_json:
        print(json.dumps(rows, indent=1, default=str))  # noqa: T201
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for name in rows[0] if rows else ():
        widest = max(len(_text(row[name])) for row in rows)
        right = "right" if _is_number(rows[0][name]) else "left"
        table.add_column(name, justify=right, overflow="fold", min_width=min(widest, NEVER_FOLDED))
    for row in rows:
        table.add_row(*(_text(value) for value in row.values()))
    Console().print(table if rows else "Nothing yet.", soft_wrap=not sys.stdout.isatty())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value).replace("[", r"\[")


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Yield `on_progress(stage, amount, total)`, which draws a bar a stage with rate and time left; quiet elsewhere."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:,.0f}/s")

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}/{task.total:,}"),
        Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    bars: dict[str, Any] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def on_progress(stage: str, amount: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=total)
            progress.advance(bars[stage], amount)

        yield on_progress
