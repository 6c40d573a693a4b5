"""Steps a second of the near-real simulators: a thousand instances in one call beside one at a time.

make bench
"""

import numpy as np
import pytest

from gnomon.benchmarks.simulators.batch import Batch, Dynamics, Single
from gnomon.benchmarks.simulators.fusion_surrogate import FusionSurrogate
from gnomon.benchmarks.simulators.glucose import Glucose
from gnomon.benchmarks.simulators.pipeline import Pipeline
from gnomon.benchmarks.simulators.spring import Spring
from gnomon.benchmarks.tasks import TASKS

INSTANCES, STEPS = 1000, 50
pytestmark = pytest.mark.perf


def together(dynamics: Dynamics) -> int:
    batch, width = Batch(dynamics), dynamics.action_space.shape[0]
    batch.reset(range(INSTANCES))
    actions = np.random.default_rng(0).uniform(-1, 1, (STEPS, INSTANCES, width))
    for step in actions:
        batch.step(step)
    return INSTANCES * STEPS


def alone(dynamics: Dynamics) -> int:
    single, width = Single(dynamics), dynamics.action_space.shape[0]
    single.reset(seed=0)
    actions = np.random.default_rng(0).uniform(-1, 1, (STEPS, width))
    for step in actions:
        single.step(step)
    return STEPS


@pytest.mark.parametrize("way", [together, alone])
@pytest.mark.parametrize(
    "dynamics", [Pipeline(), Spring(), FusionSurrogate(), Glucose()], ids=lambda dynamics: type(dynamics).__name__
)
def test_closed_forms(way, dynamics, benchmark) -> None:
    steps = benchmark.pedantic(way, (dynamics,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["steps a second"] = round(steps / benchmark.stats.stats.min)


@pytest.mark.parametrize("name", ["rocket", "friction-hopper", "safe-cheetah"])
def test_physics(name: str, benchmark) -> None:
    environment = TASKS[f"nearreal/{name}-v1"].make()
    environment.action_space.seed(0)

    def run() -> int:
        environment.reset(seed=0)
        for _ in range(STEPS):
            environment.step(environment.action_space.sample())
        return STEPS

    steps = benchmark.pedantic(run, rounds=10, warmup_rounds=1)
    benchmark.extra_info["steps a second"] = round(steps / benchmark.stats.stats.min)
