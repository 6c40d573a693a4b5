"""How much of the room the positions fill."""

import numpy as np

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Measure

CELL = 0.25  # in units of the position


def coverage(dataset: Dataset) -> dict[str, float] | None:
    """Share of the cells of a grid over the bounding box of all positions that hold one, above 0, up to 1.

    Cells are 0.25 wide (in units of the position) from the least position on; the last one of a dimension may stick
    out of the box. All N + E observations count. Absent where the task's observation names no `position`.
    """
    if dataset.manifest.task is None or "position" not in dataset.task.observation:
        return None
    position = dataset.columns["observations"][:, dataset.task.observation["position"]].astype(np.float64)
    position -= position.min(0)
    grid = np.maximum(np.ceil(position.max(0) / CELL), 1).astype(np.int64)
    cell = np.minimum(position / CELL, grid - 1).astype(np.int64)
    occupied, cells = len(np.unique(cell @ np.append(1, grid[:-1].cumprod()))), int(grid.prod())
    return {"share": occupied / cells, "occupied": occupied, "cells": cells}


MEASURES.add(
    "coverage",
    Measure(
        compute=coverage,
        label="Coverage",
        meaning="The share of a grid over the bounding box of the data that the positions visit. Walls count as not "
        "visited, so compare datasets of one task.",
        formula="occupied cells / cells of the bounding box, cells 0.25 wide",
    ),
)
