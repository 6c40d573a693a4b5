"""Two masses between three springs and two walls, to be brought to targets by a force on each.

After the double mass-spring-damper of NeoRL-2 (arXiv 2503.19267), which is that of Char and Schneider
(arXiv 2307.05891).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.batch import State, box
from gnomon.benchmarks.simulators.transitions import Transitions, never

HORIZON = 100
STEP = 0.2  # s
MASS, STIFFNESS, DAMPING = 20.0, 2.0, 4.0  # kg, N/m, N s/m; each of the three springs and dampers
FORCE = 30.0  # N at an action of 1
SWITCH = 50  # the observation from which on the second targets hold
POSITION, VELOCITY, TARGET = 0.25, 0.1, 1.5  # m, m/s, m; half-widths of uniform draws
NEAREST = 0.01  # m; keeps the logarithm finite
POSITIONS, VELOCITIES, TARGETS = slice(0, 2), slice(2, 4), slice(4, 6)


class Spring:
    """Wall, spring, first mass, spring, second mass, spring, wall; explicit Euler, 0.2 s a step.

    | observation | columns | range, unit                                                  |
    | ----------- | ------- | ------------------------------------------------------------ |
    | positions   | 0, 1    | of both masses from their rest, m                            |
    | velocities  | 2, 3    | m/s                                                          |
    | targets     | 4, 5    | −1.5 to 1.5 m, of the observation's own time                 |

    The action is two forces from −1 to 1, times 30 N. Positions begin within 0.25 m and velocities within 0.1 m/s.
    Each mass has, with probability a half, a second target from observation 50 on. The reward is
    Σ −ln(|position′ − target′| + 0.01), at most 9.21. Episodes do not terminate.

    Args:
        mass: of either mass, kg.
    """

    def __init__(self, mass: float = MASS) -> None:
        self.mass = mass
        free = [np.inf] * 4
        self.observation_space = box([*np.negative(free), -TARGET, -TARGET], [*free, TARGET, TARGET])
        self.action_space = box([-1, -1], [1, 1])

    def start(self, stream: np.random.Generator) -> dict[str, ArrayLike]:
        position, velocity = stream.uniform(-POSITION, POSITION, 2), stream.uniform(-VELOCITY, VELOCITY, 2)
        first, second = stream.uniform(-TARGET, TARGET, (2, 2))
        two = stream.random(2) < 0.5
        targets = np.stack([first, np.where(two, second, first)])
        return {"position": position, "velocity": velocity, "targets": targets, "step": 0}

    def advance(self, state: State, actions: NDArray[np.float64]) -> State:
        position, velocity = state["position"], state["velocity"]
        pull = forces(STIFFNESS, position) + forces(DAMPING, velocity)
        return state | {
            "position": position + STEP * velocity,
            "velocity": velocity + STEP / self.mass * (FORCE * actions - pull),
            "step": state["step"] + 1,
        }

    def observe(self, state: State) -> NDArray[np.float64]:
        second = (state["step"] >= SWITCH).astype(int)
        targets = state["targets"][np.arange(len(second)), second]
        return np.concatenate([state["position"], state["velocity"], targets], axis=1)

    def rewards(self, transitions: Transitions) -> NDArray[np.float64]:
        """[B] Σ −ln(|position′ − target′| + 0.01)."""
        following = transitions.next_observations
        return -np.log(np.abs(following[:, POSITIONS] - following[:, TARGETS]) + NEAREST).sum(1)

    def terminated(self, transitions: Transitions) -> NDArray[np.bool_]:
        """[B] false: only the horizon ends an episode."""
        return never(transitions)


def forces(constant: float, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """[B, 2] what three equal springs (or dampers) pull back at positions (or velocities) [B, 2]."""
    return constant * (2 * values - values[:, ::-1])
