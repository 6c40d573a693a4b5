"""Path grid: a shortest walk through a grid with walls; a level more is a row and a column more."""

from random import Random

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer
from gnomon.benchmarks.verifiers.path import find, shortest_path, step

WALL_SHARE = 0.25

Grid = tuple[str, ...]  # rows of S, G, # (wall) and . (free)


def draw(stream: Random, level: int) -> Grid:
    """A square grid with `level` + 3 cells a side; the goal is at least that many moves away."""
    side = level + 3
    while True:
        cells = ["#" if stream.random() < WALL_SHARE else "." for _ in range(side * side)]
        start, goal = stream.sample(range(side * side), 2)
        cells[start], cells[goal] = "S", "G"
        grid = tuple("".join(cells[row * side : (row + 1) * side]) for row in range(side))
        if len(shortest_path(grid) or "") >= side:
            return grid


def canonical(grid: Grid) -> str:
    """The first of the eight turned and mirrored grids in alphabetical order.

    >>> canonical(("S.", "#G")) == canonical((".S", "G#")) == canonical(("#S", "G."))
    True
    """
    forms = []
    for turned in (grid, tuple(map("".join, zip(*grid, strict=True)))):
        for rows in (turned, turned[::-1]):
            forms += ["/".join(rows), "/".join(row[::-1] for row in rows)]
    return min(forms)


def solve(grid: Grid) -> Solution:
    moves = shortest_path(grid)
    assert moves is not None
    steps, cell = [], find(grid, "S")
    for move in moves:
        following = step(grid, cell, move)
        assert following is not None
        cell = following
        steps.append(Step("move", f"{move} to row {cell[0] + 1}, column {cell[1] + 1}", f"{cell[0] + 1},{cell[1] + 1}"))
    return Solution(moves, tuple(steps), {"grid": list(grid)})


def _drawn(grid: Grid) -> str:
    return "\n".join(grid)


def _places(grid: Grid, symbol: str) -> str:
    """All places of a symbol as (row, column), from 1."""
    found = ((r, c) for r, row in enumerate(grid, 1) for c, cell in enumerate(row, 1) if cell == symbol)
    return ", ".join(f"({row}, {column})" for row, column in found) or "none"


def _table(grid: Grid) -> str:
    names = {"#": "wall", ".": "free", "S": "start", "G": "goal"}
    rows = (f"row {number}: {' '.join(names[cell] for cell in row)}" for number, row in enumerate(grid, 1))
    return "Go from start to goal by the fewest moves, never onto a wall.\n" + "\n".join(rows)


LANGUAGE_TASKS.add(
    "reasoning/path-grid-v1",
    LanguageTask(
        id="reasoning/path-grid-v1",
        summary="Find a shortest walk on a grid of 4 × 4 to 8 × 8 cells with walls.",
        verifier="path",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates={
            "map": lambda grid: f"Find a shortest way from S to G. # is a wall.\n{_drawn(grid)}",
            "robot": lambda grid: (
                f"{_drawn(grid)}\nA robot stands on S, cannot enter # and wants to be on G in as few moves as possible."
            ),
            "table": _table,
        },
        unseen_templates={
            "places": lambda grid: (
                f"A grid has {len(grid)} rows and {len(grid[0])} columns; (1, 1) is at the top left, rows come first. "
                f"Walls: {_places(grid, '#')}. "
                f"What is a shortest way from {_places(grid, 'S')} to {_places(grid, 'G')}?"
            )
        },
        related=("reasoning/modchain-v1", "reasoning/logic-kk-v1"),
        instruction=ends_with_answer("the moves as letters U, D, L, R without spaces"),
    ),
)
