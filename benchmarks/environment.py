"""The outermost wrapper of every control task: float32 in and out, a horizon, a success flag."""

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import ArrayLike, NDArray


class TaskEnvironment(gymnasium.Wrapper[NDArray[np.float32], NDArray[np.float32], Any, Any]):
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

    def __init__(self, env: gymnasium.Env[Any, Any], horizon: int) -> None:
        super().__init__(env)
        assert env.observation_space.shape is not None
        assert isinstance(env.action_space, gymnasium.spaces.Box)
        box = gymnasium.spaces.Box
        self.observation_space = box(-np.inf, np.inf, env.observation_space.shape, np.float32)
        self.action_space = box(
            env.action_space.low.astype(np.float32), env.action_space.high.astype(np.float32)
        )
        self._horizon = horizon
        self._elapsed = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        self._elapsed = 0
        observation, info = self.env.reset(seed=seed, options=options)
        return np.asarray(observation, np.float32), info

    def step(self, action: ArrayLike) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        inside = np.asarray(action, np.float32).clip(self.action_space.low, self.action_space.high)  # pyright: ignore[reportAttributeAccessIssue]
        observation, reward, terminated, truncated, info = self.env.step(inside)
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
