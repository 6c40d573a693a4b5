"""The games of MinAtar (arXiv 1903.03176), with episodes that depend on their seed alone.

The package's environment carries the last action, which a sticky step takes again, into the next episode, and takes
seeds of 32 bits only. Here an episode begins without a last action and takes any seed.
"""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete
from minatar import Environment
from numpy.typing import NDArray

STICKINESS = 0.1  # probability that a step takes the action of the step before; the package's own


class MinAtar(gymnasium.Env[NDArray[np.float32], int]):
    """A game with the actions that do something in it, sticky actions and rising difficulty. It draws no pictures.

    The observation is the game's planes of 10 × 10 cells, one after the other in the package's order (the task names
    them), each row by row from the top: 1 where the thing is, else 0. What the games do not show stays hidden: timers,
    the level of difficulty, the last action.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - Gymnasium declares it so

    def __init__(self, game: str, render_mode: str | None = None) -> None:
        self.game, self.render_mode = Environment(game, STICKINESS, difficulty_ramping=True), render_mode
        self.actions: list[int] = self.game.minimal_action_set()
        self.action_space = Discrete(len(self.actions))  # pyright: ignore[reportAttributeAccessIssue]
        self.observation_space = Box(0, 1, (int(np.prod(self.game.state_shape())),), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self.game.random = self.game.env.random = np.random.RandomState(np.random.MT19937(seed))
        self.game.last_action = 0
        self.game.reset()
        return self._planes(), {}

    def step(self, action: int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        reward, is_over = self.game.act(self.actions[action])
        return self._planes(), float(reward), bool(is_over), False, {}

    def _planes(self) -> NDArray[np.float32]:
        return self.game.state().transpose(2, 0, 1).ravel().astype(np.float32)
