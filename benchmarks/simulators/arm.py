"""The arm before a scene, as a Gymnasium environment."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from typing import Any

import gymnasium
import mujoco
import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from gnomon.benchmarks.simulators.arm_scenes import Scene
from gnomon.benchmarks.simulators.widowx import PERIOD, WidowX, specification

HEIGHT, WIDTH = 360, 480  # pixels of what `render` draws


class ArmEnvironment(gymnasium.Env[NDArray[np.float64], NDArray[np.float32]]):
    """The arm does what the scene is for; it is paid what was done in a step, less what was undone.

    So the return of an episode is what is done at its end. It terminates when all is done.

    Args:
        scene: what stands before the arm.
        render_mode: `rgb_array` or none.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": round(1 / PERIOD)}  # noqa: RUF012 - as Gymnasium has it

    def __init__(self, scene: Scene, render_mode: str | None = None) -> None:
        spec = specification()
        scene.add_to(spec)
        self.scene, self.arm, self.render_mode = scene, WidowX(spec.compile()), render_mode
        self.action_space = Box(-1, 1, (5,))
        self.observation_space = Box(-np.inf, np.inf, (WidowX.SIZE + scene.size,), np.float64)
        self.done = 0
        self.renderer: mujoco.Renderer | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        super().reset(seed=seed)
        self.arm.reset()
        self.scene.arrange(self.arm.data, self.np_random)
        mujoco.mj_forward(self.arm.model, self.arm.data)
        self.done = self.scene.done(self.arm.data)
        return self.observation(), {}

    def step(self, action: NDArray[np.floating]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        self.arm.step(action)
        before, self.done = self.done, self.scene.done(self.arm.data)
        over = self.done == self.scene.goal
        return self.observation(), float(self.done - before), over, False, {"success": over}

    def observation(self) -> NDArray[np.float64]:
        """What the arm feels, then what is seen of the scene."""
        return np.concatenate([self.arm.felt(), self.scene.seen(self.arm.data)])

    def render(self) -> Any:
        if self.render_mode != "rgb_array":
            return None
        self.renderer = self.renderer or mujoco.Renderer(self.arm.model, HEIGHT, WIDTH)
        self.renderer.update_scene(self.arm.data, self.scene.camera)
        return self.renderer.render()

    def close(self) -> None:
        if self.renderer is not None:
            self.renderer.close()
            self.renderer = None
