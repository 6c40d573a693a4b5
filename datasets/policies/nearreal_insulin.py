"""Insulin from the sensor's reading alone: feedback around the patient's own basal rate, with a limit."""

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.nearreal import Array, Noisy, all_gains

CLINICAL = {"target": 140.0, "proportional": 0.003, "derivative": 0.0, "on_board": 0.0, "limit": 1.2}
FADING = 120.0  # minutes; how long insulin is counted as on board
MINUTES = 3.0  # a step


@POLICIES.register("nearreal/insulin-feedback")
class InsulinFeedback(Noisy):
    """basal · (1 + proportional · error + derivative · slope − on_board · insulin given above basal), within limits.

    The basal rate u2ss · BW / 6000 (U/min) keeps the patient's steady state; both are observed. Nothing is below 0.

    Args:
        task: a glucose task.
        level: `expert` for the best gains that a search found, or `clinical` for a slight feedback around a high target
            that never gives more than a fifth above the basal rate.
        noise: standard deviation of the noise on the action, whose scale is exponential: see `Glucose`.
        gains: in place of those of the level.
    """

    def __init__(self, task: ControlTask, level: str = "expert", noise: float = 0.0, **gains: float) -> None:
        super().__init__(noise)
        self.gains = gains or (CLINICAL if level == "clinical" else all_gains()["insulin-feedback"][level])

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        from gnomon.benchmarks.simulators.glucose import OBSERVED, PMOL

        reading, parameters = observations[:, 0], dict(zip(OBSERVED, observations[:, 1:].T, strict=True))
        basal, gains = parameters["u2ss"] * parameters["BW"] / PMOL, self.gains
        slope = (reading - self.recall("reading", reset, reading)) / MINUTES
        on_board = self.recall("on_board", reset, np.zeros(len(reading)))
        wish = 1 + gains["proportional"] * (reading - gains["target"]) + gains["derivative"] * slope
        times = (wish - gains["on_board"] * on_board).clip(0, gains["limit"])
        faded = on_board * np.exp(-MINUTES / FADING) + MINUTES * (times - 1)
        self.memory |= {"reading": reading, "on_board": faded}
        return action_of(basal * times)[:, None]


def action_of(dose: NDArray[np.float64]) -> NDArray[np.float64]:
    """The action whose dose is the given one, U/min; the inverse of `glucose.dose`."""
    from gnomon.benchmarks.simulators.glucose import DOSE_CURVE, HIGHEST_DOSE

    return np.log1p(dose / HIGHEST_DOSE * np.expm1(2 * DOSE_CURVE)) / DOSE_CURVE - 1
