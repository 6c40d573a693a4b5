"""The hand of the arm's scripted policies: it goes to poses, grips and lets go, with noise on every action."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.tasks.arm import FELT

Array = NDArray[np.float64]
Script = Iterator[Array]  # of actions; the hand's observation is the present one whenever it is asked for the next

STEP = np.array([0.015, 0.015, 0.015, 0.1])  # m and rad; what an action of 1 moves in one step
NEAR, TURNED = 0.006, 0.08  # m and rad; a hand that is nearer than this is there
PATIENCE = 30  # steps; most that the hand tries to get to one pose
OPEN, CLOSED = 1.0, -1.0
CLOSING, OPENING = 3, 2  # steps that the fingers need
ABOVE, GRIP = 0.075, 0.012  # m; height of the fingertips over all things, and at an object that lies on the table
HELD = 0.03  # m; an object that is farther than this from the fingertips is not held


@dataclass(frozen=True)
class Noise:
    """How a hand varies; one that does not is the expert's.

    Attributes:
        action: standard deviation of the normal noise on every action.
        pick: m; standard deviation along x and y of how far from an object's middle it is gripped.
        drop: m; the same of where it is let go.
    """

    action: float = 0.0
    pick: float = 0.0
    drop: float = 0.0


class Hand:
    """The hand in one episode.

    Attributes:
        observation: the present one; whoever steps the script keeps it so.
    """

    def __init__(self, noise: Noise, stream: np.random.Generator, observation: Array) -> None:
        self.noise, self.stream, self.observation = noise, stream, observation

    def near(self, place: Array, spread: float) -> Array:
        """A place that begins with x and y, off it along both by normal noise of that spread (m)."""
        return place[:2] + spread * self.stream.standard_normal(2)

    def go(self, place: Array, height: float, yaw: float, fingers: float, hold: int = 0) -> Script:
        """Move until the hand is there, and has been on its way for so many steps."""
        target = np.array([*place[:2], height, yaw])
        for elapsed in range(PATIENCE):
            off = np.abs(target - self.observation[FELT["gripper"]])
            if elapsed >= hold and off[:3].max() < NEAR and off[3] < TURNED:
                return
            yield self._towards(target, fingers)

    def _towards(self, target: Array, fingers: float) -> Array:
        set_point = self.observation[FELT["gripper"]] + self.observation[FELT["set_point"]]
        action = np.array([*((target - set_point) / STEP).clip(-1, 1), fingers])
        return action + self.noise.action * self.stream.standard_normal(5)

    def pick(self, columns: slice, yaw: float = 0.0) -> Script:
        """Grip an object that lies on the table, whose position begins the columns, and lift it."""
        place = self.near(self.observation[columns], self.noise.pick)
        yield from self.go(place, ABOVE, yaw, OPEN)
        yield from self.go(place, GRIP, yaw, OPEN)
        yield from self.go(place, GRIP, yaw, CLOSED, CLOSING)
        yield from self.go(place, ABOVE, yaw, CLOSED)

    def place(self, place: Array, height: float) -> Script:
        """Bring what is held over a place, let it go at that height, and go up again."""
        place = self.near(place, self.noise.drop)
        yield from self.go(place, ABOVE, 0.0, CLOSED)
        yield from self.go(place, height, 0.0, CLOSED)
        yield from self.go(place, height, 0.0, OPEN, OPENING)
        yield from self.go(place, ABOVE, 0.0, OPEN)

    def holds(self, columns: slice) -> bool:
        """Whether the object is between the fingertips."""
        away = self.observation[columns][:3] - self.observation[FELT["gripper"]][:3]
        return bool(np.linalg.norm(away) < HELD)

    def rest(self) -> Script:
        """Stay where the hand is, for ever."""
        target = self.observation[FELT["gripper"]].copy()
        while True:
            yield self._towards(target, OPEN)
