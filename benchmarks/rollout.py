"""The one loop that steps environments: collection, judging and reference scores all run it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.contracts import ControlTask, Episode, Policy, StochasticPolicy
from gnomon.errors import PolicyError


@lru_cache(maxsize=1)
def lanes_of(task: ControlTask, count: int) -> "Lanes":
    """The lanes of a task, kept for the next roll-out of this process: some simulators take a second to make."""
    return Lanes(task, count)


def rollout(task: ControlTask, policy: Policy, seeds: Sequence[int], lanes: int = 10) -> list[Episode]:
    """Run one episode a seed and return them in the order of the seeds.

    Episode k always runs in lane k mod `lanes`, in a batch of `lanes` rows, whatever the other lanes do, so an
    episode depends on the policy, its seed and `lanes` alone.

    Raises:
        PolicyError: an action has the wrong shape or is not finite.
    """
    return lanes_of(task, lanes).run(policy, seeds)


class Lanes:
    """A bounded number of environments of one task, reused for any number of episodes."""

    def __init__(self, task: ControlTask, count: int) -> None:
        self.task = task
        self.environments = [task.make() for _ in range(count)]
        self.action_count = self.environments[0].action_count
        self.action_shape = self.environments[0].action_space.shape or ()
        self.observation_shape = self.environments[0].observation_space.shape or ()

    def run(self, policy: Policy, seeds: Sequence[int]) -> list[Episode]:
        """See `rollout`."""
        count = len(self.environments)
        observations = np.zeros((count, *self.observation_shape), np.float32)
        reset = np.zeros(count, bool)
        waiting = {lane: list(range(len(seeds)))[lane::count][::-1] for lane in range(count)}
        recordings: dict[int, _Recording] = {}
        finished: dict[int, Episode] = {}

        def start(lanes: Sequence[int]) -> None:
            started = [lane for lane in lanes if waiting[lane]]
            for lane in started:
                index = waiting[lane].pop()
                observations[lane], _ = self.environments[lane].reset(seed=seeds[index])
                recordings[lane] = _Recording(index, seeds[index], [observations[lane].copy()])
                reset[lane] = True
            if started and isinstance(policy, StochasticPolicy):
                policy.start_episodes(started, [recordings[lane].seed for lane in started])

        start(range(count))
        while recordings:
            actions = self._checked(policy.act(observations.copy(), reset.copy()), sorted(recordings))
            reset[:] = False
            ended = []
            for lane, recording in recordings.items():
                step = self.environments[lane].step(actions[lane])
                observations[lane] = step[0]
                if recording.add(actions[lane], step):
                    finished[recording.index] = recording.episode()
                    ended.append(lane)
            for lane in ended:
                del recordings[lane]
            start(ended)
        return [finished[index] for index in range(len(seeds))]

    def _checked(self, actions: ArrayLike, active: list[int]) -> NDArray[Any]:
        """The actions as float32 inside the box or as numbers, or the sentence that says what is wrong with them."""
        try:
            array = np.asarray(actions) if self.action_count else np.asarray(actions, np.float32)
        except (TypeError, ValueError, RuntimeError) as error:  # the last is torch's, of a tensor with a gradient
            raise PolicyError(
                f"The policy returned {type(actions).__name__} instead of an array of actions."
            ) from error
        shape = (len(self.environments), *self.action_shape)
        if array.shape != shape:
            raise PolicyError(
                f"The policy returned actions of shape {array.shape}; {self.task.id} with "
                f"{shape[0]} lanes needs {shape}: one row a lane."
            )
        if self.action_count:
            return self._checked_numbers(array, active)
        if not np.isfinite(array[active]).all():
            raise PolicyError(f"The policy returned an action that is not finite on {self.task.id}.")
        box = self.environments[0].action_box
        return array.clip(box.low, box.high)

    def _checked_numbers(self, actions: NDArray[Any], active: list[int]) -> NDArray[np.int64]:
        chosen = actions[active]
        if actions.dtype.kind not in "iu" or (chosen < 0).any() or (chosen >= self.action_count).any():
            raise PolicyError(
                f"The policy must return whole numbers from 0 to {self.action_count - 1} on {self.task.id}."
            )
        return actions.astype(np.int64)


@dataclass
class _Recording:
    index: int
    seed: int
    observations: list[NDArray[np.float32]]
    actions: list[NDArray[np.float32]] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    success: list[bool] = field(default_factory=list)
    terminated: bool = False
    truncated: bool = False

    def add(self, action: NDArray[np.float32], step: tuple[Any, Any, bool, bool, dict[str, Any]]) -> bool:
        """Keep a step; true where it was the last."""
        observation, reward, self.terminated, self.truncated, info = step
        self.observations.append(np.array(observation))
        self.actions.append(action.copy())
        self.rewards.append(float(reward))
        self.success.append(info["success"])
        return self.terminated or self.truncated

    def episode(self) -> Episode:
        return Episode(
            seed=self.seed,
            observations=np.stack(self.observations),
            actions=np.stack(self.actions),
            rewards=np.array(self.rewards, np.float32),
            success=np.array(self.success),
            terminated=self.terminated,
            truncated=self.truncated,
        )
