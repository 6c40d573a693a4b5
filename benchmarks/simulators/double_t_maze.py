"""Two corridors with a fork at the end of each: which way to turn is told once, at the beginning.

After the tasks of Hong, Dragan and Levine on offline learning with observation histories (arXiv 2310.20663), and the
T-maze of Bakker (NeurIPS 2001). The layout and the numbers are our own.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.batch import State, box
from gnomon.benchmarks.simulators.transitions import Transitions

HORIZON = 60
LENGTH = 10.0  # of a corridor; a step is at most 1
START = 2.0  # an episode begins within this of the first corridor's beginning
SHOWN = 3  # observations with the cues
PROGRESS, SECOND, CUES, OUTCOME = 0, 1, slice(2, 4), 4


class DoubleTMaze:
    """Remember two cues, turn left or right at two forks.

    | observation | columns | range                                                                            |
    | ----------- | ------- | -------------------------------------------------------------------------------- |
    | progress    | 0       | along the present corridor, 0 to 1; 1 is the fork                                |
    | corridor    | 1       | 0 the first, 1 the second                                                        |
    | cues        | 2, 3    | −1 or 1 for the first and the second fork in the first three observations, then 0 |
    | outcome     | 4       | 0; at the end 1 where both turns were right, −1 where one was wrong              |

    The action is (walk, turn), both from −1 to 1: the first moves along the corridor, and at a fork the sign of the
    second chooses the side (exactly 0 waits). A wrong turn terminates, the right one leads into the second corridor or
    to the end. The reward is 1 for the end and 0 before.
    """

    def __init__(self) -> None:
        self.observation_space = box([0, 0, -1, -1, -1], [1, 1, 1, 1, 1])
        self.action_space = box([-1, -1], [1, 1])

    def start(self, stream: np.random.Generator) -> dict[str, ArrayLike]:
        cues = stream.choice([-1.0, 1.0], 2)
        return {"cues": cues, "place": stream.uniform(0, START), "corridor": 0, "outcome": 0.0, "step": 0}

    def advance(self, state: State, actions: NDArray[np.float64]) -> State:
        corridor, going = state["corridor"], state["outcome"] == 0
        turning = going & (state["place"] >= LENGTH) & (actions[:, 1] != 0)
        right = np.sign(actions[:, 1]) == np.take_along_axis(state["cues"], corridor[:, None], axis=1)[:, 0]
        solved, failed = turning & right & (corridor == 1), turning & ~right
        walked = np.where(going, (state["place"] + actions[:, 0]).clip(0, LENGTH), state["place"])
        return state | {
            "place": np.where(turning & right & (corridor == 0), 0.0, walked),
            "corridor": np.where(turning & right, 1, corridor),
            "outcome": np.select([solved, failed], [1.0, -1.0], state["outcome"]),
            "step": state["step"] + 1,
        }

    def observe(self, state: State) -> NDArray[np.float64]:
        cues = np.where(state["step"][:, None] < SHOWN, state["cues"], 0.0)
        place = np.stack([state["place"] / LENGTH, state["corridor"]], axis=1)
        return np.concatenate([place, cues, state["outcome"][:, None]], axis=1)

    def rewards(self, transitions: Transitions) -> NDArray[np.float64]:
        """[B] 1 where the outcome is right, else 0."""
        return (transitions.next_observations[:, OUTCOME] > 0).astype(np.float64)

    def terminated(self, transitions: Transitions) -> NDArray[np.bool_]:
        """[B] whether there is an outcome."""
        return transitions.next_observations[:, OUTCOME] != 0
