"""An ant that walks through mazes: a planner of way-points above a trained skill that goes where it is told.

D4RL (arXiv 2004.07219) collects its ant mazes in this way, with the same noise on the actions.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.simulators.ant_frame import in_torso_frame, unit
from gnomon.benchmarks.simulators.maze_map import MazeMap
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.antmaze import CELL
from gnomon.benchmarks.tasks.maze import layout_of, walls
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.trained import trained

SKILL = "antmaze/ant-direction-v1"


class Navigator:
    """Goes to the commanded goal on a shortest path.

    Args:
        task: a maze of the family `antmaze`.
        noise: standard deviation of the normal noise on the action; 0 is deterministic.
        skill: which checkpoint of the ant that goes where it is told: options of the policy `trained`.
    """

    def __init__(self, task: ControlTask, noise: float = 0.0, **skill: Any) -> None:
        self.map = MazeMap(walls(layout_of(task)), CELL)
        self.columns = task.observation
        self.ant = trained(TASKS[SKILL], **skill)
        self.noise = noise
        self.streams: dict[int, np.random.Generator] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.streams |= {lane: policy_stream(seed) for lane, seed in zip(lanes, seeds, strict=True)}

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.float64]:
        position = observations[:, self.columns["position"]].astype(np.float64)
        waypoints = self.map.waypoints(position, observations[:, self.columns["goal"]])
        body = observations[:, self.columns["posture"].start : self.columns["velocity"].stop]
        seen = in_torso_frame(body, unit(waypoints - position))
        actions = np.asarray(self.ant.act(seen.astype(np.float32), reset), np.float64)
        for lane, stream in self.streams.items():
            actions[lane] += self.noise * stream.standard_normal(actions.shape[1])
        return actions


POLICIES.add("antmaze/navigator", Navigator)
