"""Performing runs in a worker: load → train → judge. What happened is returned by value; the driver writes it.

Runs of one algorithm and dataset train as one stack of seeds.
"""

import faulthandler
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from gnomon.baselines.algorithm import Metrics, takes_device
from gnomon.benchmarks.contracts import Policy
from gnomon.benchmarks.hierarchical_policy import HierarchicalPolicy, save_hierarchical_policy
from gnomon.benchmarks.policy_file import NetworkPolicy, save_policy
from gnomon.benchmarks.transformer_policy import TransformerPolicy, save_transformer_policy
from gnomon.datasets.build import build_dataset
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.store import load_dataset
from gnomon.engines.local import report
from gnomon.errors import AlgorithmError, GnomonError, PolicyError
from gnomon.evaluation.failure import Failed, TimeUp
from gnomon.evaluation.judges.control import judge
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
from gnomon.evaluation.run import Run
from gnomon.files import hash_file

Stack = tuple[Run, ...]  # runs that differ in the seed alone
GRACE = 30.0  # seconds that an algorithm has to end by itself, when its time is up
POLICY = "policy.safetensors"
FILES: dict[type, tuple[str, Callable[[Any, Path], None]]] = {  # of policies that can be kept: name, and who writes it
    NetworkPolicy: (POLICY, save_policy),
    HierarchicalPolicy: ("hierarchical-policy.safetensors", save_hierarchical_policy),
    TransformerPolicy: ("transformer-policy.safetensors", save_transformer_policy),
}


@dataclass(frozen=True)
class Finished:
    """A run that was performed: its record, and name → content of its files."""

    record: Record
    artefacts: dict[str, bytes]


Performed = Finished | Failed


def perform(stack: Stack, time_limit: float | None = None, device: str = "cpu") -> list[Performed]:
    """Train the seeds of a stack and judge each policy; what happened to each of the runs, in their order.

    Args:
        stack: runs that differ in the seed alone.
        time_limit: seconds for each of them.
        device: where the algorithm trains; one that takes none is told nothing.
    """
    performed: list[Performed] = []
    try:
        with _limited(time_limit, len(stack)):
            for one in _performed(stack, device):
                performed.append(one)  # noqa: PERF402  # one by one, so that what is over stays when time is up
    except (Exception, TimeUp) as error:
        together = not performed and len(stack) > 1
        performed += [Failed.of(error, _sentence(run, error), together) for run in stack[len(performed) :]]
    return performed


def _sentence(run: Run, error: BaseException) -> str:
    """The error's own sentence, where it says which run it was."""
    named = isinstance(error, GnomonError) and run.algorithm.name in str(error)
    return str(error) if named else f"{run.place}: {error if isinstance(error, GnomonError | TimeUp) else repr(error)}"


@contextmanager
def _limited(time_limit: float | None, runs: int) -> Iterator[None]:
    """Raise TimeUp in the block when the time of its runs is over; end the process where that does not help.

    The alarm reaches Python code only between two steps of the interpreter; what ends the process is a thread of C.
    """
    if time_limit is None:
        yield
        return

    def raise_time_up(*_: object) -> None:
        raise TimeUp(f"it took longer than its time limit of {time_limit:g} s.")

    seconds = time_limit * runs
    before = signal.signal(signal.SIGALRM, raise_time_up)
    faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=sys.__stderr__ or sys.stderr)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


def _performed(stack: Stack, device: str) -> Iterator[Performed]:
    """What happened to each run, judged one after the other when all are trained."""
    dataset = _dataset(stack[0].dataset)
    policies, training, curves = _train(stack, dataset, device)
    for run, policy, curve in zip(stack, policies, curves, strict=True):
        try:
            yield _judged(run, policy, dataset, training, curve)
        except GnomonError as error:
            yield Failed.of(error, _sentence(run, error), together=False)


def _dataset(id: str) -> Dataset:
    """The dataset, whose bytes are checked. A machine that does not share the driver's disk may have to build it."""
    dataset = build_dataset(id, workers=1) if id in RECIPES else load_dataset(id)
    dataset.verify_columns()
    return dataset


def _train(stack: Stack, dataset: Dataset, device: str) -> tuple[Sequence[Policy], Training, list[list[CurvePoint]]]:
    first, seeds = stack[0], [run.seed for run in stack]
    curves: list[list[CurvePoint]] = [[] for _ in stack]

    def on_checkpoint(update: int, metrics: Metrics) -> None:
        report(len(stack) * (update - (curves[0][-1].update if curves[0] else 0)))
        for index, curve in enumerate(curves):
            curve.append(CurvePoint(update=update, metrics={name: _finite(m[index]) for name, m in metrics.items()}))

    begun = time.perf_counter()
    with _named_errors(first, "training"):
        algorithm = first.algorithm.make(first.protocol)
        train: Callable[..., Sequence[Policy]] = algorithm.train
        where = {"device": device} if takes_device(algorithm) else {}
        policies = train(dataset, seeds, first.protocol.budget, on_checkpoint, **where)
    training = Training(
        seconds=time.perf_counter() - begun,
        updates=first.protocol.updates,
        seeds_stacked=len(stack),
        engine=getattr(algorithm, "engine", {}),
    )
    report(len(stack) * (first.protocol.budget.work - (curves[0][-1].update if curves[0] else 0)))
    _check_policies(policies, stack)
    return policies, training, curves


def _finite(value: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return float(value) if isfinite(value) else None


@contextmanager
def _named_errors(run: Run, stage: str) -> Iterator[None]:
    """Turn whatever a user's algorithm raises into one sentence that travels between processes."""
    try:
        yield
    except PolicyError as error:
        raise PolicyError(f"{run.place}: {error}") from error
    except GnomonError:
        raise
    except (Exception, SystemExit) as error:
        place = f"{run.algorithm.name} failed while {stage} on {run.dataset}, seed {run.seed}"
        raise AlgorithmError(f"{place}: {type(error).__name__}: {error}") from error


def _check_policies(policies: Any, stack: Stack) -> None:
    name = stack[0].algorithm.name
    if not isinstance(policies, Sequence) or len(policies) != len(stack):
        raise PolicyError(f"{name}.train must return a list of {len(stack)} policies, one a seed.")
    for policy in policies:
        if not callable(getattr(policy, "act", None)):
            raise PolicyError(
                f"{name}.train returned a {type(policy).__name__}, which has no act(observations, reset)."
            )


def _judged(run: Run, policy: Policy, dataset: Dataset, training: Training, curve: list[CurvePoint]) -> Finished:
    begun, task = time.perf_counter(), dataset.task.judged
    with _named_errors(run, "judging"):
        outcomes = judge(policy, task, run.protocol)
    seconds = time.perf_counter() - begun
    artefacts, hashes = _artefacts(policy)
    record = Record(
        key=run.key,
        algorithm=AlgorithmPart.of(run.algorithm),
        dataset=DataPart(
            id=dataset.id,
            recipe_hash=dataset.manifest.recipe_hash,
            content_hash=dataset.manifest.content_hash,
        ),
        task=TaskPart.of(task, run.scale),
        protocol=ProtocolPart.of(run.protocol),
        seed=run.seed,
        outcomes=outcomes,
        curve=curve,
        training=training,
        evaluation_seconds=seconds,
        artefacts=hashes,
        command=run.command,
        **where_and_when(),
    )
    return Finished(record, artefacts)


def _artefacts(policy: Policy) -> tuple[dict[str, bytes], dict[str, str]]:
    """The policy where its kind has a file format: name → content, and name → SHA-256."""
    name, save = FILES.get(type(policy), ("", None))
    if save is None:
        return {}, {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        save(policy, file)
        return {name: file.read_bytes()}, {name: hash_file(file)}
