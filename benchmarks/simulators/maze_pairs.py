"""Episodes that begin and aim where a list says, and a reward that is there at every step."""

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np

from gnomon.benchmarks.simulators.maze_map import Pair


class CellPairs(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Draws start and goal of each episode from a list of pairs of cells, uniformly, with the maze's own noise.

    The draw is by a stream of its own that the seed of `reset` keys.

    Args:
        environment: a maze of Gymnasium-Robotics.
        pairs: (row, column) of the start and of the goal.
    """

    def __init__(self, environment: gymnasium.Env[Any, Any], pairs: Sequence[Pair]) -> None:
        super().__init__(environment)
        self.pairs = pairs
        self.stream = np.random.default_rng()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        if seed is not None:
            self.stream = np.random.default_rng((seed, 3))  # neither the maze's stream, a policy's nor a delay's
        start, goal = self.pairs[int(self.stream.integers(len(self.pairs)))]
        drawn = {"reset_cell": np.array(start), "goal_cell": np.array(goal)}
        return self.env.reset(seed=seed, options=drawn | (options or {}))


class MinusDistance(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Pays minus the distance to the goal, m, after each step."""

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        observation, _, terminated, truncated, info = self.env.step(action)
        distance = np.linalg.norm(observation["achieved_goal"] - observation["desired_goal"])
        return observation, -float(distance), terminated, truncated, info
