"""The random policy: actions drawn uniformly from the action box."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.datasets.policies import POLICIES


@POLICIES.register("uniform")
class Uniform:
    """Uniform over the task's action box, or over its numbers, one stream an episode."""

    def __init__(self, task: ControlTask) -> None:
        self.environment = task.make()
        self.streams: dict[int, np.random.Generator] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.streams |= {lane: policy_stream(seed) for lane, seed in zip(lanes, seeds, strict=True)}

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[Any]:
        space = self.environment.action_space
        actions = np.zeros((len(observations), *(space.shape or ())), space.dtype)
        for lane, stream in self.streams.items():
            actions[lane] = self._drawn(stream)
        return actions

    def _drawn(self, stream: np.random.Generator) -> Any:
        if count := self.environment.action_count:
            return stream.integers(count)
        box = self.environment.action_box
        return stream.uniform(box.low, box.high)
