"""Less data of the same kind."""

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import Columns, select_episodes
from gnomon.datasets.transforms import TRANSFORMS, Transform, share_of


def _size(data: Columns, percent: int, order: NDArray[np.int64]) -> Columns:
    kept = np.isin(np.arange(len(order)), order[: share_of(len(order), percent)])
    return select_episodes(data, kept)


TRANSFORMS.add("size", Transform("A share of the episodes, drawn at random; smaller shares lie within larger.", _size))
