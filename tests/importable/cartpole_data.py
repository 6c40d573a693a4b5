"""Made data with numbered actions: a pole that a rule balances, with a share of random steps."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import policy_stream, seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets import columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import Manifest

TASK = "discrete/cartpole-v1"


class Balancing:
    """Pushes to the side that the pole falls to, or, with a probability, anywhere."""

    def __init__(self, noise: float) -> None:
        self.noise, self.stream = noise, policy_stream(0)

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.int64]:
        falls_right = observations @ np.array([0.1, 0.2, 1.0, 0.5]) > 0
        is_random = self.stream.random(len(observations)) < self.noise
        return np.where(is_random, self.stream.integers(0, 2, len(observations)), falls_right).astype(np.int64)


def cartpole(episodes: int = 40, noise: float = 0.5) -> Dataset:
    """A dataset in memory, of `discrete/cartpole-v1`."""
    seeds = [seed_of("train", TASK, number) for number in range(episodes)]
    collected = rollout(TASKS[TASK], Balancing(noise), seeds)
    manifest = Manifest.model_construct(id="made/cartpole-v1", task=TASK, episodes=episodes, recipe_hash="")
    return Dataset(Path(), manifest).holding(columns.from_episodes(collected))
