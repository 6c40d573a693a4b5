"""Make datasets/policies/nearreal_gains.json: the gains of the rocket's, the patients' and the spring's controllers.

python docs/tune_nearreal_controllers.py [guidance] [insulin-feedback] [spring-pid]

A seeded evolution strategy: eight children a generation, each gain times exp(0.3 N(0, 1)), the best of parent and
children goes on; every candidate plays the same episodes, with seeds of the role `train`. The expert is the last
parent. `medium` is the candidate nearest to three quarters of the way from the random policy to the expert, of those
on the way. Five minutes on one core.
"""

import json
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnomon.benchmarks.contracts import Policy
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.simulators.batch import Batch, Dynamics, Single
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.nearreal import GAINS
from gnomon.files import write_atomically

Gains = dict[str, float]
CHILDREN, SPREAD, DECIMALS = 8, 0.3, 4


@dataclass(frozen=True)
class Tuning:
    """A task, where the search begins, how many generations, how many episodes a candidate."""

    task: str
    start: Gains
    generations: int
    episodes: int


TUNINGS = {
    "guidance": Tuning(
        "nearreal/rocket-v1",
        {
            "fall": 0.3,
            "fall_height": 0.5,
            "brake": 20.0,
            "lean_x": 0.5,
            "lean_vx": 1.0,
            "lean_wind": 0.005,
            "most_lean": 0.4,
            "turn": 10.0,
            "turn_rate": 20.0,
        },
        30,
        40,
    ),
    "insulin-feedback": Tuning(
        "nearreal/glucose-v1",
        {"target": 120.0, "proportional": 0.02, "derivative": 0.5, "on_board": 0.005, "limit": 10.0},
        25,
        60,
    ),
    "spring-pid": Tuning(
        "nearreal/spring-v1",
        {f"{kind}_{mass}": 1.0 for kind in ("proportional", "integral", "derivative") for mass in (1, 2)},
        25,
        100,
    ),
}


def tune(name: str) -> dict[str, Gains]:
    """Level → gains of one controller."""
    tuning, stream = TUNINGS[name], np.random.default_rng(seed_of("train", name, 0))
    parent = tuning.start
    best = value(name, parent)
    tried = [(best, parent)]
    for generation in range(tuning.generations):
        children = [mutated(parent, stream) for _ in range(CHILDREN)]
        tried += [(value(name, child), child) for child in children]
        best, parent = max(tried, key=lambda pair: pair[0])
        print(name, generation, round(best, 1), flush=True)  # noqa: T201
    random = value(name, None)
    medium = min(tried, key=lambda pair: abs(pair[0] - random - 0.75 * (best - random)))
    print(name, "random", round(random, 1), "expert", round(best, 1), "medium", round(medium[0], 1))  # noqa: T201
    return {"expert": parent, "medium": medium[1]}


def mutated(gains: Gains, stream: np.random.Generator) -> Gains:
    factors = np.exp(SPREAD * stream.standard_normal(len(gains)))
    return {name: round(gain * factor, DECIMALS) for (name, gain), factor in zip(gains.items(), factors, strict=True)}


def value(name: str, gains: Any) -> float:
    """The mean return of the controller with these gains, or of the random policy where there are none."""
    tuning = TUNINGS[name]
    task = TASKS[tuning.task]
    policy = POLICIES["uniform"](task) if gains is None else POLICIES[f"nearreal/{name}"](task, **gains)
    seeds = [seed_of("train", tuning.task, number) for number in range(tuning.episodes)]
    simulator = task.make().simulator
    if isinstance(simulator, Single) and gains is not None:
        return in_one_batch(policy, simulator.dynamics, task.horizon, seeds)
    played = rollout(task, policy, seeds, lanes=tuning.episodes)
    return float(np.mean([episode.rewards.sum(dtype=np.float64) for episode in played]))


def in_one_batch(policy: Policy, dynamics: Dynamics, horizon: int, seeds: list[int]) -> float:
    """The mean return of episodes that are stepped together: a hundred times faster than one by one."""
    batch, total, going = Batch(dynamics), np.zeros(len(seeds)), np.ones(len(seeds), bool)
    observations, reset = batch.reset(seeds), np.ones(len(seeds), bool)
    for _ in range(horizon):
        actions = np.asarray(policy.act(observations.astype(np.float32), reset), np.float32)
        observations, rewards, terminated = batch.step(actions)
        total, going, reset = total + rewards * going, going & ~terminated, np.zeros_like(reset)
    return float(total.mean())


def main() -> None:
    """Tune the named controllers, or all, and put their gains into the file."""
    for name in sys.argv[1:] or TUNINGS:
        gains = tune(name)
        known = json.loads(GAINS.read_text()) if GAINS.exists() else {}
        write_atomically(GAINS, json.dumps(known | {name: gains}, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
