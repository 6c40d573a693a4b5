"""Running forward: Gymnasium's MuJoCo bodies, version 5.

| task        | observation                                      | action    | ends when |
| ----------- | ------------------------------------------------ | --------- | --------- |
| hopper      | 11: 5 positions (m, rad), 6 velocities, ±10      | 3 torques | it falls  |
| walker2d    | 17: 8 positions (m, rad), 9 velocities, ±10      | 6 torques | it falls  |
| halfcheetah | 17: 8 positions (m, rad), 9 velocities           | 6 torques | never     |

Velocities are in m/s and rad/s, actions from −1 to 1; how far the body came is not observed. The reward is the forward
speed, 1 a step for staying up where it can fall, and less for effort.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

HORIZON = 1000  # steps
CITES = ("fu2020d4rl", "towers2024gymnasium", "todorov2012mujoco")
BODIES = {  # name → Gymnasium id, number of positions, of velocities
    "hopper": ("Hopper-v5", 5, 6),
    "walker2d": ("Walker2d-v5", 8, 9),
    "halfcheetah": ("HalfCheetah-v5", 8, 9),
}


def _make(name: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    import gymnasium

    return gymnasium.make(BODIES[name][0], render_mode=render_mode).unwrapped


for _name, (_, _positions, _velocities) in BODIES.items():
    _task = ControlTask(
        id=f"locomotion/{_name}-v1",
        summary=f"Make the {_name} run forward as fast as it can without falling.",
        horizon=HORIZON,
        metric="return",
        expert="trained",
        observation={"position": slice(0, _positions), "velocity": slice(_positions, _positions + _velocities)},
        cites=CITES,
        simulator=partial(_make, _name),
    )
    TASKS.add(_task.id, _task)
