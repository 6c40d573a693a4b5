"""The roll-out loop: which episode runs where, what a policy sees, and what a wrong policy gets."""

import numpy as np
import pytest

from gnomon.benchmarks.contracts import StochasticPolicy
from gnomon.benchmarks.rollout import lanes_of, rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.errors import PolicyError

TASK = TASKS["maze/umaze-v1"]


class Watching:
    """A planner that writes down what it was given."""

    def __init__(self) -> None:
        self.planner = POLICIES["maze/planner"](TASK)
        self.shapes: set[tuple[int, ...]] = set()
        self.resets: list[list[bool]] = []

    def act(self, observations, reset):
        self.shapes.add(observations.shape)
        self.resets.append(reset.tolist())
        actions = self.planner.act(observations, reset)
        observations[:] = np.nan  # what a policy does with its copy is its own affair
        return actions


def test_the_batch_has_one_shape_and_resets_are_announced_once_an_episode() -> None:
    policy = Watching()
    episodes = rollout(TASK, policy, range(7), lanes=3)
    assert policy.shapes == {(3, 6)}
    assert np.sum(policy.resets, axis=0).tolist() == [3, 2, 2]
    assert len(policy.resets) == max(sum(len(episodes[k]) for k in range(lane, 7, 3)) for lane in range(3))


def test_an_episode_does_not_depend_on_the_number_of_others() -> None:
    policy = POLICIES["maze/wander"](TASK, noise=0.5)
    together = rollout(TASK, policy, range(6), lanes=3)
    alone = rollout(TASK, POLICIES["maze/wander"](TASK, noise=0.5), [4], lanes=3)
    assert np.array_equal(together[4].actions, alone[0].actions)
    assert [episode.seed for episode in together] == list(range(6))


def test_a_hidden_goal_is_not_the_commanded_one() -> None:
    """The environment and the policy draw from different streams of one seed."""
    wander = POLICIES["maze/wander"](TASK)
    assert isinstance(wander, StochasticPolicy)
    wander.start_episodes([0], [11])
    environment = TASK.make()
    goal = environment.reset(seed=11)[0][4:6]
    assert np.linalg.norm(wander.hidden[0] - goal) > 0.01  # pyright: ignore[reportAttributeAccessIssue]


def test_actions_are_clipped_before_they_are_stored() -> None:
    class TooStrong:
        def act(self, observations, reset):
            return np.full((len(observations), 2), 5.0)

    (episode,) = rollout(TASK, TooStrong(), [0], lanes=1)
    assert (episode.actions == 1).all()


@pytest.mark.parametrize(
    ("actions", "sentence"),
    [
        (np.zeros((2, 3)), r"shape \(2, 3\); maze/umaze-v1 with 2 lanes needs \(2, 2\)"),
        (np.zeros(2), r"shape \(2,\)"),
        (np.array([[np.nan, 0], [0, 0]]), "not finite"),
        (np.array([[0, 0], [0, np.inf]]), "not finite"),
        ("left", "returned str instead of an array"),
        (None, "not finite|instead of an array|shape"),
    ],
)
def test_a_wrong_action_is_one_sentence(actions: object, sentence: str) -> None:
    class Wrong:
        def act(self, observations, reset):
            return actions

    with pytest.raises(PolicyError, match=sentence):
        rollout(TASK, Wrong(), [0, 1], lanes=2)  # pyright: ignore[reportArgumentType]


def test_a_policy_that_raises_is_one_sentence_that_says_what() -> None:
    class Fails:
        def act(self, observations, reset):
            return {}["weights"]

    with pytest.raises(PolicyError, match="The policy failed on maze/umaze-v1: KeyError: 'weights'"):
        rollout(TASK, Fails(), [0, 1], lanes=2)


def test_an_episode_longer_than_there_was_room_for_is_whole() -> None:
    """The idle policy is cut at the horizon; rows are made room for as the episode goes on."""

    class Idle:
        def act(self, observations, reset):
            return np.zeros((len(observations), 2))

    (episode, other) = rollout(TASK, Idle(), [0, 1], lanes=2)
    assert len(episode) == len(other) == TASK.horizon > 64
    environment = TASK.make()
    observations = [environment.reset(seed=1)[0]]
    observations += [environment.step(np.zeros(2))[0] for _ in range(TASK.horizon)]
    assert np.array_equal(other.observations, observations)
    assert (other.truncated, other.terminated) == (True, False)


def test_whoever_watches_is_told_before_every_action() -> None:
    policy, told = Watching(), []
    lanes_of(TASK, 3).run(policy, range(4), lambda: told.append(len(policy.resets)))
    assert told == list(range(len(policy.resets)))


def test_a_lane_without_an_episode_may_hold_anything() -> None:
    class OnlyTheFirstLane:
        def act(self, observations, reset):
            return np.array([[0.0, 0.0], [np.nan, np.nan]])

    assert len(rollout(TASK, OnlyTheFirstLane(), [0], lanes=2)) == 1


def test_no_episodes_is_no_work() -> None:
    assert rollout(TASK, Watching(), [], lanes=2) == []
