"""Proving a dataset: its hash, a replay in its simulator, and building it again."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.environment import TaskEnvironment
from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.build import collect
from gnomon.datasets.columns import episode_of
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipes import RECIPES
from gnomon.engines import ENGINES
from gnomon.errors import DatasetError
from gnomon.files import hash_arrays
from gnomon.findings import Finding


def replay(dataset: Dataset, episodes: int) -> list[Finding]:
    """Play episodes again from their seeds and stored actions, and compare every number; equal bits, no findings.

    Args:
        dataset: one of a task that this version knows.
        episodes: how many, drawn without replacement by a stream keyed by the content hash.
    """
    stream = np.random.default_rng(seed_of("verify", dataset.manifest.content_hash, episodes))
    total = dataset.manifest.episodes
    chosen = np.sort(stream.choice(total, min(episodes, total), replace=False))
    environment = dataset.task.make()
    return [
        finding
        for number in chosen.tolist()
        for finding in _replay_one(environment, number, episode_of(dataset.columns, number))
    ]


def _replay_one(environment: TaskEnvironment, number: int, stored: Episode) -> list[Finding]:
    first, _ = environment.reset(seed=stored.seed)
    steps = [environment.step(action) for action in stored.actions]
    played = {
        "observations": (np.stack([first, *(step[0] for step in steps)]), stored.observations),
        "rewards": (np.array([step[1] for step in steps], np.float32), stored.rewards),
        "success flags": (np.array([step[4]["success"] for step in steps]), stored.success),
        "ending": (np.array(steps[-1][2:4]), np.array([stored.terminated, stored.truncated])),
    }
    return [
        Finding("replay", "error", f"episode {number}", f"Replayed {name} differ from the stored ones{_first(*pair)}.")
        for name, pair in played.items()
        if not np.array_equal(*pair)
    ]


def _first(played: np.ndarray, stored: np.ndarray) -> str:
    rows = np.flatnonzero((played != stored).reshape(len(played), -1).any(1))
    distance = np.abs(played.astype(np.float64) - stored.astype(np.float64)).max()
    return f" from step {rows[0]} on, by up to {distance:.3g}"


def rebuild(dataset: Dataset, workers: int | str = "auto") -> None:
    """Build the data again, elsewhere, and compare.

    Raises:
        DatasetError: the content hash is another one.
    """
    with TemporaryDirectory() as folder:
        data = collect(RECIPES[dataset.id], Path(folder), ENGINES["local"], workers, lambda _: None)
    if hash_arrays(data) != dataset.manifest.content_hash:
        raise DatasetError(
            f"{dataset.id} built again has the content hash {hash_arrays(data)[:12]}, not "
            f"{dataset.manifest.content_hash[:12]}; its manifest tells the platform and versions it was built with."
        )
