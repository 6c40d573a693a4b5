"""Way-point planners for the mazes: shortest paths over cells, followed by a PD controller with seeded noise."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.simulators.maze_map import MazeMap
from gnomon.benchmarks.tasks.maze import layout_of, walls
from gnomon.datasets.policies import POLICIES

REACHED = 0.45  # m; the task's own radius
GOAL_NOISE = 0.25  # m, each way, around the centre of a cell; the task's own


class Planner:
    """Goes to the commanded goal on a shortest path.

    Args:
        task: a task of the family `maze`.
        noise: standard deviation of the normal noise on the action; 0 is deterministic.
        gain: action per metre to the next way-point.
        damping: action per metre a second of velocity, against it.
    """

    def __init__(self, task: ControlTask, noise: float = 0.0, gain: float = 10.0, damping: float = 1.0) -> None:
        self.map = MazeMap(walls(layout_of(task)))
        self.noise, self.gain, self.damping = noise, gain, damping
        self.streams: dict[int, np.random.Generator] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.streams |= {lane: policy_stream(seed) for lane, seed in zip(lanes, seeds, strict=True)}

    def goals(self, observations: NDArray[np.float32]) -> NDArray[np.floating]:
        """[lanes, 2] where each lane is going."""
        return observations[:, 4:6]

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.float64]:
        position, velocity = observations[:, 0:2].astype(np.float64), observations[:, 2:4].astype(np.float64)
        waypoints = self.map.waypoints(position, self.goals(observations))
        actions = (self.gain * (waypoints - position) - self.damping * velocity).clip(-1, 1)
        for lane, stream in self.streams.items():
            actions[lane] += self.noise * stream.standard_normal(2)
        return actions


class Wander(Planner):
    """Goes to one hidden random goal after another and never looks at the commanded one."""

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        super().start_episodes(lanes, seeds)
        self.hidden = {**getattr(self, "hidden", {}), **{lane: self._draw(lane) for lane in lanes}}

    def _draw(self, lane: int) -> NDArray[np.float64]:
        stream = self.streams[lane]
        return stream.choice(self.map.centres) + stream.uniform(-GOAL_NOISE, GOAL_NOISE, 2)

    def goals(self, observations: NDArray[np.float32]) -> NDArray[np.floating]:
        goals = np.zeros((len(observations), 2))
        for lane in self.hidden:
            if np.hypot(*(observations[lane, :2] - self.hidden[lane])) <= REACHED:
                self.hidden[lane] = self._draw(lane)
            goals[lane] = self.hidden[lane]
        return goals


POLICIES.add("maze/planner", Planner)
POLICIES.add("maze/wander", Wander)
