"""A scripted operator of the kitchen's arm: one sub-task after another, with variation as people show it.

There is no human data in it. What varies is drawn from the stream of the episode: which sub-tasks and in which order,
how fast the hand moves, how long it rests, where it is off its way, and noise on every action.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.tasks.kitchen import OBSERVATION, SUBTASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.kitchen_arm import PERIOD, Arm, pointing
from gnomon.datasets.policies.kitchen_scripts import SCRIPTS, Waypoint
from gnomon.errors import UsageError

Array = NDArray[np.float64]

FINGERS = {True: -0.5, False: 0.5}  # action of both fingers, close and open; half of it would do
MOST_TURN = 0.12  # rad a step, of the hand
TURNED = 0.15  # rad; a hand that is nearer than this to where it shall point is there
MOST_JOINT = 0.075  # rad a step, of any joint; the servo reaches about 0.08
SMOOTHING = 0.5  # share of the last step's joint displacement that is kept
PLANS = {"four": 1.0, "partial": 0.25, "mixed": 0.0}  # share of the episodes that are for the four sub-tasks
OTHERS = 5  # sub-tasks of the kitchen that are drawn for each of the other episodes

# What noise of 1 means:
TREMOR = 0.05  # standard deviation of the normal noise on the actions
DRIFT = 0.008  # m; standard deviation of how far the hand is off its way, along each axis
DRIFT_MEMORY = 0.9  # correlation of that with the step before
PACE = 0.25  # standard deviation of the logarithm of the speed, drawn for each way-point
REST = 8  # steps; most that are rested before a sub-task


class Operator:
    """Does sub-tasks of the kitchen with scripted way-points of the hand.

    Args:
        task: a task of the family `kitchen`.
        plan: `four` does the four sub-tasks of the task in their order. `mixed` does five of the seven that the
            kitchen has in a random order, but leaves out the one that would complete the four. `partial` is `four` in
            a quarter of the episodes and `mixed` in the others.
        noise: 0 always moves the same way; 1 varies as the constants of this file say.

    Raises:
        UsageError: there is no such plan.
    """

    def __init__(self, task: ControlTask, plan: str = "four", noise: float = 0.0) -> None:
        if plan not in PLANS:
            raise UsageError(f"The kitchen's operator has no plan {plan!r}; choose one of {', '.join(PLANS)}.")
        self.arm = Arm()
        self.plan, self.noise = plan, noise
        self.operations: dict[int, Operation] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        for lane, seed in zip(lanes, seeds, strict=True):
            self.operations[lane] = Operation(self.arm, self.plan, self.noise, policy_stream(seed))

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> Array:
        actions = np.zeros((len(observations), 9))
        for lane, operation in self.operations.items():
            actions[lane] = operation.act(observations[lane].astype(np.float64))
        return actions


class Operation:
    """One episode of the operator: the sub-tasks to come, and how far it is in the present one."""

    subtasks: tuple[str, ...] = SUBTASKS  # that are paid

    def __init__(self, arm: Arm, plan: str, noise: float, stream: np.random.Generator) -> None:
        self.arm, self.noise, self.stream = arm, noise, stream
        self.for_the_four = stream.random() < PLANS[plan]
        self.queue: list[str] = list(self.subtasks) if self.for_the_four else draw_order(stream)
        self.script: tuple[Waypoint, ...] = ()
        self.tried = ""
        self.displacement, self.drift = np.zeros(7), np.zeros(3)
        self.elapsed, self.rest, self.pace = 0, 0, 1.0

    def act(self, observation: Array) -> Array:
        """[9] the action after an observation [63]."""
        positions = np.concatenate([observation[OBSERVATION["arm"]], observation[OBSERVATION["objects"]]])
        self.arm.look(positions)
        waypoint = self._waypoint(positions, observation[OBSERVATION["completed"]] > 0)
        wanted = self._step_towards(waypoint) if waypoint and not self.rest else np.zeros(7)
        self.elapsed, self.rest = self.elapsed + (not self.rest), max(self.rest - 1, 0)
        self.displacement = SMOOTHING * self.displacement + (1 - SMOOTHING) * wanted
        fingers = FINGERS[waypoint is not None and waypoint.closed]
        steady = np.concatenate([self.arm.servo(self.displacement), [fingers, fingers]])
        return steady + TREMOR * self.noise * self.stream.standard_normal(9)

    def _waypoint(self, positions: Array, completed: NDArray[np.bool_]) -> Waypoint | None:
        """The way-point that is not over yet, of this sub-task or of one to come."""
        while self.script or self._begin(positions, completed):
            if not self._is_over(self.script[0], positions):
                return self.script[0]
            self.script = self.script[1:]
            self._draw_pace()
        return None

    def _begin(self, positions: Array, completed: NDArray[np.bool_]) -> bool:
        """Take up the next sub-task that is to be done; one that failed twice comes after the others."""
        for subtask in [subtask for subtask in self.queue if not self._is_complete(subtask, positions)]:
            self.queue.remove(subtask)
            if self._may_do(subtask, completed):
                self.queue.insert(len(self.queue) if subtask == self.tried else 0, subtask)
                self.tried, self.script = subtask, self._script(subtask, positions)
                self.rest = int(self.stream.integers(int(REST * self.noise) + 1))
                self._draw_pace()
                return True
        return False

    def _is_complete(self, subtask: str, positions: Array) -> bool:
        from gnomon.benchmarks.simulators.kitchen import is_complete

        return is_complete(subtask, positions)

    def _script(self, subtask: str, positions: Array) -> tuple[Waypoint, ...]:
        """The way-points of a sub-task that is begun at these positions [30]."""
        return SCRIPTS[subtask]

    def _may_do(self, subtask: str, completed: NDArray[np.bool_]) -> bool:
        """Whether the plan allows it: outside the episodes for the four, one of them stays undone."""
        if self.for_the_four or subtask not in self.subtasks:
            return True
        return bool((~completed).sum() > 1 or completed[self.subtasks.index(subtask)])

    def _draw_pace(self) -> None:
        self.elapsed = 0
        self.pace = float(np.exp(PACE * self.noise * self.stream.standard_normal()))

    def _is_over(self, waypoint: Waypoint, positions: Array) -> bool:
        """Whether the hand is there, or has moved what it moves, or has lost that: then it comes where it leads."""
        if self.elapsed >= waypoint.patience:
            return True
        shift, turn = self.arm.way_to(self._target(waypoint), waypoint.axes)
        near = np.linalg.norm(shift) < waypoint.tolerance
        if waypoint.moved is None:
            return bool(near and self.elapsed >= waypoint.hold)
        moved = (positions[waypoint.moved] - waypoint.until) * np.sign(waypoint.until) > 0
        return bool(moved or (near and np.linalg.norm(turn) < TURNED))

    def _target(self, waypoint: Waypoint) -> Array:
        side, forward, up = waypoint.offset
        axes = pointing(waypoint.yaw, waypoint.pitch)  # offsets do not roll with the hand
        return self.arm.place(waypoint.site, waypoint.moved, waypoint.lead) + axes @ np.array([up, side, forward])

    def _step_towards(self, waypoint: Waypoint) -> Array:
        """[7] the joint displacements (rad) of one step towards a way-point, off it by the drift."""
        kick = self.stream.standard_normal(3) * DRIFT * self.noise
        self.drift = DRIFT_MEMORY * self.drift + np.sqrt(1 - DRIFT_MEMORY**2) * kick
        shift, turn = self.arm.way_to(self._target(waypoint) + self.drift, waypoint.axes)
        shift = _at_most(shift, waypoint.speed * self.pace * PERIOD)
        joints = self.arm.joints_for(shift, _at_most(turn, MOST_TURN), np.array(waypoint.posture))
        return joints * min(1.0, MOST_JOINT / np.abs(joints).max())


def draw_order(stream: np.random.Generator) -> list[str]:
    """Five of the seven sub-tasks in random order; the hinge cabinet comes last, for its open door is in the way."""
    drawn = stream.permutation(list(SCRIPTS))[:OTHERS].tolist()
    return sorted(drawn, key=lambda subtask: subtask == "hinge cabinet")


def _at_most(vector: Array, length: float) -> Array:
    return vector * min(1.0, length / max(float(np.linalg.norm(vector)), 1e-9))


POLICIES.add("kitchen/operator", Operator)
