"""Fifty manipulation tasks for a Sawyer arm (Meta-World v3), each as a task of its own with a random goal.

| observation    | columns  |                                                            |
| -------------- | -------- | ---------------------------------------------------------- |
| hand           | 0 to 2   | position of the gripper, m                                 |
| gripper        | 3        | opening, 0 to 1                                            |
| objects        | 4 to 17  | two times position (m) and quaternion, zero where unused   |
| previous       | 18 to 35 | columns 0 to 17 of the step before                         |
| goal           | 36 to 38 | m                                                          |

The action is the gripper's displacement (three numbers from −1 to 1, hundredths of a metre) and its effort. The reward
is Meta-World's, from 0 to 10 a step. An episode is cut (truncated: the task itself would go on) at the first success
or after 250 steps.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

HORIZON = 250
CITES = ("yu2019metaworld", "mclean2025metaworldplus", "towers2024gymnasium", "todorov2012mujoco")
NAMES = """
    assembly basketball bin-picking box-close button-press button-press-topdown button-press-topdown-wall
    button-press-wall coffee-button coffee-pull coffee-push dial-turn disassemble door-close door-lock door-open
    door-unlock drawer-close drawer-open faucet-close faucet-open hammer hand-insert handle-press handle-press-side
    handle-pull handle-pull-side lever-pull peg-insert-side peg-unplug-side pick-out-of-hole pick-place
    pick-place-wall plate-slide plate-slide-back plate-slide-back-side plate-slide-side push push-back push-wall
    reach reach-wall shelf-place soccer stick-pull stick-push sweep sweep-into window-close window-open
""".split()


def _make(name: str, render_mode: Any) -> "gymnasium.Env[Any, Any]":
    """Meta-World's Gymnasium ids ignore `reset(seed)`; its classes obey a seed given beforehand."""
    import gymnasium
    from metaworld.env_dict import ALL_V3_ENVIRONMENTS

    class SeededUntilSuccess(gymnasium.Wrapper[Any, Any, Any, Any]):
        def reset(
            self, *, seed: int | None = None, options: dict[str, Any] | None = None
        ) -> tuple[Any, dict[str, Any]]:
            if seed is not None:
                self.unwrapped.seed(seed)  # pyright: ignore[reportAttributeAccessIssue]
            return self.env.reset(options=options)

        def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
            observation, reward, terminated, truncated, info = self.env.step(action)
            return observation, reward, terminated, truncated or bool(info["success"]), info

    environment = ALL_V3_ENVIRONMENTS[f"{name}-v3"](render_mode=render_mode)
    environment._set_task_called = True
    environment._partially_observable = False
    del environment.sawyer_observation_space  # cached while the goal was hidden, it would clip the goal to zero
    environment._freeze_rand_vec = False
    environment.seeded_rand_vec = True
    return SeededUntilSuccess(environment)


for _name in NAMES:
    _task = ControlTask(
        id=f"metaworld/{_name}-v1",
        summary=f"Meta-World's {_name.replace('-', ' ')}, with a new goal every episode.",
        horizon=HORIZON,
        metric="success",
        expert="metaworld/scripted",
        observation={
            "hand": slice(0, 3),
            "gripper": slice(3, 4),
            "objects": slice(4, 18),
            "previous": slice(18, 36),
            "goal": slice(36, 39),
        },
        cites=CITES,
        simulator=partial(_make, _name),
    )
    TASKS.add(_task.id, _task)
