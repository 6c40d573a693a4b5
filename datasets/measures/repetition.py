"""What is in the data more than once: start states and whole trajectories."""

import numpy as np

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Measure
from gnomon.files import hash_arrays


def starts(dataset: Dataset) -> dict[str, float]:
    """How many of the E episodes start somewhere new; first observations are the same when all their bits are.

    `distinct` is the share of distinct first observations, 1/E to 1; `duplicates` the number of episodes whose first
    observation an earlier episode has.
    """
    offsets = dataset.columns["offsets"]
    count = len(offsets) - 1
    first = dataset.columns["observations"][offsets[:-1] + np.arange(count)]
    distinct = len({row.tobytes() for row in first})
    return {"distinct": distinct / count, "duplicates": count - distinct}


def duplicates(dataset: Dataset) -> int:
    """Number of episodes that repeat an earlier one, by SHA-256 of observations, actions, rewards; not of the seed."""
    hashes = [
        hash_arrays({"observations": episode.observations, "actions": episode.actions, "rewards": episode.rewards})
        for episode in dataset.episodes()
    ]
    return len(hashes) - len(set(hashes))


MEASURES.add(
    "starts",
    Measure(
        compute=starts,
        label="Start states",
        meaning="The share of distinct first observations, and the number of episodes that start exactly as an "
        "earlier one does.",
        formula="distinct first observations / episodes; episodes − distinct first observations",
    ),
)
MEASURES.add(
    "duplicates",
    Measure(
        compute=duplicates,
        label="Duplicate trajectories",
        meaning="The number of episodes whose observations, actions and rewards an earlier episode has already.",
        formula="episodes − distinct SHA-256 of (observations, actions, rewards)",
    ),
)
