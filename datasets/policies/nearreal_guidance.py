"""Guidance of the rocket: lean towards the pad, fall at a speed that depends on the height."""

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.nearreal import Array, Noisy, all_gains


@POLICIES.register("nearreal/guidance")
class Guidance(Noisy):
    """Proportional-derivative laws of height, place and angle; the signs are those of the simulator's engines.

    Args:
        task: a rocket task.
        level: `expert` for the best gains that a search found, or `medium` for those that do three quarters as well.
        noise: see `Noisy`.
        gains: in place of those of the level: `fall` (speed wanted at the ground) and `fall_height` (and more, per
            height), `brake` (main throttle per speed too fast), `lean_x`, `lean_vx`, `lean_wind` (angle wanted per
            distance, speed and newton) and `most_lean`, `turn` and `turn_rate` (side throttle per angle and its rate).
    """

    def __init__(self, task: ControlTask, level: str = "expert", noise: float = 0.0, **gains: float) -> None:
        super().__init__(noise)
        self.gains = gains or all_gains()["guidance"][level]

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        x, y, vx, vy, angle, rate, wind = observations.T
        gains = self.gains
        speed = gains["fall"] + gains["fall_height"] * y
        throttle = gains["brake"] * (-speed - vy)
        lean = gains["lean_x"] * x + gains["lean_vx"] * vx + gains["lean_wind"] * wind
        lean = lean.clip(-gains["most_lean"], gains["most_lean"])
        side = gains["turn"] * (angle - lean) + gains["turn_rate"] * rate
        return np.stack([throttle, side], axis=1).clip(-1, 1)
