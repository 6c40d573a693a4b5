"""The one loop that steps environments: collection, judging and reference scores all run it."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.contracts import ControlTask, Episode, Policy, StochasticPolicy
from gnomon.benchmarks.stepping import Steps, stepper_of
from gnomon.errors import GnomonError, PolicyError


@lru_cache(maxsize=1)
def lanes_of(task: ControlTask, count: int) -> "Lanes":
    """The lanes of a task, kept for the next roll-out of this process: some simulators take a second to make."""
    return Lanes(task, count)


def rollout(
    task: ControlTask,
    policy: Policy,
    seeds: Sequence[int],
    lanes: int = 10,
    before_act: Callable[[], None] = lambda: None,
) -> list[Episode]:
    """Run one episode a seed and return them in the order of the seeds.

    Episode k always runs in lane k mod `lanes`, in a batch of `lanes` rows, whatever the other lanes do, so an
    episode depends on the policy, its seed and `lanes` alone.

    Args:
        task: what is to be solved.
        policy: what is asked for actions.
        seeds: of the episodes.
        lanes: rows of the policy's batch.
        before_act: called before every call of the policy, for whoever watches over its time.

    Raises:
        PolicyError: the policy raised an error, or an action has the wrong shape or is not finite.
    """
    return lanes_of(task, lanes).run(policy, seeds, before_act)


class Lanes:
    """A bounded number of environments of one task, reused for any number of episodes."""

    def __init__(self, task: ControlTask, count: int) -> None:
        self.task = task
        self.environments = [task.make() for _ in range(count)]
        self.action_count = self.environments[0].action_count
        self.action_shape = self.environments[0].action_space.shape or ()
        self.observation_shape = self.environments[0].observation_space.shape or ()

    def run(self, policy: Policy, seeds: Sequence[int], before_act: Callable[[], None] = lambda: None) -> list[Episode]:
        """See `rollout`."""
        count = len(self.environments)
        stepper = stepper_of(self.environments, self.task.horizon)
        recorder = _Recorder(count, self.observation_shape, self.action_shape, bool(self.action_count))
        observations = np.zeros((count, *self.observation_shape), np.float32)
        reset = np.zeros(count, bool)
        waiting = {lane: list(range(len(seeds)))[lane::count][::-1] for lane in range(count)}
        running: dict[int, int] = {}  # lane → number of its episode
        finished: dict[int, Episode] = {}

        def start(lanes: Sequence[int]) -> None:
            started = [lane for lane in lanes if waiting[lane]]
            for lane in started:
                running[lane] = waiting[lane].pop()
                observations[lane] = stepper.reset(lane, seeds[running[lane]])
                recorder.start(lane, observations[lane])
                reset[lane] = True
            if started and isinstance(policy, StochasticPolicy):
                policy.start_episodes(started, [seeds[running[lane]] for lane in started])

        start(range(count))
        active = np.array(sorted(running))
        while running:
            before_act()
            actions = self._checked(self._asked(policy, observations, reset), active)
            reset[:] = False
            steps = stepper.step(active, actions[active])
            observations[active] = steps.observations
            recorder.add(active, actions[active], steps)
            ended = active[steps.terminated | steps.truncated].tolist()
            for lane in ended:
                index = running.pop(lane)
                finished[index] = recorder.episode(lane, seeds[index])
            if ended:
                start(ended)
                active = np.array(sorted(running))
        return [finished[index] for index in range(len(seeds))]

    def _asked(self, policy: Policy, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> ArrayLike:
        """What the policy answers; it gets copies, so that it can do with them what it likes."""
        try:
            return policy.act(observations.copy(), reset.copy())
        except GnomonError:
            raise
        except Exception as error:  # whatever a user's policy raises
            raise PolicyError(f"The policy failed on {self.task.id}: {type(error).__name__}: {error}") from error

    def _checked(self, actions: ArrayLike, active: NDArray[np.int64]) -> NDArray[Any]:
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

    def _checked_numbers(self, actions: NDArray[Any], active: NDArray[np.int64]) -> NDArray[np.int64]:
        chosen = actions[active]
        if actions.dtype.kind not in "iu" or (chosen < 0).any() or (chosen >= self.action_count).any():
            raise PolicyError(
                f"The policy must return whole numbers from 0 to {self.action_count - 1} on {self.task.id}."
            )
        return actions.astype(np.int64)


class _Recorder:
    """The episodes that are running: step t of lane k is row [t, k] of arrays that grow when they are full."""

    def __init__(
        self, count: int, observation_shape: tuple[int, ...], action_shape: tuple[int, ...], is_discrete: bool
    ) -> None:
        self.lengths, self.costs = np.zeros(count, np.int64), np.zeros(count)
        self.observations = np.empty((_FIRST_STEPS + 1, count, *observation_shape), np.float32)
        self.actions = np.empty((_FIRST_STEPS, count, *action_shape), np.int64 if is_discrete else np.float32)
        self.rewards = np.empty((_FIRST_STEPS, count), np.float32)
        self.success, self.terminated = np.empty((2, _FIRST_STEPS, count), bool)

    def start(self, lane: int, observation: NDArray[np.float32]) -> None:
        self.lengths[lane], self.costs[lane] = 0, 0
        self.observations[0, lane] = observation

    def add(self, lanes: NDArray[np.int64], actions: NDArray[Any], steps: Steps) -> None:
        """Keep a step of some lanes."""
        at = self.lengths[lanes]
        if at.max() == len(self.rewards):
            self._grow()
        self.actions[at, lanes] = actions
        self.rewards[at, lanes] = steps.rewards
        self.success[at, lanes] = steps.success
        self.terminated[at, lanes] = steps.terminated
        self.observations[at + 1, lanes] = steps.observations
        self.costs[lanes] += steps.costs
        self.lengths[lanes] = at + 1

    def _grow(self) -> None:
        steps = len(self.rewards)
        for name in ("observations", "actions", "rewards", "success", "terminated"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.empty((steps, *old.shape[1:]), old.dtype)]))

    def episode(self, lane: int, seed: int) -> Episode:
        """The episode that has just ended in a lane."""
        length = self.lengths[lane]
        terminated = bool(self.terminated[length - 1, lane])
        return Episode(
            seed=seed,
            observations=self.observations[: length + 1, lane].copy(),
            actions=self.actions[:length, lane].copy(),
            rewards=self.rewards[:length, lane].copy(),
            success=self.success[:length, lane].copy(),
            terminated=terminated,
            truncated=not terminated,
            cost=float(self.costs[lane]),
        )


_FIRST_STEPS = 64  # of an episode, that there is room for at the start
