"""Final episodes of a run beside the evaluation loop of CORL: same policy, same task, same number of episodes.

    make bench

| way        | what it is                                                                                           |
| ---------- | ---------------------------------------------------------------------------------------------------- |
| sequential | CORL's `eval_actor` (arXiv 2210.07105), restated: one environment with its wrappers, episode after     |
|            | episode, a PyTorch module asked for one observation at a time                                        |
| judge      | blocks of ten lanes in two processes                                                                 |

The policy hops 300 to 1000 steps: a linear controller written into a network of two hidden layers of 256, so that both
ways pay for the whole network and for the whole physics. It takes two free cores to compare seconds of the clock;
processor seconds are printed beside them, for a machine that has other things to do.
"""

import resource
import time
from collections.abc import Callable

import gymnasium
import numpy as np
import pytest
import torch
from torch import nn

from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies.nearreal_linear import all_gains
from gnomon.evaluation.judges.control import judge
from gnomon.evaluation.protocol import Protocol

TASK, EPISODES, WIDTH, GOAL = TASKS["locomotion/hopper-v1"], 40, 256, 3.0
STEP = 0.008  # seconds; the gains are for changes of positions, the network sees velocities
RULES = Protocol("speed", "", updates=1, batch_size=1, preset="small", episodes=EPISODES, lanes=10)
pytestmark = [pytest.mark.perf, pytest.mark.timeout(1800)]


def hopping() -> NetworkPolicy:
    """Each input passes as two units, its positive and its negative part, through both layers."""
    gains = all_gains()["nearreal/hopper-masked-v1"]["expert"]
    linear = np.array(gains["weights"]) / np.array(gains["scale"])  # [3, 5 positions and 5 changes]
    of_inputs = np.concatenate([linear[:, :5], np.zeros((3, 1)), STEP * linear[:, 5:]], 1).T  # [11, 3]
    first, last = np.zeros((11, WIDTH)), np.zeros((WIDTH, 3))
    first[:, :22] = np.concatenate([np.eye(11), -np.eye(11)], 1)
    last[:22] = np.concatenate([of_inputs, -of_inputs])
    weights = tuple(weight.astype(np.float32) for weight in (first, np.eye(WIDTH), last))
    offset = -(linear * np.array(gains["mean"])).sum(1)
    biases = (*(np.zeros(WIDTH, np.float32) for _ in range(2)), offset.astype(np.float32))
    box = np.ones(3, np.float32)
    return NetworkPolicy(np.zeros(11, np.float32), np.ones(11, np.float32), weights, biases, -box, box)


class Actor(nn.Module):
    """CORL's deterministic actor."""

    def __init__(self, policy: NetworkPolicy) -> None:
        super().__init__()
        layers = [nn.Linear(*weight.shape) for weight in policy.weights]
        self.net = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2], nn.Tanh())
        with torch.no_grad():
            for layer, weight, bias in zip(layers, policy.weights, policy.biases, strict=True):
                layer.weight.copy_(torch.from_numpy(weight.T))
                layer.bias.copy_(torch.from_numpy(bias))

    @torch.no_grad()
    def act(self, state: np.ndarray, device: str = "cpu") -> np.ndarray:
        state = torch.tensor(state.reshape(1, -1), device=device, dtype=torch.float32)  # pyright: ignore[reportAssignmentType]
        return self.net(state).cpu().data.numpy().flatten()


def sequential(actor: Actor, environment: gymnasium.Env) -> int:
    """Steps."""
    steps, returns = 0, []
    for seed in range(EPISODES):
        state, _ = environment.reset(seed=seed)
        done, total = False, 0.0
        while not done:
            state, reward, terminated, truncated, _ = environment.step(actor.act(state))
            done, total, steps = terminated or truncated, total + float(reward), steps + 1
        returns.append(total)
    assert np.mean(returns) > 1000, "it hops"
    return steps


def seconds() -> tuple[float, float]:
    """By the clock, and of the processor: this process and the children that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used)


def test_judging_against_a_sequential_loop() -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    policy = hopping()
    actor, made = Actor(policy), gymnasium.make("Hopper-v5")
    environment = gymnasium.wrappers.TransformObservation(made, lambda state: (state - 0.0) / 1.0, None)
    ways: dict[str, Callable[[], int]] = {
        "sequential": lambda: sequential(actor, environment),
        "one process": lambda: sum(map(len, rollout(TASK, policy, range(EPISODES), RULES.lanes))),
        "judge": lambda: sum(outcome.length for outcome in judge(policy, TASK, RULES, workers=2)),
    }
    best = dict.fromkeys(ways, (np.inf, np.inf))
    for _ in range(4):
        for name, way in ways.items():
            begun = seconds()
            steps = way()
            taken = [(after - before) / steps * 1e6 for after, before in zip(seconds(), begun, strict=True)]
            best[name] = (min(best[name][0], taken[0]), min(best[name][1], taken[1]))
    torch.set_num_threads(threads)
    print()
    for name, (clock, processor) in best.items():
        ratio = best["sequential"][0] / clock
        print(
            f"  {name:11} {clock:6.1f} μs a step, {1e6 / clock:8,.0f} a second, {ratio:4.2f} ×; {processor:5.1f} μs CPU"
        )
    assert best["sequential"][0] >= GOAL * best["judge"][0]
