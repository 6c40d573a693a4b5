"""A one-legged hopper on a floor whose grip changes: the friction that acts is hidden, and a decoy is shown.

After the random-friction hopper of NeoRL-2 (arXiv 2503.19267), on Gymnasium's Hopper-v5 (MuJoCo, 0.008 s a step).
"""

from typing import Any, Literal

import numpy as np
from gymnasium.envs.mujoco.hopper_v5 import HopperEnv
from gymnasium.spaces import Box
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.transitions import Transitions, as_stored

HORIZON = 1000
FRICTION = (1.5, 2.5)
LEAST_HEIGHT, LARGEST_ANGLE = 0.7, 0.2  # m, rad; healthy ranges of Hopper-v5
CONTROL_COST = 1e-3
HEIGHT, ANGLE, VELOCITIES, SPEED, GRIP = 0, 1, slice(5, 11), 11, 12


def rewards(transitions: Transitions) -> NDArray[np.float64]:
    """[B] forward speed of the step − 0.001 ‖a‖²; there is no bonus for staying upright (arXiv 2503.19267)."""
    speed = transitions.next_observations[:, SPEED]
    return speed - CONTROL_COST * np.square(transitions.actions).sum(-1)


def terminated(transitions: Transitions) -> NDArray[np.bool_]:
    """[B] whether the torso is at or below 0.7 m, or leans 0.2 rad or more."""
    following = transitions.next_observations
    return (following[:, HEIGHT] <= LEAST_HEIGHT) | (np.abs(following[:, ANGLE]) >= LARGEST_ANGLE)


class FrictionHopper(HopperEnv):
    """Hopper-v5 with a foot whose sliding friction is random.

    | observation        | columns  | range, unit                                                        |
    | ------------------ | -------- | ------------------------------------------------------------------ |
    | height             | 0        | of the torso, m                                                    |
    | angles             | 1 to 4   | torso, thigh, leg, foot; rad                                       |
    | velocities         | 5 to 10  | x, z in m/s, then the four angles in rad/s; clipped to −10 … 10    |
    | speed              | 11       | mean forward speed of the last step, m/s; at a reset the present   |
    | friction           | 12       | 1.5 to 2.5 by default; see `changes`                               |

    The action is three torques from −1 to 1 (times 200 N m) at thigh, leg and foot. The position along the floor is
    not observed: the speed of a step replaces it, so the reward is a function of what is observed and no column grows.

    Args:
        friction: range of the foot's sliding friction, drawn uniformly. Two geometries in contact have the larger of
            their frictions and the floor has 1, so that less than 1 changes nothing.
        changes: `step`: a new hidden friction every step, and the observed one is a decoy, drawn once an episode and
            acting nowhere; `episode`: one friction an episode, and it is the observed one (arXiv 2503.19267).
        render_mode: Gymnasium's.
    """

    def __init__(
        self,
        friction: tuple[float, float] = FRICTION,
        changes: Literal["step", "episode"] = "step",
        render_mode: str | None = None,
    ) -> None:
        self.friction, self.changes = friction, changes
        self.shown_friction = self.forward_speed = 0.0
        super().__init__(render_mode=render_mode)
        self.foot = self.model.geom("foot_geom").id
        self.observation_space = Box(-np.inf, np.inf, (13,), np.float64)

    rewards, terminated = staticmethod(rewards), staticmethod(terminated)

    @property
    def acting_friction(self) -> float:
        """The friction that acts in the simulation."""
        return float(self.model.geom_friction[self.foot, 0])

    def reset_model(self) -> NDArray[np.float64]:
        self.shown_friction = self.np_random.uniform(*self.friction)
        self.model.geom_friction[self.foot, 0] = self.shown_friction  # before the solver warms up with it
        super().reset_model()
        self.forward_speed = float(self.data.qvel[0])
        return self._get_obs()

    def step(self, action: ArrayLike) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        before, position = self._get_obs(), self.data.qpos[0]
        if self.changes == "step":
            self.model.geom_friction[self.foot, 0] = self.np_random.uniform(*self.friction)
        self.do_simulation(action, self.frame_skip)
        self.forward_speed = float(self.data.qpos[0] - position) / self.dt
        moved, info = Transitions.of(before, action, self._get_obs()), {"friction": self.acting_friction}
        return moved.next_observations[0], float(rewards(moved)[0]), bool(terminated(moved)[0]), False, info

    def _get_obs(self) -> NDArray[np.float64]:
        velocities = self.data.qvel.clip(-10, 10)
        return as_stored(np.concatenate([self.data.qpos[1:], velocities, [self.forward_speed, self.shown_friction]]))
