"""Environments that take a step each in turn, and episodes whose seeds say everything about them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.baselines.engine.replay import Replay
from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import seed_of

Actions = NDArray[Any]  # [lanes, dimensions] in −1 … 1, or [lanes] numbers


@dataclass
class Lane:
    """An episode that is under way: its number, steps and return so far."""

    episode: int
    steps: int = 0
    total: float = 0.0


@dataclass
class Collector:
    """Steps the environments of a task and adds what happens to a replay buffer.

    Attributes:
        task: what is collected from.
        key: of the training; with the number of an episode it gives its seed.
        replay: what is added to.
        lanes: one an environment.
        begun: episodes so far.
        returns: of the episodes that ended since `drain` was called.
    """

    task: ControlTask
    key: str
    replay: Replay
    lanes: list[Lane]
    begun: int
    returns: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environments = [self.task.make() for _ in self.lanes]
        self.observations = np.stack([self._replayed(number) for number in range(len(self.lanes))])

    def _replayed(self, number: int) -> NDArray[np.float32]:
        """Bring an environment to where its episode was: the same seed and the actions that were taken since."""
        lane, environment = self.lanes[number], self.environments[number]
        observation, _ = environment.reset(seed=self._seed(lane.episode))
        last = self.replay.size - len(self.lanes) + number
        rows = range(last - (lane.steps - 1) * len(self.lanes), last + 1, len(self.lanes)) if lane.steps else ()
        for row in rows:
            action = np.array(self.replay.file[row, self.replay.places["actions"]])
            observation = environment.step(self.to_box(action))[0]
        return observation

    def _seed(self, episode: int) -> int:
        return seed_of("train", self.key, episode)

    @property
    def to_box(self) -> Callable[[Actions], Actions]:
        """From −1 … 1 to the action box; numbers stay."""
        environment = self.environments[0]
        if environment.action_count:
            return lambda action: action
        low, high = environment.action_box.low, environment.action_box.high
        return lambda action: low + (action + 1) * ((high - low) / 2)

    def step(self, actions: Actions) -> None:
        """One step of every environment."""
        to_box, before = self.to_box, self.observations.copy()
        steps = [environment.step(to_box(a)) for environment, a in zip(self.environments, actions, strict=True)]
        following = np.stack([step[0] for step in steps])
        rewards = np.array([step[1] for step in steps], np.float32)
        self.replay.add(
            observations=before,
            actions=actions,
            rewards=rewards,
            next_observations=following,
            terminated=np.array([step[2] for step in steps]),
        )
        self.observations = following
        for number, step in enumerate(steps):
            self._account(number, step[1], step[2] or step[3])

    def _account(self, number: int, reward: float, is_over: bool) -> None:
        lane = self.lanes[number]
        lane.steps, lane.total = lane.steps + 1, lane.total + reward
        if is_over:
            self.returns.append(lane.total)
            self.lanes[number] = lane = Lane(self.begun)
            self.begun += 1
            self.observations[number], _ = self.environments[number].reset(seed=self._seed(lane.episode))

    def drain(self) -> list[float]:
        """The returns of the episodes that ended since the last call."""
        ended, self.returns = self.returns, []
        return ended
