"""The environment of every control task: a simulator, with float32 in and out, a horizon and a success flag."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete
from numpy.typing import ArrayLike, NDArray


class TaskEnvironment(gymnasium.Env[NDArray[np.float32], Any]):
    """Casts what the simulator says to float32 once, so that what is stored is what was seen and stepped.

    | value            | type                                                                        |
    | ---------------- | --------------------------------------------------------------------------- |
    | observation      | float32 [observation dimension], unbounded Box                              |
    | action           | float32 [action dimension], the simulator's Box; clipped to it; or a number |
    | reward           | a float that float32 holds exactly                                          |
    | terminated       | the task ended; never together with truncated                               |
    | truncated        | the family cut the episode, or `horizon` steps were taken                   |
    | info["success"]  | bool                                                                        |
    """

    def __init__(self, simulator: gymnasium.Env[Any, Any], horizon: int) -> None:
        observations, actions = simulator.observation_space, simulator.action_space
        assert observations.shape is not None
        assert isinstance(actions, Box | Discrete)
        self.simulator = simulator
        self.metadata, self.render_mode = simulator.metadata, simulator.render_mode
        self.observation_space = Box(-np.inf, np.inf, observations.shape, np.float32)
        self.action_space = actions if isinstance(actions, Discrete) else _single(actions)
        self._horizon = horizon
        self._elapsed = 0

    @property
    def action_box(self) -> Box:
        """The box of continuous actions."""
        assert isinstance(self.action_space, Box)
        return self.action_space

    @property
    def action_count(self) -> int:
        """How many discrete actions there are; 0 where actions are continuous."""
        return int(self.action_space.n) if isinstance(self.action_space, Discrete) else 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        self._elapsed = 0
        observation, info = self.simulator.reset(seed=seed, options=options)
        return np.asarray(observation, np.float32), info

    def step(self, action: ArrayLike) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.simulator.step(self._taken(action))
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

    def _taken(self, action: ArrayLike) -> Any:
        """The action that the simulator gets."""
        if self.action_count:
            return int(np.asarray(action))
        return np.asarray(action, np.float32).clip(self.action_box.low, self.action_box.high)

    def render(self) -> Any:
        return self.simulator.render()

    def close(self) -> None:
        self.simulator.close()


def _single(box: Box) -> Box:
    return Box(box.low.astype(np.float32), box.high.astype(np.float32))
