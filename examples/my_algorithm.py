"""An algorithm of your own, in one file: act like the most similar of a few thousand remembered transitions.

gnomon evaluate examples/my_algorithm.py:NearestNeighbour --suite quickstart
"""

import numpy as np


class NearestNeighbour:
    """Copies the action of the nearest remembered observation."""

    name = "nearest-neighbour"

    def train(self, dataset, seeds, budget, on_checkpoint):
        """Return one policy a seed; `budget.updates` is what a gradient method would use."""
        data = dataset.transitions()
        return [Memory(data, np.random.default_rng(seed)) for seed in seeds]


class Memory:
    """A policy: observations [lanes, dimension] in, actions [lanes, dimension] out."""

    def __init__(self, data, stream, size=3000):
        rows = stream.choice(len(data), size, replace=False)
        self.scale = data.observations.std(0) + 1e-3
        self.keys, self.actions = data.observations[rows] / self.scale, data.actions[rows]

    def act(self, observations, reset):
        queries = observations / self.scale
        distances = (self.keys**2).sum(1) - 2 * queries @ self.keys.T
        return self.actions[distances.argmin(1)]
