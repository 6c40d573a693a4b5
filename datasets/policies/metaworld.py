"""Meta-World's scripted experts, with seeded noise on the action."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.datasets.policies import POLICIES


@POLICIES.register("metaworld/scripted")
class Scripted:
    """The expert that Meta-World ships for the task.

    Args:
        task: a task of the family `metaworld`.
        noise: standard deviation of the normal noise on the clipped action; 0 is deterministic.
    """

    def __init__(self, task: ControlTask, noise: float = 0.0) -> None:
        from metaworld.policies import ENV_POLICY_MAP

        warnings.filterwarnings("ignore", r"Constant\(s\) may be too high")  # they are, and are clipped below
        self.expert = ENV_POLICY_MAP[f"{task.id.removeprefix('metaworld/').removesuffix('-v1')}-v3"]
        self.noise = noise
        self.experts: dict[int, tuple[object, np.random.Generator]] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        for lane, seed in zip(lanes, seeds, strict=True):
            self.experts[lane] = (self.expert(), policy_stream(seed))

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.float64]:
        actions = np.zeros((len(observations), 4))
        for lane, (expert, stream) in self.experts.items():
            wanted = np.clip(expert.get_action(observations[lane].astype(np.float64)), -1, 1)  # pyright: ignore[reportAttributeAccessIssue]
            actions[lane] = wanted + self.noise * stream.standard_normal(4)
        return actions
