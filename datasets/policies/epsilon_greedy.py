"""A trained policy of discrete actions that now and then takes any action."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.fixed_point import FixedPointPolicy
from gnomon.benchmarks.seeds import policy_stream
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.trained import trained


@POLICIES.register("epsilon-greedy")
class EpsilonGreedy:
    """Takes a uniformly random action with probability epsilon, else that of a checkpoint.

    Args:
        task: with discrete actions.
        epsilon: 0 to 1.
        checkpoint: options of the policy `trained`.
    """

    def __init__(self, task: ControlTask, epsilon: float, **checkpoint: Any) -> None:
        greedy = trained(task, **checkpoint)
        assert isinstance(greedy, FixedPointPolicy)
        self.greedy, self.epsilon = greedy, epsilon
        self.action_count = len(self.greedy.biases[-1])
        self.streams: dict[int, np.random.Generator] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.streams |= {lane: policy_stream(seed) for lane, seed in zip(lanes, seeds, strict=True)}

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.int64]:
        actions = self.greedy.act(observations, reset)
        for lane, stream in self.streams.items():
            if stream.random() < self.epsilon:
                actions[lane] = stream.integers(self.action_count)
        return actions
