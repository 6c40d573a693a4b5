"""Performing runs: load → train → judge → write. Runs of one algorithm and dataset train as one stack of seeds."""

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from math import ceil, isfinite
from pathlib import Path

from gnomon.baselines.algorithm import Metrics
from gnomon.benchmarks.contracts import Policy
from gnomon.benchmarks.policy_file import NetworkPolicy, save_policy
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.store import load_dataset
from gnomon.engines.local import report
from gnomon.errors import AlgorithmError, GnomonError, PolicyError
from gnomon.evaluation.judges.control import judge
from gnomon.evaluation.record import (
    RECORD,
    AlgorithmPart,
    CurvePoint,
    DataPart,
    ProtocolPart,
    Record,
    TaskPart,
    Training,
    where_and_when,
)
from gnomon.evaluation.run import Run
from gnomon.files import atomic_folder, hash_file, write_atomically

Stack = tuple[Run, ...]  # runs that differ in the seed alone


def stacks(runs: Sequence[Run], workers: int) -> list[Stack]:
    """Group runs that differ in the seed alone, in no fewer groups than there are workers where that is possible."""
    groups = [
        list(group)
        for _, group in groupby(runs, key=lambda run: (run.algorithm.reference, run.algorithm.digest, run.dataset))
    ]
    pieces = ceil(workers / len(groups)) if groups else 1
    return [tuple(group[start::pieces]) for group in groups for start in range(min(pieces, len(group)))]


def perform(stack: Stack) -> list[Path]:
    """Train the seeds of a stack, judge each policy, and write one record a run; returns the folders.

    Raises:
        DatasetError: the data is not what its manifest says.
        PolicyError: the algorithm returned something other than one working policy a seed.
        AlgorithmError: the algorithm raised an error. Nothing is written for a run that fails.
    """
    first = stack[0]
    dataset = load_dataset(first.dataset)
    dataset.verify_columns()
    curves: list[list[CurvePoint]] = [[] for _ in stack]

    def on_checkpoint(update: int, metrics: Metrics) -> None:
        report(len(stack) * (update - (curves[0][-1].update if curves[0] else 0)))
        for index, curve in enumerate(curves):
            curve.append(CurvePoint(update=update, metrics={name: _finite(m[index]) for name, m in metrics.items()}))

    begun = time.perf_counter()
    with _named_errors(first, "training"):
        algorithm = first.algorithm.make(first.protocol)
        policies = algorithm.train(dataset, [run.seed for run in stack], first.protocol.budget, on_checkpoint)
    training = Training(
        seconds=time.perf_counter() - begun,
        updates=first.protocol.updates,
        seeds_stacked=len(stack),
        engine=getattr(algorithm, "engine", {}),
    )
    report(len(stack) * (first.protocol.updates - (curves[0][-1].update if curves[0] else 0)))
    _check_policies(policies, stack)
    return _each_on_its_own(
        [
            partial(_judge_and_write, run, policy, dataset, training, curve)
            for run, policy, curve in zip(stack, policies, curves, strict=True)
        ]
    )


def _each_on_its_own(judged: Sequence[Callable[[], Path]]) -> list[Path]:
    """Judge every run of a stack; the first error is raised when the others have their records."""
    paths: list[Path] = []
    errors: list[GnomonError] = []
    for judge_one in judged:
        try:
            paths.append(judge_one())
        except GnomonError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return paths


def _finite(value: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return float(value) if isfinite(value) else None


@contextmanager
def _named_errors(run: Run, stage: str) -> Iterator[None]:
    """Turn whatever a user's algorithm raises into one sentence that travels between processes."""
    try:
        yield
    except PolicyError as error:
        raise PolicyError(f"{run.algorithm.name} on {run.dataset}, seed {run.seed}: {error}") from error
    except GnomonError:
        raise
    except (Exception, SystemExit) as error:
        place = f"{run.algorithm.name} failed while {stage} on {run.dataset}, seed {run.seed}"
        raise AlgorithmError(f"{place}: {type(error).__name__}: {error}") from error


def _check_policies(policies: object, stack: Stack) -> None:
    name = stack[0].algorithm.name
    if not isinstance(policies, Sequence) or len(policies) != len(stack):
        raise PolicyError(f"{name}.train must return a list of {len(stack)} policies, one a seed.")
    for policy in policies:
        if not callable(getattr(policy, "act", None)):
            raise PolicyError(
                f"{name}.train returned a {type(policy).__name__}, which has no act(observations, reset)."
            )


def _judge_and_write(run: Run, policy: Policy, dataset: Dataset, training: Training, curve: list[CurvePoint]) -> Path:
    begun = time.perf_counter()
    with _named_errors(run, "judging"):
        outcomes = judge(policy, dataset.task, run.protocol)
    seconds = time.perf_counter() - begun
    with atomic_folder(run.folder) as folder:
        artefacts = _write_artefacts(policy, folder)
        record = Record(
            key=run.key,
            algorithm=AlgorithmPart(
                name=run.algorithm.name,
                reference=run.algorithm.reference,
                digest=run.algorithm.digest,
                config=dict(run.algorithm.config),
            ),
            dataset=DataPart(
                id=dataset.id,
                recipe_hash=dataset.manifest.recipe_hash,
                content_hash=dataset.manifest.content_hash,
            ),
            task=TaskPart(
                id=dataset.task.id,
                metric=dataset.task.metric,
                random=run.scale.random,
                reference=run.scale.reference,
            ),
            protocol=ProtocolPart(name=run.protocol.name, hash=run.protocol.hash, rules=run.protocol.rules),
            seed=run.seed,
            outcomes=outcomes,
            curve=curve,
            training=training,
            evaluation_seconds=seconds,
            artefacts=artefacts,
            command=_command(run),
            **where_and_when(),
        )
        write_atomically(folder / RECORD, record.model_dump_json(indent=1) + "\n")
    return run.folder


def _write_artefacts(policy: Policy, folder: Path) -> dict[str, str]:
    """Keep the policy where its kind has a file format; returns name → SHA-256."""
    if not isinstance(policy, NetworkPolicy):
        return {}
    save_policy(policy, folder / "policy.safetensors")
    return {"policy.safetensors": hash_file(folder / "policy.safetensors")}


def _command(run: Run) -> str:
    words = ["gnomon", "evaluate", run.algorithm.reference, "--dataset", run.dataset]
    return shlex.join([*words, "--protocol", run.protocol.name, "--seed-list", str(run.seed)])
