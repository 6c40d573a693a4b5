"""What makes another task of a simulator: delays of any signal, histories, and masked columns.

Each wraps a `gymnasium.Env` with flat Box observations and Box actions and can be stacked on the others.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

Steps = int | tuple[int, int]  # a fixed number, or the least and the most of a random one
Step = tuple[Any, float, bool, bool, dict[str, Any]]


def _range(steps: Steps) -> tuple[int, int]:
    low, high = (steps, steps) if isinstance(steps, int) else steps
    if not 0 <= low <= high:
        raise ValueError(f"A delay of {steps} steps is none: give a number from 0, or the least and the most.")
    return low, high


def _box(space: gymnasium.Space[Any]) -> Box:
    if not isinstance(space, Box) or len(space.shape) != 1:
        raise ValueError(f"A wrapper needs flat Box spaces; this one is {space}.")
    return space


class Delay(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Actions that act later, observations that arrive later, rewards that are paid later.

    * The action that acts in a step is the one given `actions` steps before; until there is one, the centre of the box.
    * The observation of a step is the one of `observations` steps before; until there is one, the first.
    * The reward of a step is paid `rewards` steps later. What is due when the episode terminates is paid in that
      step, so that the return keeps its value; what is due when a time limit cuts the episode is lost.

    A range draws every step anew, uniformly and from both ends on, by a stream of its own that the seed of `reset`
    keys. Rewards of different steps may be paid in one; signals may overtake each other.

    Args:
        environment: with flat Box spaces.
        actions, observations, rewards: steps, or the least and the most.

    Raises:
        ValueError: a delay is negative, or a space is not a flat Box.
    """

    def __init__(
        self,
        environment: gymnasium.Env[Any, Any],
        actions: Steps = 0,
        observations: Steps = 0,
        rewards: Steps = 0,
    ) -> None:
        super().__init__(environment)
        box = _box(environment.action_space)
        self.delays = {"actions": _range(actions), "observations": _range(observations), "rewards": _range(rewards)}
        self.idle = ((box.low + box.high) / 2).astype(box.low.dtype)
        self.stream = np.random.default_rng()
        self.given: deque[NDArray[Any]] = deque()
        self.seen: deque[NDArray[Any]] = deque()
        self.due: deque[float] = deque()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        if seed is not None:
            self.stream = np.random.default_rng((seed, 2))  # neither the simulator's stream nor a policy's
        observation, info = self.env.reset(seed=seed, options=options)
        most = {signal: high for signal, (_, high) in self.delays.items()}
        self.given = deque([self.idle] * most["actions"], most["actions"] + 1)
        self.seen = deque([observation] * (most["observations"] + 1), most["observations"] + 1)
        self.due = deque([0.0] * (most["rewards"] + 1), most["rewards"] + 1)
        return observation, info

    def step(self, action: Any) -> Step:
        self.given.append(np.array(action))
        observation, reward, terminated, truncated, info = self.env.step(self.given[-1 - self._draw("actions")])
        self.seen.append(observation)
        return self.seen[-1 - self._draw("observations")], self._pay(reward, terminated), terminated, truncated, info

    def _draw(self, signal: str) -> int:
        low, high = self.delays[signal]
        return low if low == high else int(self.stream.integers(low, high + 1))

    def _pay(self, reward: Any, terminated: bool) -> float:
        """Put a reward where it is due, and take what is due now."""
        self.due[self._draw("rewards")] += float(reward)
        paid = sum(self.due) if terminated else self.due[0]
        self.due.popleft()
        self.due.append(0.0)
        return paid


class History(gymnasium.Wrapper[Any, Any, Any, Any]):
    """The last observations and the last actions in one flat observation, the newest first.

    Before there are as many, the first observation is repeated and the centre of the action box stands for actions.

    Args:
        environment: with flat Box spaces.
        observations: how many, the present one included; 1 or more.
        actions: how many; 0 or more.

    Raises:
        ValueError: a number is too small, or a space is not a flat Box.
    """

    def __init__(self, environment: gymnasium.Env[Any, Any], observations: int = 1, actions: int = 0) -> None:
        super().__init__(environment)
        if observations < 1 or actions < 0:
            raise ValueError("A history needs at least the present observation and no negative number of actions.")
        seen, given = _box(environment.observation_space), _box(environment.action_space)
        self.idle = (given.low + given.high) / 2
        self.seen: deque[NDArray[Any]] = deque(maxlen=observations)
        self.given: deque[NDArray[Any]] = deque(maxlen=actions)
        low = np.concatenate([np.tile(seen.low, observations), np.tile(given.low, actions)])
        high = np.concatenate([np.tile(seen.high, observations), np.tile(given.high, actions)])
        self.observation_space = Box(low.astype(np.float64), high.astype(np.float64), dtype=np.float64)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        self.seen.extend([observation] * (self.seen.maxlen or 0))
        self.given.extend([self.idle] * (self.given.maxlen or 0))
        return self._flat(), info

    def step(self, action: Any) -> Step:
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.seen.appendleft(observation)
        self.given.appendleft(np.array(action))
        return self._flat(), float(reward), terminated, truncated, info

    def _flat(self) -> NDArray[np.float64]:
        return np.concatenate([*self.seen, *self.given]).astype(np.float64)


class Mask(gymnasium.ObservationWrapper[Any, Any, Any]):
    """Only some columns of the observation.

    Args:
        environment: with flat Box observations.
        columns: those that are kept, in this order.

    Raises:
        ValueError: the observations are not a flat Box.
    """

    def __init__(self, environment: gymnasium.Env[Any, Any], columns: Sequence[int]) -> None:
        super().__init__(environment)
        box = _box(environment.observation_space)
        self.columns = np.array(columns)
        self.observation_space = Box(box.low[self.columns], box.high[self.columns], dtype=box.dtype.type)  # pyright: ignore[reportArgumentType]

    def observation(self, observation: Any) -> NDArray[Any]:
        return observation[self.columns]
