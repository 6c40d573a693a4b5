"""Mazes for an ant that is told where to go (Gymnasium-Robotics' AntMaze), and the ant on open ground.

| observation | columns  | range, unit                                                                             |
| ----------- | -------- | --------------------------------------------------------------------------------------- |
| position    | 0, 1     | of the torso, inside the maze, m                                                         |
| posture     | 2 to 14  | height (m), quaternion of the torso (w, x, y, z), hip and ankle of four legs (rad)        |
| velocity    | 15 to 28 | of the torso: 3 in m/s, 3 in rad/s; of the joints, rad/s                                 |
| goal        | 29, 30   | inside the maze, m                                                                       |

The action is eight torques from −1 to 1 (times 150 N m); a step takes 0.05 s. The mazes are those of
`gnomon.benchmarks.tasks.maze`, with cells of 4 m. The reward is 1 at the step that brings the torso within 0.45 m of
the goal, where the episode terminates, and 0 before. An ant that falls stays where it lies until the horizon.

Start and goal of `NAME-v1` are uniform over the free cells, those of `NAME-play-v1` one of the pairs below; both have
noise of up to a quarter of a cell. Contact forces, 78 numbers that are hardly ever anything, are not observed.

`ant-direction-v1` is the ant on open ground, told a direction: its observation stands with the simulator,
`ant_direction.py`.
"""

from collections.abc import Sequence
from contextlib import redirect_stderr
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.simulators.ant_frame import COLUMNS
from gnomon.benchmarks.simulators.maze_map import Pair
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.maze import CELLS, flat, grid

if TYPE_CHECKING:
    import gymnasium

CELL = CELLS["antmaze"]  # m
HORIZONS = {"umaze": 700, "medium": 1000, "large": 1000}  # steps, as D4RL has them (arXiv 2004.07219)
CITES = ("fu2020d4rl", "delazcano2024gymnasiumrobotics", "towers2024gymnasium", "todorov2012mujoco")
PLAY: dict[str, Sequence[Pair]] = {  # written by hand: ends of corridors and crossings, (row, column)
    "umaze": (
        ((1, 1), (3, 1)),
        ((3, 1), (1, 1)),
        ((1, 1), (3, 3)),
        ((3, 1), (1, 3)),
        ((1, 2), (3, 2)),
    ),
    "medium": (
        ((1, 1), (6, 6)),
        ((6, 6), (1, 1)),
        ((1, 1), (1, 6)),
        ((1, 6), (6, 1)),
        ((6, 1), (4, 6)),
        ((4, 1), (1, 5)),
        ((6, 5), (4, 4)),
        ((2, 4), (6, 3)),
    ),
    "large": (
        ((1, 1), (7, 10)),
        ((7, 10), (1, 1)),
        ((7, 1), (1, 10)),
        ((1, 10), (7, 1)),
        ((1, 1), (7, 5)),
        ((5, 1), (1, 6)),
        ((3, 3), (5, 10)),
        ((1, 8), (7, 8)),
        ((7, 6), (3, 6)),
        ((5, 10), (1, 4)),
    ),
}


def _make(name: str, pairs: Sequence[Pair], render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    with redirect_stderr(StringIO()):  # the package prints news about other environments
        from gymnasium_robotics.envs.maze.ant_maze_v5 import AntMazeEnv

    from gnomon.benchmarks.simulators.maze_pairs import CellPairs

    maze = AntMazeEnv(render_mode, grid(name), continuing_task=False, include_cfrc_ext_in_observation=False)
    Path(maze.tmp_xml_file_path).unlink()  # it is left in the temporary folder otherwise
    return flat(CellPairs(maze, pairs) if pairs else maze, ["achieved_goal", "observation", "desired_goal"])


def _ant(render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    from gnomon.benchmarks.simulators.ant_direction import AntDirection

    return AntDirection(render_mode)


def _add(stem: str, name: str, pairs: Sequence[Pair], summary: str) -> None:
    task = ControlTask(
        id=f"antmaze/{stem}-v1",
        summary=summary,
        horizon=HORIZONS[name],
        metric="success",
        expert="antmaze/navigator",
        observation={
            "position": slice(0, 2),
            "posture": slice(2, 15),
            "velocity": slice(15, 29),
            "goal": slice(29, 31),
        },
        cites=CITES,
        simulator=partial(_make, name, pairs),
    )
    TASKS.add(task.id, task)


for _name in HORIZONS:
    _add(_name, _name, (), f"Walk an ant through the {_name} maze to the commanded goal.")
    _add(f"{_name}-play", _name, PLAY[_name], f"Walk an ant through the {_name} maze between hand-picked cells.")

TASKS.add(
    "antmaze/ant-direction-v1",
    ControlTask(
        id="antmaze/ant-direction-v1",
        summary="Walk an ant in the commanded direction, which changes now and then, without falling.",
        horizon=500,
        metric="return",
        expert="trained",
        observation=COLUMNS,
        cites=(*CITES, "park2025ogbench"),
        simulator=_ant,
    ),
)
