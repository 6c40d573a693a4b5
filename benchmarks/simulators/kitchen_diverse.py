"""A kitchen that is another one in every episode: where things stand, how the arm begins, and how all of it looks.

What differs from `gnomon.benchmarks.simulators.kitchen`:

* A reset draws, in this order and from the episode's seed alone, the layout (`kitchen_layout.py`), where arm and kettle
  begin, and looks, lights and cameras (`kitchen_looks.py`). A layout is observed, looks are not.
* A sub-task is complete by D5RL's thresholds (arXiv 2408.08441), which are mostly stricter than the package's 0.3.

Physics and action are the package's. Each kitchen has a copy of the compiled model to itself and edits it in place:
compiling takes half a second, an edit a ten-thousandth of that.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

import copy
from collections.abc import Sequence
from functools import cache
from typing import Any

import gymnasium
import mujoco
import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.simulators.kitchen import ARM, KETTLE, Kitchen, package
from gnomon.benchmarks.simulators.kitchen_layout import Originals, draw_layout, is_complete, kitchen_shift
from gnomon.benchmarks.simulators.kitchen_looks import Looks, prepare_cameras, prepare_links

ARM_SPREAD = 0.06  # rad; most that a joint of the arm starts off its usual angle, either way
KETTLE_SPREAD = 0.03  # m; the same of the kettle on its burner, along x and y
KETTLE_TURN = 0.25  # rad; the same about the vertical
SHADOW_SIZE = 1024  # texels; the package's 4096 take three times as long to draw


@cache
def originals() -> Originals:
    """The package's model with two cameras more, compiled once a process."""
    spec = mujoco.MjSpec.from_file(package().robot_env.fullpath)
    prepare_cameras(spec)
    model = spec.compile()
    prepare_links(model)
    model.vis.quality.shadowsize = SHADOW_SIZE
    return Originals(model)


class DiverseKitchen(Kitchen):
    """A Franka arm in a kitchen of its own for every seed.

    Args:
        subtasks: names of the package; each pays once, the episode terminates when all have been completed.
        render_mode: see Gymnasium's MuJoCo environments.

    Attributes:
        layout: [12] of the episode that runs.
    """

    def __init__(self, subtasks: Sequence[str], render_mode: str | None = None) -> None:
        super().__init__(subtasks, render_mode, copy.copy(originals().model))
        self.layout = np.zeros(12)
        self.looks = Looks(originals().model)
        size = self.model.nq + self.model.nv + len(subtasks) + len(self.layout)
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (size,))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        gymnasium.Env.reset(self, seed=seed)
        self.layout = draw_layout(self.np_random)
        originals().arrange(self.model, self.layout)
        observation, info = super().reset()
        self.looks.draw(self.model, self.np_random)
        mujoco.mj_camlight(self.model, self.data)  # where cameras and lights are now, which touches no physics
        self._renew_renderer()
        return observation, info

    def _renew_renderer(self) -> None:
        """The graphics keep sizes and textures of the model that they were made from."""
        if self.render_mode:
            self.renderer.close()
            self.renderer = self._new_renderer()

    def _start(self) -> NDArray[np.float64]:
        positions = self.robot.init_qpos.copy()
        positions[ARM] += self.np_random.uniform(-ARM_SPREAD, ARM_SPREAD, 7)
        positions[KETTLE][:3] += kitchen_shift(self.layout)
        positions[KETTLE][:2] += self.np_random.uniform(-KETTLE_SPREAD, KETTLE_SPREAD, 2)
        turn = self.np_random.uniform(-KETTLE_TURN, KETTLE_TURN)
        positions[KETTLE][3:] = [np.cos(turn / 2), 0, 0, np.sin(turn / 2)]
        return positions

    def _is_complete(self, subtask: str) -> bool:
        return is_complete(subtask, self.data.qpos, self.layout)

    def _observation(self) -> NDArray[np.float64]:
        return np.concatenate([super()._observation(), self.layout])
