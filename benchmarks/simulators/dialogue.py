"""A conversation in closed form: ask a customer for three wishes, then make the one offer that meets them.

The dialogue-like task of offline learning with observation histories (Hong, Dragan and Levine, arXiv 2310.20663, have
one with a language model); here the customer is a table, so that nothing but memory is measured.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.batch import State, box
from gnomon.benchmarks.simulators.transitions import Transitions

HORIZON = 16
WISHES = 3
OFFER = 3  # the kind of turn beside asking for wish 0, 1 or 2
UNCLEAR = 0.2  # probability that an answer says nothing
LEAST_PATIENCE, MORE_PATIENCE = 8.0, 6.0  # turns
TURN_COST = 0.01
OUTCOME = 6


class Dialogue:
    """Each turn asks for one wish, or makes the offer; an answer is heard once.

    | observation | columns | range                                                                          |
    | ----------- | ------- | ------------------------------------------------------------------------------ |
    | asked       | 0 to 2  | 1 at the wish that the last turn asked for                                     |
    | answer      | 3       | −1 or 1, the wish; 0 where the answer was unclear or nothing was asked         |
    | patience    | 4       | 0 to 1; the customer leaves after 8 + 6 · patience turns                       |
    | turn        | 5       | 0 to 1; the turns so far in sixteenths                                         |
    | outcome     | 6       | 0; at the end 1 for the right offer, −1 for a wrong one or a lost customer     |

    The action has seven numbers from −1 to 1: the largest of the first four chooses the turn (ask for wish 0, 1, 2, or
    offer), and the signs of the last three are the offer. A fifth of the answers are unclear. The reward is 1 for the
    right offer and −0.01 for every turn. There is no hurry but that, and no observation says what was said before.
    """

    def __init__(self) -> None:
        self.observation_space = box([0, 0, 0, -1, 0, 0, -1], [1] * 7)
        self.action_space = box([-1] * 7, [1] * 7)

    def start(self, stream: np.random.Generator) -> dict[str, ArrayLike]:
        return {
            "wishes": stream.choice([-1.0, 1.0], WISHES),
            "clear": stream.random(HORIZON) >= UNCLEAR,
            "patience": stream.random(),
            "asked": np.zeros(WISHES),
            "answer": 0.0,
            "outcome": 0.0,
            "step": 0,
        }

    def advance(self, state: State, actions: NDArray[np.float64]) -> State:
        turn, going = actions[:, : OFFER + 1].argmax(1), state["outcome"] == 0
        asked = np.eye(OFFER + 1)[turn][:, :WISHES]
        clear = np.take_along_axis(state["clear"], state["step"][:, None] % HORIZON, axis=1)[:, 0]
        right = (np.sign(actions[:, OFFER + 1 :]) == state["wishes"]).all(1)
        offered = np.where(right, 1.0, -1.0)
        lost = state["step"] + 1 >= LEAST_PATIENCE + MORE_PATIENCE * state["patience"]
        ending = np.select([turn == OFFER, lost], [offered, -1.0], 0.0)
        return state | {
            "asked": asked,
            "answer": (asked * state["wishes"]).sum(1) * clear,
            "outcome": np.where(going, ending, state["outcome"]),
            "step": state["step"] + 1,
        }

    def observe(self, state: State) -> NDArray[np.float64]:
        rest = np.stack([state["answer"], state["patience"], state["step"] / HORIZON, state["outcome"]], axis=1)
        return np.concatenate([state["asked"], rest], axis=1)

    def rewards(self, transitions: Transitions) -> NDArray[np.float64]:
        """[B] 1 where the outcome is right, less 0.01 a turn."""
        return np.where(transitions.next_observations[:, OUTCOME] > 0, 1.0, 0.0) - TURN_COST

    def terminated(self, transitions: Transitions) -> NDArray[np.bool_]:
        """[B] whether there is an outcome."""
        return transitions.next_observations[:, OUTCOME] != 0
