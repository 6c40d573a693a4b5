"""Contexts of a multi-domain view: runs of steps of one episode each, with the returns that were still to come."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import Columns
from gnomon.datasets.multi_domain import MultiDomain


@dataclass(frozen=True)
class Contexts:
    """B runs of L steps; O and A are the sizes of wide observations and actions (see `MultiDomain`)."""

    observations: NDArray[np.float32]  # [B, L, O]
    actions: NDArray[np.float32]  # [B, L, A]
    to_go: NDArray[np.float32]  # [B, L] sum of the rewards from each step to the end of the episode, added in float64
    steps: NDArray[np.int64]  # [B, L] number of each step in its episode, from 0
    inside: NDArray[np.bool_]  # [B, L] false where the episode is over; its last step stands there


def contexts(view: MultiDomain, rows: NDArray[np.int64], length: int) -> Contexts:
    """The `length` steps that begin with each of the row numbers [B]."""
    numbers, own = view.places(rows)
    shape, layout = (len(rows), length), view.layout
    found = Contexts(
        observations=np.zeros((*shape, layout.observation_size), np.float32),
        actions=np.zeros((*shape, layout.action_size), np.float32),
        to_go=np.zeros(shape, np.float32),
        steps=np.zeros(shape, np.int64),
        inside=np.zeros(shape, bool),
    )
    for number in np.unique(numbers):
        places = np.flatnonzero(numbers == number)
        _read(view.datasets[number].columns, view.descriptors[number].columns, own[places], found, places)
    return found


def _read(
    data: Columns, wide: NDArray[np.int64], rows: NDArray[np.int64], found: Contexts, places: NDArray[np.int64]
) -> None:
    """Copy the contexts that begin with rows of one dataset to their places."""
    episode = np.searchsorted(data["offsets"], rows, side="right") - 1
    begin, end = data["offsets"][episode], data["offsets"][episode + 1]
    asked = rows[:, None] + np.arange(found.inside.shape[1])
    taken = np.minimum(asked, end[:, None] - 1)
    found.inside[places] = asked < end[:, None]
    found.steps[places] = taken - begin[:, None]
    found.observations[places[:, None, None], np.arange(taken.shape[1])[:, None], wide] = data["observations"][
        taken + episode[:, None]
    ]
    found.actions[places, :, : data["actions"].shape[1]] = data["actions"][taken]
    for place, row, last, steps in zip(places, rows, end, taken, strict=True):
        left = np.cumsum(data["rewards"][row:last][::-1], dtype=np.float64)[::-1]
        found.to_go[place] = left[steps - row]
