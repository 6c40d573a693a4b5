"""An ant on open ground that is told a direction, and now and then another one.

The body is Gymnasium's Ant-v5, which is also that of the ant mazes (MuJoCo, 0.05 s a step). Observation, reward and
end are our own. A skill of this kind under a planner of way-points is how D4RL (arXiv 2004.07219) and OGBench
(arXiv 2410.20092) collect their ant mazes.
"""

from typing import Any

import numpy as np
from gymnasium.envs.mujoco.ant_v5 import AntEnv
from gymnasium.spaces import Box
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.ant_frame import SIZE, in_torso_frame, unit

CHANGE = 0.01  # probability in each step that another direction is commanded
UP = 3  # column of the observation: the cosine of the torso's tilt


class AntDirection(AntEnv):
    """Go where you are told.

    | observation    | columns  | range, unit                                          |
    | -------------- | -------- | ---------------------------------------------------- |
    | height         | 0        | 0.2 to 1, m                                          |
    | up             | 1 to 3   | what is up, in the torso's frame                     |
    | joints         | 4 to 11  | hip and ankle of four legs, rad                      |
    | velocity       | 12 to 14 | of the torso in its own frame, m/s                   |
    | turning        | 15 to 17 | of the torso in its own frame, rad/s                 |
    | joint rates    | 18 to 25 | rad/s                                                |
    | direction      | 26 to 28 | where to go, a unit vector, in the torso's frame     |

    The action is eight torques from −1 to 1 (times 150 N m). The reward is the mean speed of the step along the
    direction, m/s. A new direction, uniform on the circle, follows with a probability of 1 % a step. The episode
    terminates when the ant falls: its torso is below 0.2 m or above 1 m (Ant-v5's own limits) or lies upside down.
    """

    def __init__(self, render_mode: str | None = None) -> None:
        self.direction = np.zeros(2)
        super().__init__(render_mode=render_mode, include_cfrc_ext_in_observation=False)
        self.observation_space = Box(-np.inf, np.inf, (SIZE,), np.float64)

    def reset_model(self) -> NDArray[np.float64]:
        self.direction = self._drawn()
        return super().reset_model()

    def _drawn(self) -> NDArray[np.float64]:
        return unit(self.np_random.standard_normal((1, 2)))[0]

    def step(self, action: ArrayLike) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        position = self.data.qpos[:2].copy()
        self.do_simulation(action, self.frame_skip)
        speed = (self.data.qpos[:2] - position) @ self.direction / self.dt
        if self.np_random.random() < CHANGE:
            self.direction = self._drawn()
        observation = self._get_obs()
        fallen = not self.is_healthy or observation[UP] < 0
        return observation, float(speed), bool(fallen), False, {}

    def _get_obs(self) -> NDArray[np.float64]:
        return in_torso_frame(super()._get_obs()[None], self.direction[None])[0]


class AntForward(AntDirection):
    """Always told to go along x, and paid as Gymnasium's ant is: its speed, and 1 a step, less its effort.

    Observation, actions and end are those of `AntDirection`.
    """

    def _drawn(self) -> NDArray[np.float64]:
        return np.array([1.0, 0.0])

    def step(self, action: ArrayLike) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        observation, speed, fallen, cut, info = super().step(action)
        reward = speed + self.healthy_reward - self.control_cost(action) - self.contact_cost
        return observation, float(reward), fallen, cut, info
