"""The scripted operator in kitchens that differ: it measures its way-points in the kitchen that it is shown.

There is no human data in it. Beside what `datasets/policies/kitchen.py` varies, a hand may miss: an attempt goes past
its handle, fails, and is made again; and it may hesitate in the middle of a movement.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.environment import TaskEnvironment
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.simulators.kitchen_layout import COLUMN, KETTLE_GOAL, is_complete, kitchen_shift
from gnomon.benchmarks.tasks.kitchen_diverse import OBSERVATION, SUBTASKS, seen_as_state, subtasks_of
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.kitchen import Operation, Operator, draw_order
from gnomon.datasets.policies.kitchen_arm import Arm
from gnomon.datasets.policies.kitchen_scripts import KETTLE_PUSH, KETTLE_Y, SCRIPTS, Waypoint
from gnomon.errors import UsageError

Array = NDArray[np.float64]

PLANS = {  # name → what is done in an episode
    "ordered": "the four sub-tasks of the task in their order",
    "shuffled": "the four in random order",
    "play": "five of seven in random order, whatever the task pays",
    "parts": "as in play, but one of the four stays undone",
    "standard": "the four of the task `standard` in their order, whatever this task pays",
}
MISS = 0.05  # m; how far an attempt that misses goes past what it is for
HESITATION = 12  # steps; most that a hand stops in the middle of a movement
DOOR_OPEN = -0.63  # rad; of the microwave
KETTLE_RADIUS, KETTLE_HEIGHT = 0.12, 0.26  # m; of the package's, to the middle of its handle
KETTLE_SHORT = 0.05  # m; the kettle is left that much before its goal
KETTLE_LEAD = 0.1  # m; the hand is sent that far into the kettle to push it


class DiverseArm(Arm):
    """The arm in a kitchen whose layout it is told."""

    def __init__(self) -> None:
        import copy

        from gnomon.benchmarks.simulators.kitchen_diverse import originals

        self.originals = originals()
        super().__init__(copy.copy(self.originals.model))

    def arrange(self, layout: Array) -> None:
        """Put everything where a layout [12] has it."""
        self.originals.arrange(self.model, layout)


class DiverseOperation(Operation):
    """One episode of the operator in a kitchen of its own.

    Args:
        arm: shared by the episodes of an operator.
        subtasks: that the task pays.
        plan: see `PLANS`.
        noise, misses, hesitation: see `DiverseOperator`.
        stream: of the episode.
    """

    def __init__(
        self,
        arm: DiverseArm,
        subtasks: tuple[str, ...],
        plan: str,
        noise: float,
        misses: float,
        hesitation: float,
        stream: np.random.Generator,
    ) -> None:
        self.subtasks = subtasks
        super().__init__(arm, "four", noise, stream)
        self.kitchen, self.misses, self.hesitation = arm, misses, hesitation
        self.queue = draw_queue(plan, subtasks, stream)
        self.for_the_four = plan != "parts"
        self.layout, self.past, self.completed = np.zeros(12), np.zeros(3), np.zeros(4, bool)

    def act(self, observation: Array) -> Array:
        """[9] the action after an observation [75]."""
        self.layout = observation[OBSERVATION["layout"]]
        self.completed = observation[OBSERVATION["completed"]] > 0
        self.kitchen.arrange(self.layout)
        if not self.rest and self.stream.random() < self.hesitation:
            self.rest = int(self.stream.integers(1, HESITATION + 1))
        return super().act(observation)

    def _begin(self, positions: Array, completed: NDArray[np.bool_]) -> bool:
        begins = super()._begin(positions, completed)
        direction = self.stream.standard_normal(3)
        is_a_miss = self.stream.random() < self.misses
        self.past = MISS * is_a_miss * direction / np.linalg.norm(direction)
        return begins

    def _target(self, waypoint: Waypoint) -> Array:
        return super()._target(waypoint) + self.past

    def _is_complete(self, subtask: str, positions: Array) -> bool:
        is_paid = subtask in self.subtasks and self.completed[self.subtasks.index(subtask)]
        return bool(is_paid or is_complete(subtask, positions, self.layout))

    def _script(self, subtask: str, positions: Array) -> tuple[Waypoint, ...]:
        if subtask == "kettle":
            return self._kettle_script(positions)
        if subtask == "microwave":
            return self._microwave_script()
        return SCRIPTS[subtask]

    def _microwave_script(self) -> tuple[Waypoint, ...]:
        """Come to the door as it stands, and do not open it further than it needs: the arm's reach ends near there."""
        turn = float(self.layout[COLUMN["microwave heading"]])
        script = (replace(waypoint, yaw=waypoint.yaw + turn) for waypoint in SCRIPTS["microwave"])
        return tuple(replace(waypoint, until=DOOR_OPEN) if waypoint.moved else waypoint for waypoint in script)

    def _kettle_script(self, positions: Array) -> tuple[Waypoint, ...]:
        """Push the kettle straight towards its goal from behind, with the hand at the usual height above its base."""
        goal = KETTLE_GOAL + kitchen_shift(self.layout)
        sideways, forward = (goal - positions[23:26])[:2]
        growth = float(self.layout[COLUMN["kettle size"]])
        hand = replace(KETTLE_PUSH, yaw=float(np.arctan2(-sideways, max(forward, 0.1))))

        def at(behind: float, above: float) -> tuple[float, float, float]:
            return (0.0, -behind - KETTLE_RADIUS * growth, above - KETTLE_HEIGHT * growth)

        push = replace(hand, offset=at(0.1 - KETTLE_LEAD, -0.23), tolerance=0.03, speed=0.3, patience=45)
        return (
            replace(hand, offset=at(0.16, -0.22), patience=40),
            replace(hand, offset=at(0.1, -0.23), tolerance=0.03, patience=15),
            replace(push, moved=KETTLE_Y, until=float(goal[1]) - KETTLE_SHORT),
            replace(hand, offset=at(0.25, -0.1)),
        )


def draw_queue(plan: str, subtasks: tuple[str, ...], stream: np.random.Generator) -> list[str]:
    """What an episode does by a plan, in a task that pays these four sub-tasks."""
    if plan in ("play", "parts"):
        return draw_order(stream)
    if plan == "shuffled":
        return stream.permutation(subtasks).tolist()
    return list(SUBTASKS["standard"] if plan == "standard" else subtasks)


class DiverseOperator(Operator):
    """Does sub-tasks in kitchens that differ, with scripted way-points of the hand.

    Args:
        task: a task of the family `kitchen-diverse` whose observation is the state.
        plan: see `PLANS`.
        noise: 0 always moves the same way; 1 varies as the constants of `datasets/policies/kitchen.py` say.
        misses: probability that an attempt at a sub-task goes past its handle.
        hesitation: probability, at each step, that the hand stops for up to twelve.

    Raises:
        UsageError: there is no such plan.
    """

    def __init__(
        self,
        task: ControlTask,
        plan: str = "ordered",
        noise: float = 0.0,
        misses: float = 0.0,
        hesitation: float = 0.0,
    ) -> None:
        if plan not in PLANS:
            raise UsageError(f"The operator has no plan {plan!r}; choose one of {', '.join(PLANS)}.")
        self.kitchen, self.subtasks = DiverseArm(), subtasks_of(task)
        self.plan, self.variation = plan, (noise, misses, hesitation)
        self.operations = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        for lane, seed in zip(lanes, seeds, strict=True):
            stream = policy_stream(seed)
            self.operations[lane] = DiverseOperation(self.kitchen, self.subtasks, self.plan, *self.variation, stream)


class StateOperator:
    """The operator where only pictures are observed: it knows the state, from kitchens of its own that run alongside.

    An episode is a function of its seed and its actions, so that the same kitchen without pictures, given the same
    actions, is in the same state. A learned policy has no such thing; its data was made by one that sees more.

    Args:
        task: a task of the family `kitchen-diverse` whose observation is pictures.
        options: of `DiverseOperator`.
    """

    def __init__(self, task: ControlTask, **options: Any) -> None:
        self.state_task = seen_as_state(task)
        self.operator = DiverseOperator(self.state_task, **options)
        self.kitchens: dict[int, TaskEnvironment] = {}
        self.observations: dict[int, NDArray[np.float32]] = {}
        self.running: set[int] = set()

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        for lane, seed in zip(lanes, seeds, strict=True):
            if lane not in self.kitchens:
                self.kitchens[lane] = self.state_task.make()
            self.observations[lane], _ = self.kitchens[lane].reset(seed=seed)
        self.running |= set(lanes)
        self.operator.start_episodes(lanes, seeds)

    def act(self, observations: NDArray[np.floating], reset: NDArray[np.bool_]) -> NDArray[np.float32]:
        seen = np.zeros((len(observations), OBSERVATION["layout"].stop), np.float32)
        for lane, observation in self.observations.items():
            seen[lane] = observation
        actions = self.operator.act(seen, reset).astype(np.float32)
        for lane in sorted(self.running):
            self._step(lane, actions[lane])
        return actions

    def _step(self, lane: int, action: NDArray[np.float32]) -> None:
        self.observations[lane], _, terminated, truncated, _ = self.kitchens[lane].step(action)
        if terminated or truncated:
            self.running.discard(lane)


POLICIES.add("kitchen-diverse/operator", DiverseOperator)
POLICIES.add("kitchen-diverse/state-operator", StateOperator)
