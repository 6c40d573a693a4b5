"""The measured ends of every task's score scale, read from `reference_scores.json`."""

import json
from functools import cache
from pathlib import Path

from gnomon.benchmarks.contracts import ScoreScale
from gnomon.errors import UsageError

FILE = Path(__file__).with_name("reference_scores.json")


@cache
def all_reference_scores() -> dict[str, dict[str, dict[str, float]]]:
    """Task id → `random` and `reference` → mean, standard_error, episodes."""
    return json.loads(FILE.read_text())


def scale_of(task: str) -> ScoreScale:
    """The score scale of a task.

    Raises:
        UsageError: the task was never measured.
    """
    measured = all_reference_scores().get(task)
    if measured is None:
        raise UsageError(f"{task} has no score scale yet; measure it with: gnomon tasks reference {task}")
    return ScoreScale(random=measured["random"]["mean"], reference=measured["reference"]["mean"])
