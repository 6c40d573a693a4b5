"""Way-point planners for the mazes: shortest paths over cells, followed by a PD controller with seeded noise."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.tasks.maze import walls
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
        self.map = PathMap(walls(task.id.removeprefix("maze/").removesuffix("-v1")))
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


class PathMap:
    """Shortest paths between all free cells of a maze, and the coordinates of the cells."""

    def __init__(self, walls: Sequence[Sequence[bool]]) -> None:
        self.walls = np.array(walls)
        self.rows, self.columns = self.walls.shape
        cells = np.argwhere(~self.walls)
        self.index = np.full(self.walls.shape, -1)
        self.index[tuple(cells.T)] = np.arange(len(cells))
        self.centres = np.stack([cells[:, 1] + 0.5 - self.columns / 2, self.rows / 2 - cells[:, 0] - 0.5], 1)
        self.next_cell = np.stack([self._towards(goal) for goal in range(len(cells))])

    def _towards(self, goal: int) -> NDArray[np.int_]:
        """[cells] the neighbour to enter next on the way to `goal`, by breadth-first search from the goal."""
        next_cell = np.full(len(self.centres), -1)
        next_cell[goal] = goal
        frontier = [goal]
        for cell in frontier:
            for neighbour in self._neighbours(cell):
                if next_cell[neighbour] < 0:
                    next_cell[neighbour] = cell
                    frontier.append(neighbour)
        return next_cell

    def _neighbours(self, cell: int) -> list[int]:
        row, column = np.argwhere(self.index == cell)[0]
        beside = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        return [int(self.index[place]) for place in beside if self.index[place] >= 0]

    def cell_of(self, positions: NDArray[np.floating]) -> NDArray[np.int_]:
        """[n] the free cell nearest to each of the positions [n, 2]."""
        distance = ((positions[:, None] - self.centres[None]) ** 2).sum(-1)
        return distance.argmin(1)

    def waypoints(self, positions: NDArray[np.floating], goals: NDArray[np.floating]) -> NDArray[np.floating]:
        """[n, 2] where to head for: the centre of the next cell, or the goal once it is in the same cell."""
        here, there = self.cell_of(positions), self.cell_of(goals)
        return np.where((here == there)[:, None], goals, self.centres[self.next_cell[there, here]])


POLICIES.add("maze/planner", Planner)
POLICIES.add("maze/wander", Wander)
