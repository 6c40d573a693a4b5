"""Running forward: Gymnasium's MuJoCo bodies, version 5.

| task        | observation                                      | action    | ends when |
| ----------- | ------------------------------------------------ | --------- | --------- |
| hopper      | 11: 5 positions (m, rad), 6 velocities, ±10      | 3 torques | it falls  |
| walker2d    | 17: 8 positions (m, rad), 9 velocities, ±10      | 6 torques | it falls  |
| halfcheetah | 17: 8 positions (m, rad), 9 velocities           | 6 torques | never     |
| ant         | 27: 13 positions (m, rad), 14 velocities         | 8 torques | it falls  |

Velocities are in m/s and rad/s, actions from −1 to 1; how far the body came is not observed. The reward is the forward
speed, 1 a step for staying up where it can fall, and less for effort. The ant does not feel its contact forces, which
are 78 more columns of Gymnasium's and were all zero in D4RL's data (arXiv 2004.07219).

`ant-forward` is the same ant for the policies that collect its data: it sees the world from its torso
(`gnomon.benchmarks.simulators.ant_direction`), and a fall on its back ends its episode too.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.simulators.ant_frame import COLUMNS
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

HORIZON = 1000  # steps
CITES = ("fu2020d4rl", "towers2024gymnasium", "todorov2012mujoco")
BODIES = {  # name → Gymnasium id, number of positions, of velocities
    "hopper": ("Hopper-v5", 5, 6),
    "walker2d": ("Walker2d-v5", 8, 9),
    "halfcheetah": ("HalfCheetah-v5", 8, 9),
    "ant": ("Ant-v5", 13, 14),
}
EXPERTS = {"ant": "locomotion/ant-forward"}  # elsewhere the policy that was trained on the task


def _make(name: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    import gymnasium

    unfelt = {"include_cfrc_ext_in_observation": False} if name == "ant" else {}
    return gymnasium.make(BODIES[name][0], render_mode=render_mode, **unfelt).unwrapped


for _name, (_, _positions, _velocities) in BODIES.items():
    _task = ControlTask(
        id=f"locomotion/{_name}-v1",
        summary=f"Make the {_name} run forward as fast as it can without falling.",
        horizon=HORIZON,
        metric="return",
        expert=EXPERTS.get(_name, "trained"),
        observation={"position": slice(0, _positions), "velocity": slice(_positions, _positions + _velocities)},
        cites=CITES,
        simulator=partial(_make, _name),
    )
    TASKS.add(_task.id, _task)


def _ant_forward(render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    from gnomon.benchmarks.simulators.ant_direction import AntForward

    return AntForward(render_mode)


TASKS.add(
    "locomotion/ant-forward-v1",
    ControlTask(
        id="locomotion/ant-forward-v1",
        summary="Make the ant run forward without falling, as it sees the world from its torso.",
        horizon=HORIZON,
        metric="return",
        expert="trained",
        observation=COLUMNS,
        cites=CITES,
        simulator=_ant_forward,
    ),
)
