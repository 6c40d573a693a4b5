"""Four sub-tasks in one episode for a Franka arm in a kitchen (Gymnasium-Robotics' FrankaKitchen, arXiv 1910.11956).

| observation | columns  | unit                                                                        |
| ----------- | -------- | --------------------------------------------------------------------------- |
| arm         | 0 to 8   | positions of seven joints (rad) and of two fingers (m)                      |
| velocity    | 9 to 17  | of the same, rad/s and m/s                                                  |
| objects     | 18 to 38 | positions, listed below                                                     |
| motion      | 39 to 58 | velocities of the same; the kettle's are three of m/s and three of rad/s    |
| completed   | 59 to 62 | 1 where that sub-task has been completed: microwave, kettle, light, cabinet |

The objects are four pairs of knob (rad) and burner (m): bottom right, bottom left, top right, top left; light switch
(rad) and light (m); slide cabinet (m); left and right hinge cabinet (rad); microwave (rad); kettle (m and quaternion).

The action is nine joint velocities, −1 to 1, in units of 2 rad/s, or 2 m/s for the two fingers, held for 0.08 s. The
reward is 1 for every sub-task at the step that completes it first. An episode ends (terminated) when all four have been
completed, or is cut after 280 steps, the limit of D4RL (arXiv 2004.07219). What is drawn at the start is said in
`gnomon.benchmarks.simulators.kitchen`.
"""

from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

HORIZON = 280  # steps of 0.08 s
SUBTASKS = ("microwave", "kettle", "light switch", "slide cabinet")
OBSERVATION = {
    "arm": slice(0, 9),
    "velocity": slice(9, 18),
    "objects": slice(18, 39),
    "motion": slice(39, 59),
    "completed": slice(59, 63),
}
CITES = ("fu2020d4rl", "delazcano2024gymnasiumrobotics", "towers2024gymnasium", "todorov2012mujoco")


def _make(render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    from gnomon.benchmarks.simulators.kitchen import Kitchen

    return Kitchen(SUBTASKS, render_mode)


TASKS.add(
    "kitchen/four-v1",
    ControlTask(
        id="kitchen/four-v1",
        summary="Open the microwave, move the kettle, switch on the light and slide a cabinet open, in any order.",
        horizon=HORIZON,
        metric="return",
        expert="kitchen/operator",
        observation=OBSERVATION,
        cites=CITES,
        simulator=_make,
    ),
)
