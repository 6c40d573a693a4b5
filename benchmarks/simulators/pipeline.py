"""A pipe with a gate at its near end and a consumer at its far end, who wants another flow now and then.

After the pipeline of NeoRL-2 (arXiv 2503.19267).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.batch import State, box
from gnomon.benchmarks.simulators.transitions import Transitions, never

HORIZON = 1000
SPEED = 5  # of the flow, lengths a step
HIGHEST_FLOW = 200.0
START = (80.0, 120.0)
TARGETS = (50.0, 80.0, 110.0, 140.0)
CHANGE_PROBABILITY = 0.003
MEMORY = 25  # past flows and actions that are observed
FLOW, TARGET = 0, 1


class Pipeline:
    """Transport delay: what the gate lets in shows at the outlet `length / 5 − 1` steps after the step it was let in.

    | observation  | columns  | range, unit                                                                |
    | ------------ | -------- | -------------------------------------------------------------------------- |
    | flow         | 0        | at the outlet, 0 to 200                                                    |
    | target       | 1        | 50, 80, 110 or 140; changes with probability 0.003 a step                  |
    | past flow    | 2 to 26  | at the outlet in the 25 steps before, the newest first; at a reset, the present |
    | past actions | 27 to 51 | the last 25 actions, the newest first; at a reset, 0                        |

    The action, from −1 to 1, is added to the flow through the gate. Gate and pipe begin with one flow, uniform from 80
    to 120. The reward is ((200 − |flow′ − target′|) / 100)² − 3, from −3 to 1. Episodes do not terminate.

    Args:
        length: of the pipe; the flow moves 5 a step.
    """

    def __init__(self, length: int = 100) -> None:
        self.cells = length // SPEED
        self.observation_space = box([0] * 27 + [-1] * 25, [HIGHEST_FLOW] * 27 + [1] * 25)
        self.action_space = box([-1], [1])

    def start(self, stream: np.random.Generator) -> dict[str, ArrayLike]:
        flow = stream.uniform(*START)
        return {
            "gate": flow,
            "pipe": np.full(self.cells, flow),
            "past_flow": np.full(MEMORY, flow),
            "past_actions": np.zeros(MEMORY),
            "targets": target_schedule(stream),
            "step": 0,
        }

    def advance(self, state: State, actions: NDArray[np.float64]) -> State:
        gate = (state["gate"] + actions[:, 0]).clip(0, HIGHEST_FLOW)
        return state | {
            "gate": gate,
            "pipe": _pushed(state["pipe"], gate),
            "past_flow": _pushed(state["past_flow"], state["pipe"][:, -1]),
            "past_actions": _pushed(state["past_actions"], actions[:, 0]),
            "step": np.minimum(state["step"] + 1, HORIZON),
        }

    def observe(self, state: State) -> NDArray[np.float64]:
        target = np.take_along_axis(state["targets"], state["step"][:, None], axis=1)
        return np.concatenate([state["pipe"][:, -1:], target, state["past_flow"], state["past_actions"]], axis=1)

    def rewards(self, transitions: Transitions) -> NDArray[np.float64]:
        """[B] ((200 − |flow′ − target′|) / 100)² − 3."""
        following = transitions.next_observations
        return ((HIGHEST_FLOW - np.abs(following[:, FLOW] - following[:, TARGET])) / 100) ** 2 - 3

    def terminated(self, transitions: Transitions) -> NDArray[np.bool_]:
        """[B] false: only the horizon ends an episode."""
        return never(transitions)


def target_schedule(stream: np.random.Generator) -> NDArray[np.float64]:
    """[HORIZON + 1] the target of every observation of an episode; none outlives it."""
    changes = stream.random(HORIZON + 1) < CHANGE_PROBABILITY
    changes[0] = True
    drawn = stream.choice(TARGETS, HORIZON + 1)
    return drawn[np.maximum.accumulate(np.where(changes, np.arange(HORIZON + 1), 0))]


def _pushed(rows: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rows [B, n] with `new` [B] put in front and the last value gone."""
    return np.concatenate([new[:, None], rows[:, :-1]], axis=1)
