"""The best of the data."""

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import Columns, returns, select_episodes
from gnomon.datasets.transforms import TRANSFORMS, Transform, share_of


def _top_return(data: Columns, percent: int, order: NDArray[np.int64]) -> Columns:
    best = np.argsort(-returns(data), kind="stable")[: share_of(len(order), percent)]
    return select_episodes(data, np.isin(np.arange(len(order)), best))


TRANSFORMS.add(
    "top-return",
    Transform("The episodes with the highest return; of equal ones the earlier.", _top_return),
)
