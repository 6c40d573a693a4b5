"""What the roll-out loop costs beside a plain Gymnasium loop: same policy, same episodes, one process.

make bench
"""

import numpy as np
import pytest

from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS

TASK, EPISODES = TASKS["maze/medium-v1"], 20
pytestmark = pytest.mark.perf


def network() -> NetworkPolicy:
    """Two hidden layers of 256, which is what published policies have."""
    stream = np.random.default_rng(0)
    sizes = [(6, 256), (256, 256), (256, 2)]
    weights = tuple((stream.normal(size=size) / np.sqrt(size[0])).astype(np.float32) for size in sizes)
    biases = tuple(np.zeros(size[1], np.float32) for size in sizes)
    box = np.full(2, -1, np.float32), np.full(2, 1, np.float32)
    return NetworkPolicy(np.zeros(6, np.float32), np.ones(6, np.float32), weights, biases, *box)


def plain_loop(policy: NetworkPolicy) -> int:
    """One environment, one observation at a time, a list of returns: what evaluation scripts do."""
    environment, steps = TASK.make(), 0
    for seed in range(EPISODES):
        observation, _ = environment.reset(seed=seed)
        ended = False
        while not ended:
            action = policy.act(observation[None], np.zeros(1, bool))[0]
            observation, _, terminated, truncated, _ = environment.step(action)
            ended, steps = terminated or truncated, steps + 1
    return steps


def lanes(policy: NetworkPolicy) -> int:
    return sum(len(episode) for episode in rollout(TASK, policy, range(EPISODES), lanes=10))


@pytest.mark.parametrize("loop", [plain_loop, lanes])
def test_steps_a_second(loop, benchmark) -> None:
    policy = network()
    steps = benchmark.pedantic(loop, (policy,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["steps a second"] = round(steps / benchmark.stats.stats.min)
