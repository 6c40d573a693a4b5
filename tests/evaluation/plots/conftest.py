"""Results for the plots: made up from one true record, so that every number is known."""

import shutil
from pathlib import Path

import pytest

from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import CurvePoint, Record
from gnomon.evaluation.results import Results

SMALL = "maze/umaze/planner-test-v1"
SUCCESSES = {"good": [4, 4, 3], "odd $x_1$ & <b>": [2, 1, 2], "_worse": [0, 1, 0]}  # of 4 episodes, a number a seed


@pytest.fixture(scope="session")
def record(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Record:
    """A true record, to make others from."""
    rules = Protocol("tiny", "For tests.", updates=30, batch_size=32, preset="small", episodes=4, lanes=2)
    own = tmp_path_factory.mktemp("home")
    shutil.copytree(shared_home / "datasets" / SMALL, own / "datasets" / SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(own))
        return evaluate("bc", datasets=[SMALL], protocol=rules, seeds=1, workers=1).records[0]


def variant(record: Record, algorithm: str, dataset: str, seed: int, successes: int) -> Record:
    outcomes = [
        outcome.model_copy(update={"value": float(number < successes)})
        for number, outcome in enumerate(record.outcomes)
    ]
    curve = [
        CurvePoint(update=update, metrics={"loss": 1 / update + seed, "broken": None if update == 20 else 1.0})
        for update in (10, 20, 30)
    ]
    return record.model_copy(
        update={
            "algorithm": record.algorithm.model_copy(update={"name": algorithm}),
            "dataset": record.dataset.model_copy(update={"id": dataset}),
            "task": record.task.model_copy(update={"random": 0.0, "reference": 1.0}),
            "seed": seed,
            "outcomes": outcomes,
            "curve": curve,
        }
    )


@pytest.fixture(scope="session")
def results(record: Record) -> Results:
    """Three algorithms with three seeds on two datasets; scores are 25 points a success."""
    return Results(
        tuple(
            variant(record, algorithm, dataset, seed, count)
            for algorithm, counts in SUCCESSES.items()
            for dataset in ("a/b-v1", "a/c-v1")
            for seed, count in enumerate(counts)
        )
    )
