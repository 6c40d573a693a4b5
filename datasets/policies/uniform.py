"""The random policy: actions drawn uniformly from the action box."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.datasets.policies import POLICIES


@POLICIES.register("uniform")
class Uniform:
    """Uniform over the task's action box, one stream an episode."""

    def __init__(self, task: ControlTask) -> None:
        box = task.make().action_box
        self.low, self.high = box.low, box.high
        self.streams: dict[int, np.random.Generator] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.streams |= {lane: policy_stream(seed) for lane, seed in zip(lanes, seeds, strict=True)}

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.float64]:
        actions = np.zeros((len(observations), *self.low.shape))
        for lane, stream in self.streams.items():
            actions[lane] = stream.uniform(self.low, self.high)
        return actions
