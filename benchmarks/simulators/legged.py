"""A quadruped as a Gymnasium environment, and the first thing to do with it: to walk along x at a given speed."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from abc import abstractmethod
from typing import Any, ClassVar

import gymnasium
import mujoco
import numpy as np
from gymnasium.envs.mujoco.mujoco_rendering import MujocoRenderer
from gymnasium.spaces import Box
from numpy.typing import NDArray

from gnomon.benchmarks.simulators.legged_rewards import MOST, posture_term, speed_term, upright_term
from gnomon.benchmarks.simulators.quadruped import SIZE, Quadruped, specification

FORWARD, UP = 0, 2  # axes of the trunk
WORK_COST = 0.01  # a watt
CAMERA = {"trackbodyid": 1, "distance": 2.0, "elevation": -20.0, "azimuth": 120.0}
PICTURE = 480  # pixels, width and height


class LeggedEnvironment(gymnasium.Env[NDArray[np.float64], NDArray[np.floating]]):
    """A quadruped that has something to do.

    Args:
        world: the quadruped (first) and what there is beside it.
        size: columns of the observation.
        render_mode: see Gymnasium's MuJoCo environments.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["human", "rgb_array"], "render_fps": 20}  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, world: mujoco.MjSpec, size: int, render_mode: str | None = None) -> None:
        self.body = Quadruped(world)
        self.action_space = Box(-1.0, 1.0, (12,), np.float64)
        self.observation_space = Box(-np.inf, np.inf, (size,), np.float64)
        self.render_mode = render_mode
        self.renderer = self._renderer()

    def _renderer(self) -> MujocoRenderer:
        return MujocoRenderer(self.body.model, self.body.data, CAMERA, PICTURE, PICTURE)

    def redraw(self) -> None:
        """Begin pictures anew, because the ground is another one."""
        self.renderer.close()
        self.renderer = self._renderer()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        super().reset(seed=seed)
        self.begin()
        return self.observe(), {}

    @abstractmethod
    def begin(self) -> None:
        """Draw an episode from `self.np_random`, and place the body."""

    @abstractmethod
    def observe(self) -> NDArray[np.float64]:
        """[size] what is observed."""

    def stance(self) -> float:
        """0 to 1, how well it stands: the factor of every reward for walking."""
        return upright_term(self.body.axes[UP, UP]) * posture_term(self.body.joints)

    def render(self) -> Any:
        return self.renderer.render(self.render_mode)

    def close(self) -> None:
        self.renderer.close()


class Walk(LeggedEnvironment):
    """Walk along x at a speed, which is not observed.

    The observation is what the quadruped feels (`Quadruped`). A step pays 10 · speed · upright · posture − 0.01 · work
    with the terms of `legged_rewards`; the speed is the trunk's own forward speed times the cosine between its forward
    axis and x, which is v_x cos(pitch) cos(yaw) of D5RL (arXiv 2408.08441). A fall terminates.

    Args:
        speed: that is asked for, m/s.
        render_mode: see Gymnasium's MuJoCo environments.
    """

    def __init__(self, speed: float, render_mode: str | None = None) -> None:
        super().__init__(specification(), SIZE, render_mode)
        self.speed = speed

    def begin(self) -> None:
        self.body.place(self.np_random, np.zeros(2))

    def observe(self) -> NDArray[np.float64]:
        return self.body.feel()

    def step(self, action: NDArray[np.floating]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        self.body.act(action)
        speed = self.body.forward_speed * self.body.axes[0, FORWARD]
        reward = MOST * speed_term(speed, self.speed) * self.stance() - WORK_COST * self.body.work
        return self.observe(), reward, self.body.has_fallen, False, {}
