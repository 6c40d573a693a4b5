"""Mazes for a force-actuated ball that is told where to go (Gymnasium-Robotics' PointMaze).

| observation | columns | range, unit            |
| ----------- | ------- | ---------------------- |
| position    | 0, 1    | inside the maze, m     |
| velocity    | 2, 3    | −5 to 5, m/s           |
| goal        | 4, 5    | inside the maze, m     |

The action is the force on the ball, two numbers from −1 to 1. Start and goal are drawn uniformly over the free cells
with noise of up to a quarter of a cell. The reward is 1 at the step that brings the ball within 0.45 m of the goal,
where the episode terminates, and 0 before.
"""

from contextlib import redirect_stderr
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
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
CITES = ("fu2020d4rl", "delazcano2024gymnasiumrobotics", "towers2024gymnasium", "todorov2012mujoco")


def walls(name: str) -> list[list[bool]]:
    """The maze as rows of cells, true where there is a wall."""
    return [[cell == "#" for cell in row] for row in LAYOUTS[name].split()]


def _make(name: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    import gymnasium
    import numpy as np

    with redirect_stderr(StringIO()):  # the package prints news about other environments
        from gymnasium_robotics.envs.maze.point_maze import PointMazeEnv

    maze = PointMazeEnv([[int(wall) for wall in row] for row in walls(name)], render_mode, continuing_task=False)
    Path(maze.tmp_xml_file_path).unlink()  # it is left in the temporary folder otherwise
    box = gymnasium.spaces.Box(-np.inf, np.inf, (6,))

    def flat(observation: dict[str, Any]) -> Any:
        return np.concatenate([observation["observation"], observation["desired_goal"]])

    return gymnasium.wrappers.TransformObservation(maze, flat, box)


for _name, _horizon in HORIZONS.items():
    _task = ControlTask(
        id=f"maze/{_name}-v1",
        summary=f"Roll a ball through the {_name} maze to the commanded goal.",
        horizon=_horizon,
        metric="success",
        expert="maze/planner",
        observation={"position": slice(0, 2), "velocity": slice(2, 4), "goal": slice(4, 6)},
        cites=CITES,
        simulator=partial(_make, _name),
    )
    TASKS.add(_task.id, _task)
