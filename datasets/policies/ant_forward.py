"""The ant's behaviour policies, which see the world from the torso and are always told to go along x.

Gymnasium's reward pays 1,000 for an episode of standing still, and trainings that began from nothing did no more for
430,000 steps. These began with the networks of the ant that goes where it is told
(`gnomon.benchmarks.simulators.ant_direction`), which had been paid for speed alone.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.simulators.ant_frame import in_torso_frame
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.trained import trained

TRAINED_ON = "locomotion/ant-forward-v1"


class Forward:
    """Runs along x.

    Args:
        task: `locomotion/ant-v1`.
        checkpoint: options of the policy `trained`, of a training on `locomotion/ant-forward-v1`.
    """

    def __init__(self, task: ControlTask, **checkpoint: Any) -> None:
        self.ant: Any = trained(TASKS[TRAINED_ON], **checkpoint)

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.ant.start_episodes(lanes, seeds)

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[Any]:
        forward = np.broadcast_to([1.0, 0.0], (len(observations), 2))
        return self.ant.act(in_torso_frame(observations, forward).astype(np.float32), reset)


POLICIES.add("locomotion/ant-forward", Forward)
