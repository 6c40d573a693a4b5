"""Data that shows what happened and, for a share of the episodes, not what was done."""

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import Columns
from gnomon.datasets.transforms import TRANSFORMS, Transform, share_of
from gnomon.errors import UsageError


def _action_free(data: Columns, percent: int, order: NDArray[np.int64]) -> Columns:
    if data["actions"].dtype.kind != "f":
        raise UsageError("Only continuous actions can be taken away: they become NaN, which integers do not have.")
    bare = np.isin(np.arange(len(order)), order[: share_of(len(order), percent)])
    actions = np.array(data["actions"])
    actions[np.repeat(bare, np.diff(data["offsets"]))] = np.nan
    return {**data, "actions": actions}


TRANSFORMS.add(
    "action-free", Transform("Without the actions (NaN) of a share of the episodes, drawn at random.", _action_free)
)
