"""A quadruped's behaviour policies: a training's checkpoint at work on another task, and one that goes through mazes.

D5RL's prototype (arXiv 2408.08441) switches three trained skills in its mazes (forward, left, right). Here one policy
that runs to goals is told the way-points of a shortest path as its goals, with the same noise on the actions.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask, Policy
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.simulators.ant_frame import torso_axes
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.maze import map_of
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.trained import trained
from gnomon.errors import DatasetError

SKILL = "legged/run-to-v1"


@POLICIES.register("legged/trained-elsewhere")
def trained_elsewhere(task: ControlTask, trained_on: str, **checkpoint: Any) -> Policy:
    """A checkpoint of a training on another task with the same observations and actions.

    Args:
        task: where it acts.
        trained_on: id of the task that it was trained on.
        checkpoint: options of the policy `trained`.

    Raises:
        DatasetError: what the two tasks observe differs.
    """
    if TASKS[trained_on].observation != task.observation:
        raise DatasetError(f"{task.id} observes something else than {trained_on}; choose a task of the same body.")
    return trained(TASKS[trained_on], **checkpoint)


class Navigator:
    """Goes to the commanded goal of a maze on a shortest path.

    Args:
        task: a maze of the family `legged`.
        noise: standard deviation of the normal noise on the action; 0 is deterministic.
        skill: which checkpoint of the quadruped that runs to goals: options of the policy `trained`.
    """

    def __init__(self, task: ControlTask, noise: float = 0.0, **skill: Any) -> None:
        self.map = map_of(task)
        self.columns = task.observation
        self.runner = trained(TASKS[SKILL], **skill)
        self.noise = noise
        self.streams: dict[int, np.random.Generator] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.streams |= {lane: policy_stream(seed) for lane, seed in zip(lanes, seeds, strict=True)}

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.float64]:
        body = observations[:, self.columns["position"].stop : self.columns["goal"].start]
        seen = np.concatenate([body, self.heading_errors(observations)[:, None]], axis=1)
        actions = np.asarray(self.runner.act(seen.astype(np.float32), reset), np.float64)
        for lane, stream in self.streams.items():
            actions[lane] += self.noise * stream.standard_normal(actions.shape[1])
        return actions

    def heading_errors(self, observations: NDArray[np.float32]) -> NDArray[np.float64]:
        """[lanes] the angles from the headings to the way-points, −π to π, rad."""
        position = observations[:, self.columns["position"]].astype(np.float64)
        way = self.map.waypoints(position, observations[:, self.columns["goal"]]) - position
        forward = torso_axes(observations[:, self.columns["orientation"]].astype(np.float64))[:, :2, 0]
        across = forward[:, 0] * way[:, 1] - forward[:, 1] * way[:, 0]
        return np.arctan2(across, (forward * way).sum(1))


POLICIES.add("legged/navigator", Navigator)
