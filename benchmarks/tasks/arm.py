"""Three tasks of an arm like the WidowX 250s, after D5RL (arXiv 2408.08441): sorting, pick and place, and a drawer.

| observation | columns   | unit                                                                               |
| ----------- | --------- | ---------------------------------------------------------------------------------- |
| joints      | 0 to 5    | waist, shoulder, elbow, forearm roll, wrist angle, wrist rotate, rad               |
| rates       | 6 to 11   | of the same, rad/s                                                                 |
| gripper     | 12 to 15  | x (forward), y (left), z (up) of the point between the fingertips, m; yaw, rad     |
| gap         | 16        | between the fingers, 0 to 0.044 m                                                  |
| set_point   | 17 to 20  | how far the commanded pose is ahead of the gripper's: x, y, z, m; yaw, rad         |
| cube        | 21 to 33  | sorting, pick-place: position (m), quaternion, velocity (m/s), rotation (rad/s)    |
| cylinder    | 34 to 46  | sorting: the same                                                                  |
| plate       | 34, 35    | pick-place: x and y of its middle, m                                               |
| handle      | 21, 22    | drawer: x and y of its middle, m; it is 0.04 m above the table                     |
| opening     | 23, 24    | drawer: m and m/s                                                                  |

The action is five numbers from −1 to 1, held for 0.05 s: velocities of the gripper along x, y and z in units of
0.3 m/s, its yaw rate in units of 2 rad/s, and the gap that the fingers shall have, from closed to open. The gripper
points down.

| task       | reward of a step                                             | return | terminates when            |
| ---------- | ------------------------------------------------------------ | ------ | -------------------------- |
| sorting    | change of the number of objects that lie in their own bin    | 0 to 2 | both do                    |
| pick-place | 1 when the cube lies on the plate, within 0.05 m of its middle | 0, 1 | it does                    |
| drawer     | 1 when the drawer is open by 0.08 m                          | 0, 1   | it is                      |

Paid is the change, so that nothing is earned by leaving the last object for later; D5RL pays the number itself at every
step. Where the things start is drawn from the seed (`gnomon.benchmarks.simulators.arm_scenes`); the arm always starts
in D5RL's pose.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask, Metric
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

HORIZONS = {"sorting": 120, "pick-place": 80, "drawer": 60}  # steps of 0.05 s
CITES = ("rafailov2024d5rl", "towers2024gymnasium", "todorov2012mujoco")
FELT = {
    "joints": slice(0, 6),
    "rates": slice(6, 12),
    "gripper": slice(12, 16),
    "gap": slice(16, 17),
    "set_point": slice(17, 21),
}
CUBE = {"cube": slice(21, 34)}
SEEN = {
    "sorting": CUBE | {"cylinder": slice(34, 47)},
    "pick-place": CUBE | {"plate": slice(34, 36)},
    "drawer": {"handle": slice(21, 23), "opening": slice(23, 25)},
}
BINS = ((0.25, 0.185), (0.25, -0.185))  # m; middle of the cube's bin, to the left, and of the cylinder's
METRICS: dict[str, Metric] = {"sorting": "return", "pick-place": "success", "drawer": "success"}
SUMMARIES = {
    "sorting": "Put a cube and a cylinder into the bin of each with a WidowX-like arm.",
    "pick-place": "Put a cube onto a plate with a WidowX-like arm.",
    "drawer": "Pull a drawer open with a WidowX-like arm.",
}


def _make(name: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    from gnomon.benchmarks.simulators.arm import ArmEnvironment
    from gnomon.benchmarks.simulators.arm_scenes import Drawer, PickPlace, Sorting

    scenes = {"sorting": Sorting, "pick-place": PickPlace, "drawer": Drawer}
    return ArmEnvironment(scenes[name](), render_mode)


for _name, _horizon in HORIZONS.items():
    _task = ControlTask(
        id=f"arm/{_name}-v1",
        summary=SUMMARIES[_name],
        horizon=_horizon,
        metric=METRICS[_name],
        expert=f"arm/{_name}",
        observation=FELT | SEEN[_name],
        cites=CITES,
        simulator=partial(_make, _name),
    )
    TASKS.add(_task.id, _task)
