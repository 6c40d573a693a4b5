"""Columns: episodes laid end to end in one array a column, in memory or memory-mapped from `.npy` files.

observations    [N + E, dimension] float32; episode e owns rows offsets[e] + e … offsets[e + 1] + e, T + 1 of them
actions         [N, dimension] float32
rewards         [N] float32
success         [N] bool
terminated      [N] bool, true at most at the last step of an episode
truncated       [N] bool, likewise; never together with terminated
offsets         [E + 1] int64, the first transition of each episode, then N
seeds           [E] int64; −1 where imported data does not tell
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import Episode
from gnomon.files import atomic_folder

Columns = dict[str, NDArray]
NAMES = ("observations", "actions", "rewards", "success", "terminated", "truncated", "offsets", "seeds")
UNKNOWN_SEED = -1


def from_episodes(episodes: Sequence[Episode]) -> Columns:
    """The columns of a sequence of episodes."""
    lengths = [len(episode) for episode in episodes]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    last = offsets[1:] - 1
    terminated, truncated = np.zeros(offsets[-1], bool), np.zeros(offsets[-1], bool)
    terminated[last] = [episode.terminated for episode in episodes]
    truncated[last] = [episode.truncated for episode in episodes]
    return {
        "observations": np.concatenate([episode.observations for episode in episodes]),
        "actions": np.concatenate([episode.actions for episode in episodes]),
        "rewards": np.concatenate([episode.rewards for episode in episodes]),
        "success": np.concatenate([episode.success for episode in episodes]),
        "terminated": terminated,
        "truncated": truncated,
        "offsets": offsets.astype(np.int64),
        "seeds": np.array([episode.seed for episode in episodes], np.int64),
    }


def to_episodes(columns: Columns) -> list[Episode]:
    """The episodes again, as views of the columns where they are contiguous."""
    return [episode_of(columns, number) for number in range(len(columns["seeds"]))]


def episode_of(columns: Columns, number: int) -> Episode:
    """Episode `number`, as views of the columns where they are contiguous."""
    first, end = (int(offset) for offset in columns["offsets"][number : number + 2])
    return Episode(
        seed=int(columns["seeds"][number]),
        observations=columns["observations"][first + number : end + number + 1],
        actions=columns["actions"][first:end],
        rewards=columns["rewards"][first:end],
        success=columns["success"][first:end],
        terminated=bool(columns["terminated"][end - 1]),
        truncated=bool(columns["truncated"][end - 1]),
    )


def concatenate(parts: Sequence[Columns]) -> Columns:
    """The columns of all parts in order."""
    joined = {name: np.concatenate([part[name] for part in parts]) for name in NAMES if name != "offsets"}
    lengths = np.concatenate([np.diff(part["offsets"]) for part in parts])
    return joined | {"offsets": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)}


def select_episodes(columns: Columns, kept: NDArray[np.bool_]) -> Columns:
    """The columns of the episodes where `kept` [E] is true, in their order."""
    lengths = np.diff(columns["offsets"])
    rows = np.repeat(kept, lengths)
    special = {"observations": np.repeat(kept, lengths + 1), "seeds": kept}
    chosen = {name: columns[name][special.get(name, rows)] for name in NAMES if name != "offsets"}
    return chosen | {"offsets": np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int64)}


def has_actions(columns: Columns) -> NDArray[np.bool_]:
    """[E] whether the actions of each episode are there; where they were taken away, all are NaN."""
    missing = np.isnan(columns["actions"]).reshape(len(columns["actions"]), -1).all(1)
    return ~np.logical_and.reduceat(missing, columns["offsets"][:-1])


def transition_rows(columns: Columns) -> NDArray[np.int64]:
    """[N] the row of `observations` that each transition begins in; it ends in the next one."""
    lengths = np.diff(columns["offsets"])
    return np.arange(len(columns["rewards"])) + np.repeat(np.arange(len(lengths)), lengths)


def returns(columns: Columns) -> NDArray[np.float64]:
    """[E] sum of rewards of each episode, added in float64."""
    return np.add.reduceat(columns["rewards"].astype(np.float64), columns["offsets"][:-1])


def successes(columns: Columns) -> NDArray[np.bool_]:
    """[E] whether each episode reached its goal at any step."""
    return np.logical_or.reduceat(columns["success"], columns["offsets"][:-1])


def statistics(columns: Columns, knows_success: bool = True) -> dict[Literal["return", "success"], float]:
    """Mean return of the episodes, and the share of them with success where it is known."""
    means: dict[Literal["return", "success"], float] = {"return": float(returns(columns).mean())}
    if knows_success:
        means["success"] = float(successes(columns).mean())
    return means


def save(columns: Columns, folder: Path) -> None:
    """Write one `.npy` file a column; the folder appears whole or not at all."""
    with atomic_folder(folder) as temporary:
        for name in NAMES:
            np.save(temporary / f"{name}.npy", columns[name], allow_pickle=False)


def load(folder: Path) -> Columns:
    """Memory-map the columns that `save` wrote."""
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in NAMES}
