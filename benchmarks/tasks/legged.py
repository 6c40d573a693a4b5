"""A quadruped that walks, runs to goals, hikes and finds its way: after D5RL (arXiv 2408.08441), its faults mended.

| task              | what is to be done                                         | steps | D5RL's name       |
| ----------------- | ---------------------------------------------------------- | ----- | ----------------- |
| `walk-025`        | walk along x at 0.25 m/s                                   | 400   | extrapolate-below |
| `walk-050`        | at 0.50 m/s                                                | 400   | slow              |
| `walk-075`        | at 0.75 m/s                                                | 400   | interpolate       |
| `walk-080`        | at 0.80 m/s                                                | 400   | medium            |
| `walk-100`        | at 1.00 m/s                                                | 400   | fast              |
| `walk-125`        | at 1.25 m/s                                                | 400   | extrapolate-above |
| `run-to`          | run to goals, on ground that changes with the episode      | 400   | runto             |
| `hiking`          | run along a course of hills; judges what run-to's data     | 1,000 | hiking            |
|                   | taught                                                     |       |                   |
| `maze-NAME`       | go between far cells of the maze `umaze` or `medium`,      | 1,000 | of its prototype  |
|                   | paid at the goal                                           |       |                   |
| `maze-NAME-near`  | go to a cell at most four away; its data are judged on     | 400   |                   |
|                   | `maze-NAME`                                                |       |                   |

| observation     | columns  | range, unit                                                                         |
| --------------- | -------- | ----------------------------------------------------------------------------------- |
| joints          | 0 to 11  | hip, thigh and calf of the legs front right, front left, rear right, rear left, rad |
| joint rates     | 12 to 23 | rad/s                                                                               |
| torques         | 24 to 35 | of the actuators, −33.5 to 33.5 N m                                                 |
| turning         | 36 to 38 | of the trunk in its own frame, rad/s                                                |
| velocity        | 39 to 41 | of the trunk in its own frame (forward, left, up), m/s                              |
| orientation     | 42 to 45 | quaternion of the trunk (w, x, y, z)                                                |
| previous action | 46 to 57 | −1 to 1                                                                             |
| heading error   | 58       | of run-to and hiking: angle to the goal, −π to π, left is positive, rad             |

In a maze x and y of the trunk (m) come before all these as `position`, and those of the goal behind them as `goal`. The
speed to walk at is not observed: data of one speed is data of another with other rewards.

The action is twelve targets of the joints, −1 to 1 of a box around the stand pose (±0.6 rad of a hip, ±1.2 rad of a
thigh or calf, where the joint has that range), held for 0.05 s. A step of walking or running pays up to 10, so an
episode returns up to 10 times its steps: that bound is the reference of the score, as no expert is shipped. No policy
reaches it, since the first steps are slow and work costs. Of a maze the bound is success, 1. A fall terminates, and so
do the goal of a maze and the edge of the hiking course.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.simulators.maze_map import Pair
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.maze import far_pairs, near_pairs, walls

if TYPE_CHECKING:
    import gymnasium

    Environment = gymnasium.Env[Any, Any]

SHORT, LONG = 400, 1000  # steps of 0.05 s
MOST_A_STEP = 10.0  # that a step pays
BODY = {
    "joints": slice(0, 12),
    "joint rates": slice(12, 24),
    "torques": slice(24, 36),
    "turning": slice(36, 39),
    "velocity": slice(39, 42),
    "orientation": slice(42, 46),
    "previous action": slice(46, 58),
}
TOWARDS_GOALS = BODY | {"heading error": slice(58, 59)}
IN_MAZE = {
    "position": slice(0, 2),
    **{part: slice(columns.start + 2, columns.stop + 2) for part, columns in BODY.items()},
    "goal": slice(60, 62),
}
SPEEDS = {"025": 0.25, "050": 0.5, "075": 0.75, "080": 0.8, "100": 1.0, "125": 1.25}  # name → m/s
MAZES = ("umaze", "medium")
CITES = ("rafailov2024d5rl", "todorov2012mujoco")
MAZE_CITES = ("fu2020d4rl", "park2025ogbench")


def _walk(speed: float, render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.legged import Walk

    return Walk(speed, render_mode)


def _run_to(render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.legged_goals import RunTo

    return RunTo(render_mode)


def _hiking(render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.legged_goals import Hiking

    return Hiking(render_mode)


def _maze(name: str, pairs: Sequence[Pair], render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.legged_maze import LeggedMaze

    return LeggedMaze(walls(name), pairs, render_mode)


def _add(
    name: str, summary: str, observation: Mapping[str, slice], simulator: Any, horizon: int = SHORT, judged_on: str = ""
) -> None:
    is_maze = "goal" in observation
    task = ControlTask(
        id=f"legged/{name}-v1",
        summary=summary,
        horizon=horizon,
        metric="success" if is_maze else "return",
        expert="",
        bound=1.0 if is_maze else MOST_A_STEP * horizon,
        observation=observation,
        cites=(*CITES, *MAZE_CITES) if is_maze else CITES,
        judged_on=judged_on,
        simulator=simulator,
    )
    TASKS.add(task.id, task)


for _name, _speed in SPEEDS.items():
    _add(f"walk-{_name}", f"Walk a quadruped straight on at {_speed:g} m/s.", BODY, partial(_walk, _speed))
_add(
    "run-to",
    "Run a quadruped to one goal after another, on ground that changes with the episode.",
    TOWARDS_GOALS,
    _run_to,
    judged_on="legged/hiking-v1",
)
_add("hiking", "Run a quadruped along a course of bumpy hills and ramps.", TOWARDS_GOALS, _hiking, LONG)
for _name in MAZES:
    _judge = f"maze-{_name}"
    _add(
        _judge,
        f"Walk a quadruped between cells of the {_name} maze that no trajectory of the data joins.",
        IN_MAZE,
        partial(_maze, _name, far_pairs(_name)),
        LONG,
    )
    _add(
        f"{_judge}-near",
        f"Walk a quadruped to a cell of the {_name} maze that is at most four cells away.",
        IN_MAZE,
        partial(_maze, _name, near_pairs(_name)),
        judged_on=f"legged/{_judge}-v1",
    )
