"""Policies that remember what they were told, or a part of it."""

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.nearreal import Array, Noisy


class Forgetful(Noisy):
    """Keeps some of the things that it is told of, drawn once an episode, and guesses the others.

    Args:
        keeps: how many; all of them is the expert.
        things: how many there are to be told.
        noise: see `Noisy`.
    """

    def __init__(self, keeps: int, things: int, noise: float) -> None:
        super().__init__(noise)
        self.keeps, self.things = keeps, things

    def minds(self, lanes: int, reset: NDArray[np.bool_]) -> tuple[Array, Array]:
        """[lanes, things] 1 where a thing is kept in this episode, and the guess of ±1 for where it is not."""
        kept, guess = np.ones((lanes, self.things)), np.ones((lanes, self.things))
        for lane in np.flatnonzero(reset).tolist():
            if lane in self.streams:
                kept[lane] = self.streams[lane].permutation(self.things) < self.keeps
                guess[lane] = self.streams[lane].choice([-1.0, 1.0], self.things)
        self.memory |= {"kept": self.recall("kept", reset, kept), "guess": self.recall("guess", reset, guess)}
        return self.memory["kept"], self.memory["guess"]

    def told(self, reset: NDArray[np.bool_], heard: Array) -> Array:
        """[lanes, things] all that was heard in the episode, 0 where nothing was."""
        before = self.recall("told", reset, np.zeros_like(heard))
        now = self.memory["told"] = np.where(heard != 0, heard, before)
        return now


@POLICIES.register("memory/double-t-maze")
class Walker(Forgetful):
    """Walks to the fork and turns as it was told.

    Args:
        task: the double T-maze.
        keeps: how many of the two cues are kept; the others are guessed.
        noise: of the walk and the turn.
    """

    def __init__(self, task: ControlTask, keeps: int = 2, noise: float = 0.0) -> None:
        super().__init__(keeps, 2, noise)

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        kept, guess = self.minds(len(observations), reset)
        cues = np.where(kept > 0, self.told(reset, observations[:, 2:4]), guess)
        second = observations[:, 1].astype(int)
        turn = np.where(observations[:, 0] >= 1, cues[np.arange(len(cues)), second], 0.0)
        return np.stack([np.full(len(cues), 0.7), 0.6 * turn], axis=1)


@POLICIES.register("memory/dialogue")
class Seller(Forgetful):
    """Asks for each wish until it is clear, then offers.

    Args:
        task: the dialogue.
        keeps: how many of the three wishes are asked for; the others are guessed.
        noise: of every number of the action.
    """

    def __init__(self, task: ControlTask, keeps: int = 3, noise: float = 0.0) -> None:
        super().__init__(keeps, 3, noise)

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        kept, guess = self.minds(len(observations), reset)
        told = self.told(reset, observations[:, 0:3] * observations[:, [3]])
        missing = (kept > 0) & (told == 0)
        turn = np.where(missing.any(1), missing.argmax(1), 3)
        offer = np.where(told != 0, told, guess)
        return np.concatenate([1.2 * np.eye(4)[turn] - 0.6, 0.6 * offer], axis=1)
