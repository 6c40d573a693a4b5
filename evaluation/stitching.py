"""Stitching: who reaches goals that no trajectory of the data reaches, beside the policies that frame the scale."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.benchmarks.reference_scores import all_reference_scores
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.store import facts_of
from gnomon.evaluation.results import Results

if TYPE_CHECKING:
    import pandas

Row = dict[str, str]


def stitching_rows(found: Results) -> list[Row]:
    """Success and success discounted by 0.99 a step, on every dataset whose solutions are judged on far goals.

    First come the random policy and the task's expert (`gnomon tasks reference`), then every algorithm that has run.
    """
    far = {task.judged_on for task in TASKS.values() if task.metric == "success"}
    datasets = [dataset for dataset in found.datasets if facts_of(dataset).task in far]
    if not datasets:
        return []
    outcomes = found.outcomes
    return [row for dataset in datasets for row in _rows(dataset, outcomes)]


def _rows(dataset: str, outcomes: "pandas.DataFrame") -> Iterator[Row]:
    task = TASKS[facts_of(dataset).task]
    measured = all_reference_scores()[task.id]
    ends = {"random": measured["random"]} | ({task.expert: measured["reference"]} if task.expert else {})
    for name, end in ends.items():
        yield _row(dataset, name, end["mean"], end["discounted_success"])
    for name, own in outcomes[outcomes["dataset"] == dataset].groupby("algorithm"):
        yield _row(dataset, str(name), float(own["success"].mean()), float(own["discounted_success"].mean()))


def _row(dataset: str, policy: str, success: float, discounted: float) -> Row:
    return {"dataset": dataset, "policy": policy, "success": f"{success:.3f}", "discounted": f"{discounted:.3f}"}
