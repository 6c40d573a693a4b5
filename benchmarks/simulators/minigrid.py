"""Two rooms of MiniGrid (arXiv 2306.13831), seen as a whole instead of by what lies in front of the agent.

| observation | columns    | what                                                       |
| ----------- | ---------- | ---------------------------------------------------------- |
| agent       | one a cell | 1 where the agent is                                       |
| hazard      | one a cell | 1 where there is lava, or an obstacle                      |
| direction   | 4          | 1 for the side that the agent faces: right, down, left, up |

Cells are those inside the walls, row by row from the top left; the agent begins in the first, and the goal is the last,
so that it need not be shown. The actions are: turn left, turn right, go forward. Reaching the goal terminates and pays
1 − 0.9 · step / horizon: how many steps were taken is not observed, as in the package.
"""

from typing import Any, ClassVar, SupportsFloat

import numpy as np
from gymnasium.spaces import Box, Discrete
from minigrid.envs.dynamicobstacles import DynamicObstaclesEnv
from minigrid.envs.lavagap import LavaGapEnv
from minigrid.minigrid_env import MiniGridEnv
from numpy.typing import NDArray


class FullView(MiniGridEnv):
    """A room that shows the whole of itself.

    Attributes:
        hazard: the type of the things that end an episode.
    """

    hazard: ClassVar[str]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.action_space = Discrete(3)
        self.observation_space = Box(0, 1, (2 * (self.width - 2) * (self.height - 2) + 4,), np.float32)

    def step(self, action: Any) -> tuple[NDArray[np.float32], SupportsFloat, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, terminated, truncated, info | {"success": terminated and float(reward) > 0}

    def gen_obs(self) -> Any:
        """[observation dimension] float32, which the package's `reset` and `step` return in place of its own view."""
        cells = np.zeros((2, self.height, self.width), np.float32)
        cells[0, self.agent_pos[1], self.agent_pos[0]] = 1
        hazards = [cell is not None and cell.type == self.hazard for cell in self.grid.grid]
        cells[1] = np.reshape(hazards, (self.height, self.width))
        return np.concatenate([cells[:, 1:-1, 1:-1].ravel(), np.eye(4, dtype=np.float32)[self.agent_dir]])


class LavaGap(FullView, LavaGapEnv):
    """A strip of lava across the room, with one gap: lava terminates with reward 0."""

    hazard = "lava"


class DynamicObstacles(FullView, DynamicObstaclesEnv):
    """Balls that walk at random: going forward into one, or into a wall, terminates with reward −1."""

    hazard = "ball"
