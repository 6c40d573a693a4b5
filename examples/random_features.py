"""An algorithm whose policies are small networks, so that they can be submitted, played again, and trained again.

gnomon evaluate examples/random_features.py:RandomFeatures --suite quickstart

One hidden layer stays as it was drawn, the next is fitted by least squares (Rahimi and Recht 2007, "Random features for
large-scale kernel machines").
"""

import numpy as np

from gnomon.benchmarks.policy_file import NetworkPolicy

UNITS, MOST_ROWS, RIDGE = 512, 40_000, 1e-2


class RandomFeatures:
    """Clones the data's actions with a network of which one layer is learned."""

    name = "random-features"

    def train(self, dataset, seeds, budget, on_checkpoint):
        """One policy a seed; there is no gradient, so that `budget` is not used."""
        space, data = dataset.task.make().action_space, dataset.transitions()
        return [fitted(data, space.low, space.high, np.random.default_rng(seed)) for seed in seeds]


def fitted(data, low, high, stream):
    """A policy on rows and hidden weights of a stream."""
    rows = stream.choice(len(data), min(len(data), MOST_ROWS), replace=False)
    observations, actions = data.observations[rows], data.actions[rows]
    mean, scale = observations.mean(0), observations.std(0) + np.float32(1e-3)
    weight = stream.normal(size=(observations.shape[1], UNITS)) / observations.shape[1] ** 0.5
    bias = stream.uniform(-1, 1, UNITS)
    features = np.maximum((observations - mean) / scale @ weight + bias, 0)
    targets = np.arctanh(np.clip(2 * (actions - low) / (high - low) - 1, -0.99, 0.99))  # the policy ends in a tanh
    inputs = np.column_stack([features, np.ones(len(rows))])
    learned = np.linalg.solve(inputs.T @ inputs + RIDGE * len(rows) * np.eye(UNITS + 1), inputs.T @ targets)
    weights = weight.astype(np.float32), learned[:-1].astype(np.float32)
    biases = bias.astype(np.float32), learned[-1].astype(np.float32)
    return NetworkPolicy(mean, scale, weights, biases, low, high)
