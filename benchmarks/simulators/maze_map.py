"""The free cells of a maze: where they are, how far apart, and which way leads from one to another."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]  # row, column
Pair = tuple[Cell, Cell]  # start, goal


class MazeMap:
    """Shortest paths between all free cells, by breadth-first search, and the coordinates of the cells.

    Args:
        walls: rows of cells, true where there is a wall, as there is all around.
        size: width of a cell, m.

    Attributes:
        cells: [cells, 2] row and column, in reading order; a cell's place here is its number.
        centres: [cells, 2] x and y, m; the maze is centred at 0, and y grows towards the first row.
        distances: [cells, cells] steps of a shortest path; −1 where there is none.
        next_cell: [goal, cell] the neighbour to enter next on the way to `goal`.
    """

    def __init__(self, walls: Sequence[Sequence[bool]], size: float = 1.0) -> None:
        free = ~np.array(walls)
        rows, columns = free.shape
        self.cells = np.argwhere(free)
        self.index = np.full(free.shape, -1)
        self.index[tuple(self.cells.T)] = np.arange(len(self.cells))
        column, row = self.cells[:, 1], self.cells[:, 0]
        self.centres = size * np.stack([column + 0.5 - columns / 2, rows / 2 - row - 0.5], 1)
        searches = [self._search(goal) for goal in range(len(self.cells))]
        self.next_cell = np.stack([next_cell for next_cell, _ in searches])
        self.distances = np.stack([distances for _, distances in searches])

    def _search(self, goal: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """[cells] the neighbour nearer to `goal`, and [cells] the distances to it."""
        next_cell, distances = np.full(len(self.cells), -1), np.full(len(self.cells), -1)
        next_cell[goal], distances[goal] = goal, 0
        frontier = [goal]
        for cell in frontier:
            for neighbour in self._neighbours(cell):
                if distances[neighbour] < 0:
                    next_cell[neighbour], distances[neighbour] = cell, distances[cell] + 1
                    frontier.append(neighbour)
        return next_cell, distances

    def _neighbours(self, cell: int) -> list[int]:
        row, column = self.cells[cell]
        beside = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        return [int(self.index[place]) for place in beside if self.index[place] >= 0]

    def pairs(self, least: int, most: int | None = None) -> list[Pair]:
        """The pairs of cells that are so many steps apart, from `least` to `most`, by number of start and goal."""
        apart = (self.distances >= least) & (self.distances <= (self.distances.max() if most is None else most))
        places = [(int(row), int(column)) for row, column in self.cells]
        return [(places[start], places[goal]) for start, goal in np.argwhere(apart)]

    def cell_of(self, positions: NDArray[np.floating]) -> NDArray[np.int_]:
        """[n] the free cell nearest to each of the positions [n, 2]."""
        distance = ((positions[:, None] - self.centres[None]) ** 2).sum(-1)
        return distance.argmin(1)

    def waypoints(self, positions: NDArray[np.floating], goals: NDArray[np.floating]) -> NDArray[np.floating]:
        """[n, 2] where to head for: the centre of the next cell, or the goal once it is in the same cell."""
        here, there = self.cell_of(positions), self.cell_of(goals)
        return np.where((here == there)[:, None], goals, self.centres[self.next_cell[there, here]])
