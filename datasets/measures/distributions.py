"""Return, length and success of the episodes."""

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets import columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Measure

QUANTILES = {"minimum": 0.0, "q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95, "maximum": 1.0}
FORMULA = "mean, and the quantiles 0, 0.05, 0.25, 0.5, 0.75, 0.95 and 1 over episodes, interpolated linearly"


def returns(dataset: Dataset) -> dict[str, float]:
    """Mean and quantiles of the undiscounted returns, in the task's units of reward."""
    return _distribution(columns.returns(dataset.columns))


def lengths(dataset: Dataset) -> dict[str, float]:
    """Mean and quantiles of the number of steps of an episode, 1 to the task's horizon."""
    return _distribution(np.diff(dataset.columns["offsets"]))


def success(dataset: Dataset) -> float | None:
    """Share of episodes that reach the goal at any step, 0 to 1.

    Absent where the task is scored by its return and no episode has a success: such a task need not have a goal.
    """
    reached = columns.successes(dataset.columns)
    return float(reached.mean()) if dataset.task.metric == "success" or reached.any() else None


def _distribution(values: NDArray) -> dict[str, float]:
    """Mean and quantiles (Hyndman and Fan's type 7)."""
    at = np.quantile(values, list(QUANTILES.values()))
    return {"mean": float(values.mean())} | dict(zip(QUANTILES, at.tolist(), strict=True))


MEASURES.add(
    "returns",
    Measure(
        compute=returns,
        label="Returns",
        meaning="How the sums of rewards of the episodes are spread, in the task's units of reward.",
        formula=FORMULA,
    ),
)
MEASURES.add(
    "lengths",
    Measure(
        compute=lengths,
        label="Lengths",
        meaning="How the lengths of the episodes are spread, in steps.",
        formula=FORMULA,
    ),
)
MEASURES.add(
    "success",
    Measure(
        compute=success,
        label="Success",
        meaning="The share of episodes that reach the goal at any step.",
        formula="episodes with success / episodes",
    ),
)
