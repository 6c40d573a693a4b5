"""Gymnasium-Robotics' FrankaKitchen (arXiv 1910.11956), with exact observations and starts that depend on the seed.

What differs from the package's environment, and why:

* Nothing is noise: there, numbers drawn at every step are added to the observation, and through the observed joint
  positions also to what the action does. Here the start is drawn, and the rest follows from the actions.
* Which sub-tasks have been completed is observed, since reward and ending depend on it.
* What was completed is forgotten at every reset, and a sub-task pays once (Gymnasium-Robotics issues 166 and 258 tell
  of the package's trouble with both).

Where a sub-task is complete is the package's: the distance of its joints from the goal is below 0.3 (radians and
metres in one norm).
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from collections.abc import Sequence
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from typing import Any

import gymnasium
import mujoco
import numpy as np
from gymnasium.envs.mujoco.mujoco_rendering import MujocoRenderer
from numpy.typing import NDArray

with redirect_stderr(StringIO()):  # the package prints news about other environments
    from gymnasium_robotics.envs.franka_kitchen.franka_env import DEFAULT_CAMERA_CONFIG
    from gymnasium_robotics.envs.franka_kitchen.kitchen_env import (
        BONUS_THRESH,
        OBS_ELEMENT_GOALS,
        OBS_ELEMENT_INDICES,
        KitchenEnv,
    )

ROBOT, ARM, KETTLE = slice(0, 9), slice(0, 7), slice(23, 30)  # positions of the simulator
ARM_SPREAD = 0.03  # rad; most that a joint of the arm starts off its usual angle, either way
WIDTH, HEIGHT = 480, 360  # pixels of what `render` returns
KETTLE_SPREAD = 0.02  # m; the same of the kettle, along x and y
KETTLE_TURN = 0.1  # rad; the same about the vertical


@cache
def package() -> KitchenEnv:
    """The package's environment: its model takes a second to make, so that all kitchens of a process share it."""
    return KitchenEnv(robot_noise_ratio=0.0, object_noise_ratio=0.0)


def is_complete(subtask: str, positions: NDArray[np.floating]) -> bool:
    """Whether a sub-task is complete at the simulator's positions [30]: nine of the robot, then the objects'."""
    distance = np.linalg.norm(positions[OBS_ELEMENT_INDICES[subtask]] - OBS_ELEMENT_GOALS[subtask])
    return bool(distance < BONUS_THRESH)


class Kitchen(gymnasium.Env[NDArray[np.float64], NDArray[np.float32]]):
    """A Franka arm in a kitchen, paid once for each sub-task.

    Args:
        subtasks: names of the package; the episode terminates when all have been completed.
        render_mode: see Gymnasium's MuJoCo environments.
        model: what is simulated; the package's, which all kitchens of a process share, where none is given.
    """

    def __init__(
        self, subtasks: Sequence[str], render_mode: str | None = None, model: mujoco.MjModel | None = None
    ) -> None:
        self.subtasks = tuple(subtasks)
        self.robot = package().robot_env
        self.model = model or self.robot.model
        self.data = mujoco.MjData(self.model)
        self.metadata, self.render_mode = package().metadata, render_mode
        self.completed = np.zeros(len(subtasks), bool)
        self.action_space = package().action_space
        size = self.model.nq + self.model.nv + len(subtasks)
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (size,))
        self.renderer = self._new_renderer()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        super().reset(seed=seed)
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[:] = self._start()
        mujoco.mj_forward(self.model, self.data)
        self.completed[:] = False
        return self._observation(), {}

    def _start(self) -> NDArray[np.float64]:
        positions = self.robot.init_qpos.copy()
        positions[ARM] += self.np_random.uniform(-ARM_SPREAD, ARM_SPREAD, 7)
        positions[KETTLE][:2] += self.np_random.uniform(-KETTLE_SPREAD, KETTLE_SPREAD, 2)
        turn = self.np_random.uniform(-KETTLE_TURN, KETTLE_TURN)
        positions[KETTLE][3:] = [np.cos(turn / 2), 0, 0, np.sin(turn / 2)]
        return positions

    def step(self, action: NDArray[np.floating]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        self.data.ctrl[:] = self._set_points(action)
        mujoco.mj_step(self.model, self.data, self.robot.frame_skip)
        complete = np.array([self._is_complete(subtask) for subtask in self.subtasks])
        reward = float((complete & ~self.completed).sum())
        self.completed |= complete
        done = bool(self.completed.all())
        return self._observation(), reward, done, False, {"success": done}

    def _is_complete(self, subtask: str) -> bool:
        return is_complete(subtask, self.data.qpos)

    def _set_points(self, action: NDArray[np.floating]) -> NDArray[np.float64]:
        """[9] where the servos shall bring the robot's joints: ahead of where they are, inside the package's bounds."""
        ahead = self.data.qpos[ROBOT] + self.robot.act_rng * action * self.robot.dt
        return ahead.clip(*self.robot.robot_pos_bound[ROBOT].T)

    def _observation(self) -> NDArray[np.float64]:
        positions, velocities = self.data.qpos, self.data.qvel
        parts = (positions[ROBOT], velocities[ROBOT], positions[ROBOT.stop :], velocities[ROBOT.stop :])
        return np.concatenate([*parts, self.completed])

    def _new_renderer(self) -> MujocoRenderer:
        return MujocoRenderer(self.model, self.data, DEFAULT_CAMERA_CONFIG, WIDTH, HEIGHT)

    def render(self) -> Any:
        return self.renderer.render(self.render_mode)

    def close(self) -> None:
        self.renderer.close()
