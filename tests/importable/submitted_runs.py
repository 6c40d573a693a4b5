"""What the tests of submissions are made of: true runs of small networks on a pole and a cart, which nobody trained."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gnomon.baselines.algorithm import Tuning
from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.recipes import RECIPES
from gnomon.evaluation.judges.control import judge
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import (
    AlgorithmPart,
    CurvePoint,
    DataPart,
    ProtocolPart,
    Record,
    TaskPart,
    Training,
    where_and_when,
)
from gnomon.evaluation.run import AlgorithmUnderTest, Run
from gnomon.leaderboard.submission import Author

DATASETS = ("discrete/cartpole/expert-v1", "discrete/cartpole/mixed-v1")
PROTOCOL = Protocol("tiny", "For tests.", updates=1, batch_size=1, preset="small", episodes=6, lanes=3)
ADA = Author(name="Ada Lovelace", contact="ada@example.org")
ALGORITHM = AlgorithmUnderTest(
    "pole-net", "/home/ada/secret/net.py:Net", "ab" * 32, {"hidden": [8]}, "discrete", Tuning(1, 0)
)


@dataclass(frozen=True)
class Made:
    """A folder of runs, and the records by key."""

    folders: tuple[Path, ...]
    records: dict[str, Record]


def network(seed: int) -> NetworkPolicy:
    stream, empty = np.random.default_rng(seed), np.zeros(0, np.float32)
    weights = tuple(stream.normal(size=size).astype(np.float32) for size in ((4, 8), (8, 2)))
    biases = (np.zeros(8, np.float32), np.zeros(2, np.float32))
    return NetworkPolicy(np.zeros(4, np.float32), np.ones(4, np.float32), weights, biases, empty, empty, "argmax")


def record_of(dataset: str, seed: int, policy: NetworkPolicy) -> Record:
    """A true record of an untrained policy."""
    recipe, task = RECIPES[dataset], get_task(RECIPES[dataset].task)
    run = Run(ALGORITHM, dataset, recipe.hash, task.scale, seed, PROTOCOL)
    return Record(
        key=run.key,
        algorithm=AlgorithmPart.of(ALGORITHM),
        dataset=DataPart(id=dataset, recipe_hash=recipe.hash, content_hash="cd" * 32),
        task=TaskPart.of(task, task.scale),
        protocol=ProtocolPart.of(PROTOCOL),
        seed=seed,
        outcomes=judge(policy, task, PROTOCOL),
        curve=[CurvePoint(update=1, metrics={"loss": 0.5, "odd": None})],
        training=Training(seconds=1.0, updates=1, seeds_stacked=3),
        evaluation_seconds=0.5,
        artefacts={},
        command=f"gnomon evaluate {ALGORITHM.reference} --dataset {dataset}",
        **where_and_when(),
    )
