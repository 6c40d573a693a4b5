"""How often the actions are at the limits of what the task takes."""

import numpy as np

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Measure

NEAR = 1e-3  # in units of the action


def saturation(dataset: Dataset) -> dict[str, float] | None:
    """Shares of the N · dimension action entries at a bound of the task's action box, 0 to 1.

    `at_bound` counts an entry that equals a bound, `near_bound` one that is at most 0.001 (in units of the action)
    from one. Absent where the action box has no bound at all, and of discrete actions.
    """
    environment = dataset.task.make()
    if environment.action_count:
        return None
    bounds = np.stack([environment.action_box.low, environment.action_box.high]).astype(np.float64)
    environment.close()
    if not np.isfinite(bounds).any():
        return None
    distance = np.abs(dataset.columns["actions"] - bounds[:, None]).min(0)
    return {"at_bound": float((distance == 0).mean()), "near_bound": float((distance <= NEAR).mean())}


MEASURES.add(
    "saturation",
    Measure(
        compute=saturation,
        label="Action saturation",
        meaning="The share of action entries that lie on a bound of the action box, and within 0.001 of one. A policy "
        "with a squashed normal distribution gives such actions no density.",
        formula="entries with |action − bound| = 0 (≤ 0.001) / all entries",
    ),
)
