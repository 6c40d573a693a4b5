"""A quadruped in a maze of walls, paid once, at the goal."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from collections.abc import Sequence
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.simulators.legged import LeggedEnvironment
from gnomon.benchmarks.simulators.maze_map import MazeMap, Pair
from gnomon.benchmarks.simulators.quadruped import SIZE, specification

CELL = 2.0  # m
SCATTER = CELL / 4  # m; most that start and goal are off the centres of their cells, along x and y
REACHED = 0.5  # m; nearer to the goal it is reached
WALL_HEIGHT = 0.5  # m


class LeggedMaze(LeggedEnvironment):
    """Go from one cell to another.

    The observation is x and y of the trunk (m), what the quadruped feels (`Quadruped`), and x and y of the goal (m).
    Start and goal are the cells of a pair, drawn uniformly and with noise of up to 0.5 m, and the heading at the start
    is any. The reward is 1 at the step that brings the trunk nearer to the goal than 0.5 m, where the episode
    terminates, and 0 before; a fall terminates too.

    Args:
        walls: rows of cells, true where there is a wall, as there is all around.
        pairs: (row, column) of starts and goals.
        render_mode: see Gymnasium's MuJoCo environments.
    """

    def __init__(self, walls: Sequence[Sequence[bool]], pairs: Sequence[Pair], render_mode: str | None = None) -> None:
        world = specification()
        _add_walls(world, walls)
        super().__init__(world, 2 + SIZE + 2, render_mode)
        self.map, self.pairs = MazeMap(walls, CELL), pairs
        self.goal = np.zeros(2)

    def begin(self) -> None:
        start, goal = self.pairs[int(self.np_random.integers(len(self.pairs)))]
        self.goal = self._near(goal)
        self.body.place(self.np_random, self._near(start), self.np_random.uniform(-np.pi, np.pi))

    def _near(self, cell: tuple[int, int]) -> NDArray[np.float64]:
        centre = self.map.centres[self.map.index[cell]]
        return centre + self.np_random.uniform(-SCATTER, SCATTER, 2)

    def observe(self) -> NDArray[np.float64]:
        return np.concatenate([self.body.position, self.body.feel(), self.goal])

    def step(self, action: NDArray[np.floating]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        self.body.act(action)
        reached = bool(np.hypot(*(self.goal - self.body.position)) < REACHED)
        return self.observe(), float(reached), reached or self.body.has_fallen, False, {"success": reached}


def _add_walls(world: mujoco.MjSpec, walls: Sequence[Sequence[bool]]) -> None:
    """Add a block for every cell that is wall."""
    rows, columns = np.shape(walls)
    for row, column in np.argwhere(walls):
        world.worldbody.add_geom(
            type=mujoco.mjtGeom.mjGEOM_BOX,
            size=[CELL / 2, CELL / 2, WALL_HEIGHT / 2],
            pos=[CELL * (column + 0.5 - columns / 2), CELL * (rows / 2 - row - 0.5), WALL_HEIGHT / 2],
            rgba=[0.6, 0.5, 0.4, 1],
            contype=1,
            conaffinity=0,
        )
