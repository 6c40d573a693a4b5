"""A stand-in of a tokamak: three plasma quantities follow six controls through a linear map and a first-order lag.

It is **not** a plasma simulator. The fusion task of NeoRL-2 (arXiv 2503.19267) runs the neural networks of Seo et al.
(Nuclear Fusion 62, 086049, 2022), which no equation replaces. Here the least-squares line through the steady states of
that task's public data stands for them, and what the line leaves unexplained becomes a hidden offset of each episode.
Scores are comparable with nobody's.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.batch import State, box
from gnomon.benchmarks.simulators.transitions import Transitions, never

HORIZON = 100
# Plasma current (MA), elongation, upper and lower triangularity, inner and outer mid-plane radius (m).
LOWEST = np.array([0.3, 1.6, 0.1, 0.5, 1.265, 2.18])
HIGHEST = np.array([0.8, 2.0, 0.5, 0.9, 1.36, 2.29])
HEATING = np.array([1.75, 1.75, 1.5])  # MW, most of each of three neutral beams
LOWEST_TARGET, HIGHEST_TARGET = np.array([1.1, 3.8, 0.84]), np.array([2.1, 6.2, 1.06])
TOLERANCE = np.array([0.2, 0.5, 0.05])  # an error of this size in all three is worth 0
# Least squares on the validation transitions of NeoRL-2's fusion data (CC-BY): a row each for poloidal beta, safety
# factor q95 and internal inductance; controls are scaled to 0 … 1, heating is in MW. R² 0.65, 0.97, 0.67.
INTERCEPT = np.array([0.741, 6.162, 1.349])
OF_CONTROLS = np.array(
    [
        [-1.316, -0.198, 0.188, 0.184, 0.499, 0.029],
        [-5.351, 1.790, 0.208, 0.629, -1.074, 0.986],
        [-0.042, -0.216, 0.098, 0.021, -0.474, -0.004],
    ]
)
OF_HEATING = np.array([[0.344, 0.342, 0.223], [0.114, 0.081, 0.078], [-0.043, -0.027, -0.011]])
UNEXPLAINED = np.array([0.116, 0.051, 0.050])  # residual deviation of the quadratic fit with memory
RESPONSE = 1 - np.exp(-1.0)  # share of the way to the steady state in a step: a lag of one step, our choice
FLICKER = 0.25  # of the unexplained deviation, anew every step
CONTROLS, PLASMA, TARGETS, BEAMS = slice(0, 6), slice(6, 9), slice(9, 12), slice(12, 15)


def steady_state(controls: NDArray[np.float64], heating: NDArray[np.float64]) -> NDArray[np.float64]:
    """[B, 3] the linear map of controls [B, 6] in their units and heating [B, 3] in MW, without any offset."""
    scaled = (controls - LOWEST) / (HIGHEST - LOWEST)
    return INTERCEPT + np.einsum("bc,pc->bp", scaled, OF_CONTROLS) + np.einsum("bc,pc->bp", heating, OF_HEATING)


class FusionSurrogate:
    """Three quantities to be kept at the targets of the episode, with an offset that is not observed.

    | observation | columns  | range, unit                                                                    |
    | ----------- | -------- | ------------------------------------------------------------------------------ |
    | controls    | 0 to 5   | plasma current 0.3–0.8 MA, elongation 1.6–2, upper and lower triangularity     |
    |             |          | 0.1–0.5 and 0.5–0.9, inner and outer radius 1.265–1.36 and 2.18–2.29 m         |
    | plasma      | 6 to 8   | poloidal beta, safety factor q95, internal inductance                          |
    | targets     | 9 to 11  | of the three: 1.1–2.1, 3.8–6.2, 0.84–1.06; of the whole episode                |
    | heating     | 12 to 14 | neutral beams, 0 to 1.75, 1.75 and 1.5 MW; of the whole episode                |

    The action is the six controls, from −1 to 1 over their ranges. The plasma goes 63 % of the way to its steady state
    in a step. The reward is −ln √mean(((plasma′ − target) / (0.2, 0.5, 0.05))²). Episodes do not terminate.

    Args:
        offset: deviation of the hidden offset, in units of what the fit left unexplained.
    """

    def __init__(self, offset: float = 1.0) -> None:
        self.offset = offset
        free = np.full(3, np.inf)
        low, high = [LOWEST, -free, LOWEST_TARGET, np.zeros(3)], [HIGHEST, free, HIGHEST_TARGET, HEATING]
        self.observation_space = box(np.concatenate(low), np.concatenate(high))
        self.action_space = box([-1] * 6, [1] * 6)

    def start(self, stream: np.random.Generator) -> dict[str, ArrayLike]:
        controls, heating = stream.uniform(LOWEST, HIGHEST), stream.uniform(0, HEATING)
        offset = self.offset * UNEXPLAINED * stream.standard_normal(3)
        return {
            "controls": controls,
            "plasma": steady_state(controls[None], heating[None])[0] + offset,
            "targets": stream.uniform(LOWEST_TARGET, HIGHEST_TARGET),
            "heating": heating,
            "offset": offset,
            "flicker": FLICKER * UNEXPLAINED * stream.standard_normal((HORIZON, 3)),
            "step": 0,
        }

    def advance(self, state: State, actions: NDArray[np.float64]) -> State:
        controls = LOWEST + (actions + 1) / 2 * (HIGHEST - LOWEST)
        aim = steady_state(controls, state["heating"]) + state["offset"]
        flicker = state["flicker"][np.arange(len(aim)), state["step"] % HORIZON]
        return state | {
            "controls": controls,
            "plasma": state["plasma"] + RESPONSE * (aim - state["plasma"]) + flicker,
            "step": state["step"] + 1,
        }

    def observe(self, state: State) -> NDArray[np.float64]:
        return np.concatenate([state[name] for name in ("controls", "plasma", "targets", "heating")], axis=1)

    def rewards(self, transitions: Transitions) -> NDArray[np.float64]:
        """[B] −ln of the root mean square of the errors in units of their tolerances."""
        targets = transitions.observations[:, TARGETS]
        errors = (transitions.next_observations[:, PLASMA] - targets) / TOLERANCE
        return -np.log(np.sqrt(np.square(errors).mean(1)))

    def terminated(self, transitions: Transitions) -> NDArray[np.bool_]:
        """[B] false: only the horizon ends an episode."""
        return never(transitions)
