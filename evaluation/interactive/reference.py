"""Measuring the ends of an interactive task's score scale: its random script and its expert, on the same problems."""

from typing import Any

import numpy as np

from gnomon.benchmarks.interactive import InteractiveTask
from gnomon.benchmarks.interactive.plays import plays
from gnomon.benchmarks.seeds import seed_of
from gnomon.errors import GnomonError
from gnomon.evaluation.reference import LEAST_DISTANCE, is_apart, summary

ENDS = ("random", "expert")


def measure(task: InteractiveTask, episodes: int) -> dict[str, Any]:
    """The entry of `benchmarks/interactive/reference_scores.json` for a task.

    Raises:
        GnomonError: expert and random differ by less than ten standard errors, so a score would mean nothing.
    """
    ends = {name: _end(task, name, episodes) for name in ENDS}
    if not is_apart(ends["random"], ends["expert"]):
        raise GnomonError(
            f"{task.id} gets no score scale: the expert's {task.metric} ({ends['expert']['mean']:.3g}) is not "
            f"{LEAST_DISTANCE} standard errors above the random script's ({ends['random']['mean']:.3g}); "
            "with more episodes it may be."
        )
    return {**ends, "metric": task.metric, "episodes": episodes}


def _end(task: InteractiveTask, script: str, episodes: int) -> dict[str, float]:
    seeds = [seed_of("reference", task.id, number) for number in range(episodes)]
    played = plays(task, task.policy(script), seeds)
    return summary(
        np.array([play.total_reward if task.metric == "return" else play.success for play in played], np.float64)
    )
