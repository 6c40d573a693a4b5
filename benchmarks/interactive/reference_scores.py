"""The measured ends of the interactive tasks' score scales, read from `reference_scores.json` of this folder."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from gnomon.benchmarks.contracts import ScoreScale
from gnomon.errors import UsageError

FILE = Path(__file__).with_name("reference_scores.json")


@cache
def all_reference_scores() -> dict[str, dict[str, Any]]:
    """Task id → `random` and `expert` → mean and standard error of the task's metric; and how many episodes."""
    return json.loads(FILE.read_text())


def scale_of(task: str) -> ScoreScale:
    """The score scale of an interactive task.

    Raises:
        UsageError: the task was never measured.
    """
    measured = all_reference_scores().get(task)
    if measured is None:
        raise UsageError(f"{task} has no score scale yet; measure it with: gnomon interactive reference {task}")
    return ScoreScale(random=measured["random"]["mean"], reference=measured["expert"]["mean"])
