"""Mazes for a force-actuated ball that is told where to go (Gymnasium-Robotics' PointMaze).

| observation | columns | range, unit            |
| ----------- | ------- | ---------------------- |
| position    | 0, 1    | inside the maze, m     |
| velocity    | 2, 3    | −5 to 5, m/s           |
| goal        | 4, 5    | inside the maze, m     |

The action is the force on the ball, two numbers from −1 to 1. An episode terminates at the step that brings the ball
within 0.45 m of the goal. Start and goal are cells, with noise of up to a quarter of a cell.

| task             | start and goal                                         | reward of a step                  |
| ---------------- | ------------------------------------------------------ | --------------------------------- |
| `NAME-v1`        | uniform over the free cells                            | 1 at the goal, 0 before           |
| `NAME-dense-v1`  | uniform over the free cells                            | minus the distance to the goal, m |
| `NAME-near-v1`   | at most 4 steps of a shortest path apart               | 1 at the goal, 0 before           |
| `NAME-stitch-v1` | one of 64 fixed pairs of cells, at least 6 steps apart | 1 at the goal, 0 before           |

Gymnasium-Robotics' dense reward, exp(−distance), is not used: with termination at the goal it pays more for idling
beside the goal than for reaching it. Data of `near` is to be judged on `stitch`: no trajectory holds both cells of one
of its pairs.
"""

from collections.abc import Sequence
from contextlib import redirect_stderr
from functools import cache, partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask, Metric
from gnomon.benchmarks.simulators.maze_map import MazeMap, Pair
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

# A cell is 1 m wide; # is wall. The layouts are those of D4RL (arXiv 2004.07219).
LAYOUTS = {
    "open": """
        #######
        #.....#
        #.....#
        #.....#
        #######""",
    "umaze": """
        #####
        #...#
        ###.#
        #...#
        #####""",
    "medium": """
        ########
        #..##..#
        #..#...#
        ##...###
        #..#...#
        #.#..#.#
        #...#..#
        ########""",
    "large": """
        ############
        #....#.....#
        #.##.#.#.#.#
        #......#...#
        #.####.###.#
        #..#.#.....#
        ##.#.#.#.###
        #..#...#...#
        ############""",
}
HORIZONS = {
    "open": 300,
    "umaze": 300,
    "medium": 600,
    "large": 800,
}  # steps, as Gymnasium-Robotics registers them
CELLS = {"maze": 1.0, "antmaze": 4.0, "legged": 2.0}  # family → width of a cell, m
NEAR_HORIZON = 200  # steps
CITES = ("fu2020d4rl", "delazcano2024gymnasiumrobotics", "towers2024gymnasium", "todorov2012mujoco")


def layout_of(task: ControlTask) -> str:
    """Name of the layout of a task of a maze, of any family.

    >>> layout_of(TASKS["maze/umaze-v1"]), layout_of(TASKS["legged/maze-medium-near-v1"])
    ('umaze', 'medium')
    """
    return next(part for part in task.id.partition("/")[2].split("-") if part in LAYOUTS)


def walls(name: str) -> list[list[bool]]:
    """The maze as rows of cells, true where there is a wall."""
    return [[cell == "#" for cell in row] for row in LAYOUTS[name].split()]


def maze_map(name: str) -> MazeMap:
    """The map of a layout, with cells of 1 m."""
    return MazeMap(walls(name))


def map_of(task: ControlTask) -> MazeMap:
    """The map of a task of a maze, with cells of the size that its family has."""
    return MazeMap(walls(layout_of(task)), CELLS[task.family])


STITCHED = ("medium", "large")
NEAR, FAR = 4, 6  # steps of a shortest path, at most and at least
FAR_PAIRS = 64


@cache
def near_pairs(name: str) -> tuple[Pair, ...]:
    """All pairs of different cells that are at most `NEAR` steps apart."""
    return tuple(maze_map(name).pairs(1, NEAR))


@cache
def far_pairs(name: str) -> tuple[Pair, ...]:
    """`FAR_PAIRS` of the pairs that are at least `FAR` steps apart: every k-th by number of start and goal."""
    pairs = maze_map(name).pairs(FAR)
    return tuple(pairs[place * len(pairs) // FAR_PAIRS] for place in range(FAR_PAIRS))


def pairs_kept_from(task: ControlTask) -> tuple[Pair, ...]:
    """The pairs of cells that no trajectory of the task's data may hold, because solutions are judged on them."""
    return far_pairs(layout_of(task)) if task.judged_on and "goal" in task.observation else ()


def _make(name: str, variant: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    import gymnasium

    with redirect_stderr(StringIO()):  # the package prints news about other environments
        from gymnasium_robotics.envs.maze.point_maze import PointMazeEnv

    from gnomon.benchmarks.simulators.maze_pairs import CellPairs, MinusDistance

    maze = PointMazeEnv(grid(name), render_mode, continuing_task=False)
    Path(maze.tmp_xml_file_path).unlink()  # it is left in the temporary folder otherwise
    wrapped: gymnasium.Env[Any, Any] = maze
    if variant == "dense":
        wrapped = MinusDistance(maze)
    elif variant:
        wrapped = CellPairs(maze, near_pairs(name) if variant == "near" else far_pairs(name))
    return flat(wrapped, ["observation", "desired_goal"])


def grid(name: str) -> list[list[int | str]]:
    """The maze as Gymnasium-Robotics takes it: 1 is a wall."""
    return [[int(wall) for wall in row] for row in walls(name)]


def flat(maze: "gymnasium.Env[Any, Any]", parts: Sequence[str]) -> "gymnasium.Env[Any, Any]":
    """The maze with these parts of its observation, one behind the other."""
    import gymnasium
    import numpy as np

    spaces = maze.observation_space
    assert isinstance(spaces, gymnasium.spaces.Dict)
    size = sum(int(np.prod(spaces[part].shape or ())) for part in parts)
    box = gymnasium.spaces.Box(-np.inf, np.inf, (size,))
    return gymnasium.wrappers.TransformObservation(
        maze, lambda observation: np.concatenate([observation[part] for part in parts]), box
    )


def _add(name: str, variant: str, summary: str, horizon: int, metric: Metric = "success") -> None:
    stem = f"{name}-{variant}" if variant else name
    task = ControlTask(
        id=f"maze/{stem}-v1",
        summary=summary,
        horizon=horizon,
        metric=metric,
        expert="maze/planner",
        observation={"position": slice(0, 2), "velocity": slice(2, 4), "goal": slice(4, 6)},
        judged_on=f"maze/{name}-stitch-v1" if variant == "near" else "",
        cites=(*CITES, "park2025ogbench") if variant in ("near", "stitch") else CITES,
        simulator=partial(_make, name, variant),
    )
    TASKS.add(task.id, task)


for _name, _horizon in HORIZONS.items():
    _add(_name, "", f"Roll a ball through the {_name} maze to the commanded goal.", _horizon)
    _add(_name, "dense", f"Reach the commanded goal of the {_name} maze, paid by nearness.", _horizon, "return")
for _name in STITCHED:
    _add(_name, "near", f"Reach a goal of the {_name} maze that is at most four cells away.", NEAR_HORIZON)
    _add(_name, "stitch", f"Reach goals of the {_name} maze that no trajectory of the data reaches.", HORIZONS[_name])
