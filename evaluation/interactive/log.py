"""Logs of interactions: one row an episode, of scripts of several qualities, as Parquet and as JSON lines.

For offline learning from conversations and clicks (DigiRL, arXiv 2406.11896, learns from such logs): the row has every
page and action, the reward and event of every turn, the return, and how the episode ended. The problems come from the
seeds of collection, which no evaluation shares.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gnomon.benchmarks.interactive import InteractiveTask
from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.problems import write_parquet
from gnomon.errors import UsageError
from gnomon.evaluation.interactive.plays import Play, plays
from gnomon.files import atomic_folder


def logged(task: InteractiveTask, episodes: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rows of a log.

    Args:
        task: what is played.
        episodes: name of a script of the task → how many episodes it plays, each a problem of its own.

    Raises:
        UsageError: no such script.
    """
    rows: list[dict[str, Any]] = []
    for script, count in episodes.items():
        seeds = [seed_of("collect", task.id, len(rows) + number) for number in range(count)]
        rows += [_row(task, script, play) for play in plays(task, task.policy(script), seeds)]
    return rows


def write_log(rows: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """Write `episodes.parquet` and `episodes.jsonl` with equal rows; the folder appears when both are whole.

    Raises:
        UsageError: there is no row, or the folder is there already.
    """
    if not rows or folder.exists():
        raise UsageError(f"{folder} is there already; choose another folder." if rows else "There is nothing to write.")
    with atomic_folder(folder) as temporary:
        write_parquet(temporary / "episodes.parquet", [dict(row) for row in rows])
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (temporary / "episodes.jsonl").write_text(lines, encoding="utf-8")


def _row(task: InteractiveTask, script: str, play: Play) -> dict[str, Any]:
    messages = [{"role": "user", "content": str(play.pages[0])}]
    for action, page in zip(play.actions, play.pages[1:], strict=True):
        messages += [{"role": "assistant", "content": action}, {"role": "user", "content": str(page)}]
    return {
        "id": f"{task.id}/{play.seed}",
        "task": task.id,
        "level": task.level,
        "seed": play.seed,
        "script": script,
        "messages": messages,
        "rewards": list(play.rewards),
        "events": play.events,
        "return": play.total_reward,
        "success": play.success,
        "ended_by": play.events[-1] if play.terminated else "turns",
    }
