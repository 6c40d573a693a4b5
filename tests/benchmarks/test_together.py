"""Lanes that are stepped by one call: the bytes of stepping each environment by itself."""

import numpy as np
import pytest

from gnomon.benchmarks.contracts import ControlTask, Episode
from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.benchmarks.rollout import Lanes
from gnomon.benchmarks.stepping import Apart, Together, stepper_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES

TOGETHER = [
    "locomotion/hopper-v1",
    "locomotion/walker2d-v1",
    "locomotion/halfcheetah-v1",
    "nearreal/pipeline-v1",
    "nearreal/glucose-v1",
    "nearreal/spring-v1",
    "nearreal/fusion-surrogate-v1",
    "memory/double-t-maze-v1",
    "memory/dialogue-v1",
]
FIELDS = ("observations", "actions", "rewards", "success")


def bytes_of(episodes: list[Episode]) -> list:
    return [
        [(value := getattr(episode, name)).dtype.str + str(value.shape) + value.tobytes().hex() for name in FIELDS]
        + [episode.seed, episode.terminated, episode.truncated]
        for episode in episodes
    ]


def network(task: ControlTask) -> NetworkPolicy:
    """Weak enough that bodies stand for a while, and no two lanes do the same."""
    environment, stream = task.make(), np.random.default_rng(0)
    assert environment.observation_space.shape is not None
    size, box = environment.observation_space.shape[0], environment.action_box
    low, high = np.asarray(box.low, np.float32), np.asarray(box.high, np.float32)
    layers = [(size, 16), (16, len(low))]
    weights = tuple((0.3 * stream.normal(size=layer)).astype(np.float32) for layer in layers)
    biases = tuple(np.zeros(layer[1], np.float32) for layer in layers)
    return NetworkPolicy(np.zeros(size, np.float32), np.full(size, 10, np.float32), weights, biases, low, high)


def apart(lanes: Lanes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnomon.benchmarks.rollout.stepper_of", lambda environments, _: Apart(environments))


@pytest.mark.parametrize("id", TOGETHER)
def test_lanes_together_are_the_lanes_apart(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five episodes in three lanes: they end at different times, and some lanes end before others."""
    task = TASKS[id]
    lanes, policy = Lanes(task, 3), network(task)
    assert isinstance(stepper_of(lanes.environments, task.horizon), Together)
    together = lanes.run(policy, range(5))
    apart(lanes, monkeypatch)
    assert bytes_of(together) == bytes_of(lanes.run(policy, range(5)))


@pytest.mark.parametrize("id", ["memory/dialogue-v1", "nearreal/spring-v1"])
def test_the_expert_of_a_closed_form_is_the_same_apart(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Episodes that end by the task itself, and a policy with a memory of its own."""
    task = TASKS[id]
    lanes = Lanes(task, 3)
    together = lanes.run(POLICIES[task.expert](task), range(7))
    apart(lanes, monkeypatch)
    assert bytes_of(together) == bytes_of(lanes.run(POLICIES[task.expert](task), range(7)))


@pytest.mark.parametrize("id", ["maze/open-v1", "antmaze/ant-direction-v1", "nearreal/friction-hopper-v1"])
def test_other_simulators_are_stepped_one_by_one(id: str) -> None:
    """A body that only resembles Gymnasium's, or carries more than it, has a step of its own."""
    task = TASKS[id]
    assert isinstance(stepper_of(Lanes(task, 2).environments, task.horizon), Apart)


@pytest.mark.parametrize("name", ["hopper", "walker2d", "halfcheetah"])
def test_bodies_that_fall_and_fly_end_as_gymnasiums(name: str) -> None:
    """The full torque in turns: velocities reach the bounds of what is observed, and endings are Gymnasium's own."""
    task = TASKS[f"locomotion/{name}-v1"]
    environments = [task.make(), task.make()]
    stepper, alone = stepper_of(environments[:1], task.horizon), environments[1]
    stream, lane = np.random.default_rng(1), np.zeros(1, np.int64)
    endings = 0
    for seed in range(20):
        assert stepper.reset(0, seed).tobytes() == alone.reset(seed=seed)[0].tobytes()
        for _ in range(60):
            action = np.sign(stream.normal(size=(1, *alone.action_box.shape))).astype(np.float32)
            steps, (observation, reward, terminated, _, _) = stepper.step(lane, action), alone.step(action[0])
            assert steps.observations[0].tobytes() == observation.tobytes()
            assert (float(steps.rewards[0]), bool(steps.terminated[0])) == (reward, terminated)
            endings += terminated
            if terminated:
                break
    assert endings == (0 if name == "halfcheetah" else 20)
