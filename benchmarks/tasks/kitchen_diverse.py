"""Four sub-tasks in a kitchen that is another one in every episode, after D5RL's kitchen (arXiv 2408.08441).

| task         | sub-tasks that are paid                              |
| ------------ | ---------------------------------------------------- |
| `standard`   | microwave, kettle, light switch, slide cabinet       |
| `recombined` | microwave, kettle, bottom burner, light switch       |

| observation | columns  | unit                                                                                    |
| ----------- | -------- | --------------------------------------------------------------------------------------- |
| as `kitchen`| 0 to 62  | see `gnomon.benchmarks.tasks.kitchen`; the flags are of this task's four                |
| layout      | 63 to 74 | how far things are off their usual places: all but the robot along x and y; microwave   |
|             |          | along x and y, and its heading; slide cabinet, hinge cabinet and hood, each along x and |
|             |          | z (m, rad); kettle's size less 1                                                        |

`…-pixels` has pictures of 64 × 64 in place of that, and nothing else: red, green and blue of a fixed camera, then of
one on the wrist, whole numbers from 0 to 255.

Action and reward are those of `kitchen`: nine joint velocities, and 1 for every sub-task at the step that completes it
first, so that reward and ending are functions of what is observed. D5RL pays at every step for all that is complete.
When a sub-task is complete is D5RL's (`simulators/kitchen_layout.py`). An episode ends (terminated) when all four have
been completed, or is cut after 280 steps.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.kitchen import CITES as OF_KITCHEN
from gnomon.benchmarks.tasks.kitchen import HORIZON
from gnomon.benchmarks.tasks.kitchen import OBSERVATION as KITCHEN_OBSERVATION

if TYPE_CHECKING:
    import gymnasium

SUBTASKS = {
    "standard": ("microwave", "kettle", "light switch", "slide cabinet"),
    "recombined": ("microwave", "kettle", "bottom burner", "light switch"),
}
SUMMARIES = {
    "standard": "Open the microwave, move the kettle, switch on the light and slide a cabinet open",
    "recombined": "Open the microwave, move the kettle, turn on the bottom burner and switch on the light",
}
OBSERVATION = {**KITCHEN_OBSERVATION, "layout": slice(63, 75)}
PICTURES = {"fixed": slice(0, 3 * 64 * 64), "wrist": slice(3 * 64 * 64, 6 * 64 * 64)}  # of a flattened observation
CITES = ("rafailov2024d5rl", "xing2021kitchenshift", *OF_KITCHEN)


def _make(name: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    from gnomon.benchmarks.simulators.kitchen_diverse import DiverseKitchen

    return DiverseKitchen(SUBTASKS[name], render_mode)


def _make_pixels(name: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    from gnomon.benchmarks.simulators.kitchen_pixels import KitchenPixels

    return KitchenPixels(SUBTASKS[name], render_mode)


def subtasks_of(task: ControlTask) -> tuple[str, ...]:
    """The four sub-tasks that a task of this family pays."""
    return SUBTASKS[task.id.partition("/")[2].partition("-")[0]]


def seen_as_state(task: ControlTask) -> ControlTask:
    """The task with the same kitchens, seeds and rewards whose observation is the state."""
    return TASKS[task.id.replace("-pixels", "")]


for _name, _summary in SUMMARIES.items():
    for _variant, _expert, _how, _observation, _simulator in (
        ("", "kitchen-diverse/operator", "in a kitchen that differs from episode to episode.", OBSERVATION, _make),
        ("-pixels", "kitchen-diverse/state-operator", "seen by two cameras; kitchens differ.", PICTURES, _make_pixels),
    ):
        _task = ControlTask(
            id=f"kitchen-diverse/{_name}{_variant}-v1",
            summary=f"{_summary}, {_how}",
            horizon=HORIZON,
            metric="return",
            expert=_expert,
            observation=_observation,
            cites=CITES,
            simulator=partial(_simulator, _name),
        )
        TASKS.add(_task.id, _task)
