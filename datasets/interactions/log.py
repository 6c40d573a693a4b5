"""The rows of a log, and the files that they are written to."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gnomon.benchmarks.interactive import InteractiveTask
from gnomon.benchmarks.interactive.plays import Play, plays
from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.problems import assistant, user, write_parquet
from gnomon.errors import UsageError
from gnomon.files import atomic_folder

Row = dict[str, Any]
PARQUET, LINES = "episodes.parquet", "episodes.jsonl"


def logged(task: InteractiveTask, episodes: Mapping[str, int], key: str = "") -> list[Row]:
    """The rows of a log, on problems from the seeds of collection, which no evaluation shares.

    Args:
        task: what is played.
        episodes: name of a script of the task → how many episodes it plays, each a problem of its own.
        key: another one gives other problems; the task's id by default.

    Raises:
        UsageError: no such script.
    """
    rows: list[Row] = []
    for script, count in episodes.items():
        seeds = [seed_of("collect", key or task.id, len(rows) + number) for number in range(count)]
        rows += [_row(task, script, play) for play in plays(task, task.policy(script), seeds)]
    return rows


def write_log(rows: Sequence[Row], folder: Path) -> None:
    """Write `episodes.parquet` and `episodes.jsonl` with equal rows; the folder appears when both are whole.

    Raises:
        UsageError: there is no row, or the folder is there already.
    """
    if not rows or folder.exists():
        raise UsageError(f"{folder} is there already; choose another folder." if rows else "There is nothing to write.")
    with atomic_folder(folder) as temporary:
        write_rows(rows, temporary)


def write_rows(rows: Sequence[Row], folder: Path) -> None:
    """Write both files into a folder that is there."""
    write_parquet(folder / PARQUET, rows)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / LINES).write_text(lines, encoding="utf-8")


def _row(task: InteractiveTask, script: str, play: Play) -> Row:
    messages = [user(str(play.pages[0]))]
    for action, page in zip(play.actions, play.pages[1:], strict=True):
        messages += [assistant(action), user(str(page))]
    return {
        "id": f"{task.id}/{play.seed}",
        "task": task.id,
        "level": task.level,
        "seed": play.seed,
        "script": script,
        "messages": messages,
        "rewards": list(play.rewards),
        "events": list(play.events),
        "return": play.total_reward,
        "success": play.success,
        "ended_by": play.events[-1] if play.terminated else "turns",
    }
