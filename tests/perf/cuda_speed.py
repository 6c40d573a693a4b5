"""Updates a second on a CUDA device: 1, 8 and 32 stacked seeds, with and without a captured graph.

.venv/bin/python tests/perf/cuda_speed.py
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))
from test_training_speed import ACTION, ALGORITHMS, BATCH, OBSERVATION, made_up_data

from gnomon.baselines.engine import trainer as engine
from gnomon.baselines.engine.data import Packed

UPDATES = 2000


def rate(name: str, data: Packed, seeds: int) -> float:
    """Updates a second of all seeds together."""
    algorithm = ALGORITHMS[name][0]
    learner = algorithm.learner(OBSERVATION, ACTION, BATCH)
    trainer = engine.Trainer(learner, data, range(seeds), [algorithm.config] * seeds, BATCH, 10**6)
    trainer.advance(100)
    torch.cuda.synchronize()
    begun = time.perf_counter()
    trainer.advance(UPDATES)
    torch.cuda.synchronize()
    return UPDATES * seeds / (time.perf_counter() - begun)


def without_graphs(passes: engine.Stacked) -> Callable[[], None]:
    """In place of `cycle_of`: the passes one by one."""

    def cycle() -> None:
        for position in range(1, passes.cycle + 1):
            passes.one(position)

    return cycle


def main() -> None:
    """Print a line for each algorithm and number of seeds."""
    if not torch.cuda.is_available():
        sys.exit("There is no CUDA device here.")
    source, captured = made_up_data(), engine.cycle_of
    data = Packed(source.rows.cuda(), source.places, (source.mean, source.scale), (source.low, source.high))
    print(torch.cuda.get_device_name())
    for name in ALGORITHMS:
        for seeds in (1, 8, 32):
            engine.cycle_of = without_graphs
            eager = rate(name, data, seeds)
            engine.cycle_of = captured
            graph = rate(name, data, seeds)
            print(f"{name:8} {seeds:3} seeds: eager {eager:9,.0f}, graph {graph:9,.0f} seed-updates a second")


if __name__ == "__main__":
    main()
