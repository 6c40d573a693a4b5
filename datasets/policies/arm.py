"""Scripted policies of the arm, which see observations only. There is no human data in what they do.

What varies is drawn from the stream of the episode: where an object is gripped and let go, noise on every action, and
in sorting which bin an object is brought to. These are the kinds of noise of D5RL's scripted sorting (arXiv
2408.08441); how the hand goes about it, and that it tries again, is ours.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.tasks.arm import BINS, FELT, SEEN
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.arm_hand import ABOVE, CLOSED, CLOSING, OPEN, Array, Hand, Noise, Script

INTO_BIN, ONTO_PLATE = 0.055, 0.03  # m; height of the fingertips that let an object go
BESIDE = np.array([[-0.02, 0.0], [0.02, 0.0]])  # m; from a bin's middle, so that there is room for both objects
ACROSS = np.pi / 2  # rad; yaw of fingers that grip the handle of the drawer
HANDLE_HEIGHT, OVER_DRAWER = 0.04, 0.11  # m
PULL = 0.10  # m; how far the handle is pulled

Scripted = Callable[[Hand], Script]


class Scripts:
    """A policy that follows one script an episode.

    Args:
        script: what a hand does; when it is over, the hand rests.
        noise: how the hand varies.
    """

    def __init__(self, script: Scripted, noise: Noise) -> None:
        self.script, self.noise = script, noise
        self.streams: dict[int, np.random.Generator] = {}
        self.running: dict[int, tuple[Hand, Script]] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        for lane, seed in zip(lanes, seeds, strict=True):
            self.streams[lane] = policy_stream(seed)
            self.running.pop(lane, None)

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> Array:
        actions = np.zeros((len(observations), 5))
        for lane, stream in self.streams.items():
            observation = observations[lane].astype(np.float64)
            if lane not in self.running:
                hand = Hand(self.noise, stream, observation)
                self.running[lane] = (hand, _then_rest(self.script, hand))
            hand, script = self.running[lane]
            hand.observation = observation
            actions[lane] = next(script)
        return actions


def _then_rest(script: Scripted, hand: Hand) -> Script:
    yield from script(hand)
    yield from hand.rest()


@POLICIES.register("arm/sorting")
class Sorter(Scripts):
    """Brings one object after the other, the nearer first, to a bin.

    Args:
        task: of the family `arm`, the one that the policy is named after; so for the other two.
        right: probability, for each object, that the bin is its own and not the other's.
        attempts: most that an object is gripped for.
        action: see `Noise`; so `pick` and `drop`.
    """

    def __init__(
        self,
        task: ControlTask,
        right: float = 1.0,
        attempts: int = 3,
        *,
        action: float = 0,
        pick: float = 0,
        drop: float = 0,
    ) -> None:
        super().__init__(partial(sort, right=right, attempts=attempts), Noise(action, pick, drop))


@POLICIES.register("arm/pick-place")
class Placer(Scripts):
    """Brings the cube onto the plate; the arguments are those of `Sorter`."""

    def __init__(
        self, task: ControlTask, attempts: int = 3, *, action: float = 0, pick: float = 0, drop: float = 0
    ) -> None:
        super().__init__(partial(put_on_plate, attempts=attempts), Noise(action, pick, drop))


@POLICIES.register("arm/drawer")
class Puller(Scripts):
    """Grips the handle and pulls; the arguments are those of `Sorter`."""

    def __init__(self, task: ControlTask, attempts: int = 3, *, action: float = 0, pick: float = 0) -> None:
        super().__init__(partial(pull_open, attempts=attempts), Noise(action, pick))


def sort(hand: Hand, right: float, attempts: int) -> Script:
    """Both objects into bins."""
    objects = [SEEN["sorting"]["cube"], SEEN["sorting"]["cylinder"]]
    order = sorted((0, 1), key=lambda number: _distance(hand, objects[number]))
    for number in order:
        bin = number if hand.stream.random() < right else 1 - number
        yield from _bring(hand, objects[number], np.array(BINS[bin]) + BESIDE[number], INTO_BIN, attempts)


def put_on_plate(hand: Hand, attempts: int) -> Script:
    """The cube onto the plate."""
    seen = SEEN["pick-place"]
    yield from _bring(hand, seen["cube"], hand.observation[seen["plate"]], ONTO_PLATE, attempts)


def pull_open(hand: Hand, attempts: int) -> Script:
    """The drawer open."""
    for _ in range(attempts):
        handle = hand.near(hand.observation[SEEN["drawer"]["handle"]], hand.noise.pick)
        yield from hand.go(handle, OVER_DRAWER, ACROSS, OPEN)
        yield from hand.go(handle, HANDLE_HEIGHT, ACROSS, OPEN)
        yield from hand.go(handle, HANDLE_HEIGHT, ACROSS, CLOSED, CLOSING)
        yield from hand.go(handle - [PULL, 0], HANDLE_HEIGHT, ACROSS, CLOSED)
        yield from hand.go(hand.observation[FELT["gripper"]], HANDLE_HEIGHT, ACROSS, OPEN, CLOSING)
        yield from hand.go(hand.observation[FELT["gripper"]], OVER_DRAWER, ACROSS, OPEN)


def _bring(hand: Hand, columns: slice, place: Array, height: float, attempts: int) -> Script:
    """Grip an object, again if it was missed, and let it go at a place; one that was never gripped is left."""
    for _ in range(attempts):
        yield from hand.pick(columns, _yaw_of(hand.observation[columns]))
        if hand.holds(columns):
            yield from hand.place(place, height)
            return
        yield from hand.go(hand.observation[FELT["gripper"]], ABOVE, 0.0, OPEN, CLOSING)


def _yaw_of(thing: Array) -> float:
    """Yaw (rad) of fingers along a side of a cube [13], the nearest to none; a cylinder has no better one."""
    real, x, y, z = thing[3:7]
    turn = np.arctan2(2 * (real * z + x * y), 1 - 2 * (y * y + z * z))
    return float((turn + np.pi / 4) % (np.pi / 2) - np.pi / 4)


def _distance(hand: Hand, columns: slice) -> float:
    return float(np.linalg.norm(hand.observation[columns][:3] - hand.observation[FELT["gripper"]][:3]))
