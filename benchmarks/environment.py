"""The environment of every control task: a simulator, with float32 in and out, a horizon and a success flag."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from numpy.typing import ArrayLike, NDArray


class TaskEnvironment(gymnasium.Env[NDArray[np.float32], NDArray[np.float32]]):
    """Casts what the simulator says to float32 once, so that what is stored is what was seen and stepped.

    | value            | type                                                                        |
    | ---------------- | --------------------------------------------------------------------------- |
    | observation      | float32 [observation dimension], unbounded Box                              |
    | action           | float32 [action dimension], the simulator's Box; clipped to it              |
    | reward           | a float that float32 holds exactly                                          |
    | terminated       | the task ended; never together with truncated                               |
    | truncated        | the family cut the episode, or `horizon` steps were taken                   |
    | info["success"]  | bool                                                                        |
    """

    def __init__(self, simulator: gymnasium.Env[Any, Any], horizon: int) -> None:
        observations, actions = simulator.observation_space, simulator.action_space
        assert observations.shape is not None
        assert isinstance(actions, Box)
        self.simulator = simulator
        self.metadata, self.render_mode = simulator.metadata, simulator.render_mode
        self.observation_space = Box(-np.inf, np.inf, observations.shape, np.float32)
        self.action_space = self.action_box = Box(actions.low.astype(np.float32), actions.high.astype(np.float32))
        self._horizon = horizon
        self._elapsed = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        self._elapsed = 0
        observation, info = self.simulator.reset(seed=seed, options=options)
        return np.asarray(observation, np.float32), info

    def step(self, action: ArrayLike) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        inside = np.asarray(action, np.float32).clip(self.action_box.low, self.action_box.high)
        observation, reward, terminated, truncated, info = self.simulator.step(inside)
        self._elapsed += 1
        truncated = not terminated and (truncated or self._elapsed >= self._horizon)
        info["success"] = bool(info.get("success", False))
        return (
            np.asarray(observation, np.float32),
            float(np.float32(reward)),
            bool(terminated),
            bool(truncated),
            info,
        )

    def render(self) -> Any:
        return self.simulator.render()

    def close(self) -> None:
        self.simulator.close()
