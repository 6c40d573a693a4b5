"""The table of a dataset's episodes: a row an episode, as Parquet, which viewers and Croissant can read."""

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from gnomon.datasets import columns
from gnomon.datasets.dataset import Dataset

if TYPE_CHECKING:
    import pyarrow

EPISODES = "episodes.parquet"
MEANINGS = {
    "index": "number of the episode, from 0",
    "seed": "what the environment was reset with",
    "length": "steps",
    "return": "sum of the rewards, not discounted",
    "success": "whether the goal was reached at any step",
    "terminated": "whether the task ended the episode",
    "truncated": "whether the episode was cut: by the time limit, or at a success in a task that goes on",
}


def episode_table(dataset: Dataset) -> "pyarrow.Table":
    """The columns of MEANINGS, [E] each; int64, bool, and float64 for the return.

    `seed` is absent where one is unknown, `success` where the data does not tell.
    """
    import pyarrow

    data = dataset.columns
    last = data["offsets"][1:] - 1
    table = {
        "index": np.arange(len(last)),
        "seed": np.array(data["seeds"]),
        "length": np.diff(data["offsets"]),
        "return": columns.returns(data),
        "success": columns.successes(data),
        "terminated": data["terminated"][last],
        "truncated": data["truncated"][last],
    }
    unknown = {"seed": not knows_seeds(dataset), "success": not knows_success(dataset)}
    return pyarrow.table({name: column for name, column in table.items() if not unknown.get(name)})


def as_parquet(table: "pyarrow.Table") -> bytes:
    """The bytes of a Parquet file; equal tables give equal bytes."""
    from pyarrow import parquet

    buffer = BytesIO()
    parquet.write_table(table, buffer)
    return buffer.getvalue()


def knows_seeds(dataset: Dataset) -> bool:
    """Whether every episode has its seed."""
    return bool((dataset.columns["seeds"] != columns.UNKNOWN_SEED).all())


def knows_success(dataset: Dataset) -> bool:
    """Whether the column `success` is known, and not merely filled with false."""
    return "success" in dataset.manifest.statistics
