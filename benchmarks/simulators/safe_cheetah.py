"""A cheetah that must not run faster than a limit: every step above it costs.

After the safety half-cheetah of NeoRL-2 (arXiv 2503.19267), on Gymnasium's HalfCheetah-v5 (MuJoCo, 0.05 s a step).
"""

from typing import Any

import numpy as np
from gymnasium.envs.mujoco.half_cheetah_v5 import HalfCheetahEnv
from gymnasium.spaces import Box
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.transitions import Transitions, as_stored, never

HORIZON = 1000
SPEED_LIMIT = 3.2096  # m/s
PENALTY = -100.0  # in place of the reward of a step above the limit
CONTROL_COST = 0.1
SPEED = 17


def costs(transitions: Transitions) -> NDArray[np.float64]:
    """[B] 1 where the speed of the step is above the limit, else 0; this is `info["cost"]`."""
    return (transitions.next_observations[:, SPEED] > SPEED_LIMIT).astype(np.float64)


def rewards(transitions: Transitions) -> NDArray[np.float64]:
    """[B] forward speed of the step − 0.1 ‖a‖², or −100 where the step costs (arXiv 2503.19267)."""
    speed = transitions.next_observations[:, SPEED]
    running = speed - CONTROL_COST * np.square(transitions.actions).sum(-1)
    return np.where(costs(transitions) > 0, PENALTY, running)


def terminated(transitions: Transitions) -> NDArray[np.bool_]:
    """[B] false: a violation costs and does not end the episode, for the simulator and for a learned model alike."""
    return never(transitions)


class SafeCheetah(HalfCheetahEnv):
    """HalfCheetah-v5 with a speed limit and its cost in `info["cost"]`.

    | observation | columns  | range, unit                                                            |
    | ----------- | -------- | ---------------------------------------------------------------------- |
    | posture     | 0 to 7   | height (m), then torso, hind thigh, shin, foot, fore thigh, shin, foot (rad) |
    | velocities  | 8 to 16  | x and z (m/s), then the seven angles (rad/s)                           |
    | speed       | 17       | mean forward speed of the last step, m/s; at a reset the present       |

    The action is six torques from −1 to 1 (times 30 to 120 N m). The position along the floor is not observed: the
    speed of a step replaces it, so reward and cost are functions of what is observed and no column grows.
    """

    def __init__(self, render_mode: str | None = None) -> None:
        self.forward_speed = 0.0
        super().__init__(render_mode=render_mode)
        self.observation_space = Box(-np.inf, np.inf, (18,), np.float64)

    rewards, terminated, costs = staticmethod(rewards), staticmethod(terminated), staticmethod(costs)

    def reset_model(self) -> NDArray[np.float64]:
        super().reset_model()
        self.forward_speed = float(self.data.qvel[0])
        return self._get_obs()

    def step(self, action: ArrayLike) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        before, position = self._get_obs(), self.data.qpos[0]
        self.do_simulation(action, self.frame_skip)
        self.forward_speed = float(self.data.qpos[0] - position) / self.dt
        moved = Transitions.of(before, action, self._get_obs())
        info = {"cost": float(costs(moved)[0])}
        return moved.next_observations[0], float(rewards(moved)[0]), bool(terminated(moved)[0]), False, info

    def _get_obs(self) -> NDArray[np.float64]:
        return as_stored(np.concatenate([self.data.qpos[1:], self.data.qvel, [self.forward_speed]]))
