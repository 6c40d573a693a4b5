"""A scripted Meta-World expert that forgets what it was doing: after a few steps it goes on at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream, seed_of
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.metaworld import Scripted


@POLICIES.register("metaworld/lapsing")
class Lapsing:
    """The scripted expert up to a step that is drawn for each episode; then uniformly random actions.

    Args:
        task: a task of the family `metaworld`.
        latest: the step is drawn evenly from 0 up to it, itself left out.
        noise: of the expert (see `Scripted`).
    """

    def __init__(self, task: ControlTask, latest: int, noise: float = 0.0) -> None:
        self.expert: Any = Scripted(task, noise)
        self.latest = latest
        self.left: dict[int, int] = {}  # lane → steps until it lapses
        self.streams: dict[int, np.random.Generator] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.expert.start_episodes(lanes, seeds)
        for lane, seed in zip(lanes, seeds, strict=True):
            self.streams[lane] = policy_stream(
                seed_of("collect", "lapse", seed)
            )  # the expert's noise has the seed's own
            self.left[lane] = int(self.streams[lane].integers(self.latest))

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.float64]:
        actions = self.expert.act(observations, reset)
        for lane, stream in self.streams.items():
            if self.left[lane] == 0:
                actions[lane] = stream.uniform(-1, 1, actions.shape[1])
            else:
                self.left[lane] -= 1
        return actions
