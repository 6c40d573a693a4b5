"""Training into a folder: a curve, checkpoints to go on from, and policies. Killed at any moment, it can go on.

config.json              what decides the training
rounding.json            of an online algorithm: what the fixed-point form costs in return
curve.jsonl, .parquet    a point a report
checkpoint.safetensors   everything that training changes
policy-<seed>.safetensors, or of an online algorithm checkpoints/<step>.safetensors and replay.npy
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from math import inf
from pathlib import Path
from typing import Any

from gnomon import __version__
from gnomon.baselines.algorithm import Budget, configured
from gnomon.baselines.curves import Curve, tracker_of
from gnomon.baselines.engine.checkpoint import load_checkpoint, save_checkpoint
from gnomon.baselines.engine.matmul import BACKENDS, best_backend, matmul_backend
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.engine.online import OnlineAlgorithm
from gnomon.baselines.engine.online_training import OnlineTraining
from gnomon.baselines.engine.precision import check_precision, computing_in
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.registry import BASELINES, kind_of
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.store import load_dataset
from gnomon.errors import AlgorithmError, UsageError
from gnomon.files import hash_file, hash_of, locked, write_atomically

CHECKPOINT = "checkpoint.safetensors"


@dataclass(frozen=True)
class Options:
    """What every training is told.

    Attributes:
        output: the folder.
        preset: of the algorithm's configurations.
        resume: go on from the folder's checkpoint; without it, a folder that holds one is refused.
        report: updates or steps between two points of the curve, each with a checkpoint.
        initial: folder of another online training, whose networks an online one begins with; it then acts with its
            policy where it would act at random.
        precision: of matrix products on a CUDA device (`gnomon.baselines.engine.precision`).
        trackers: names of `gnomon.baselines.curves.TRACKERS`.
        on_progress: gets the updates or steps since the last call.
    """

    output: Path
    preset: str = "published"
    resume: bool = False
    report: int = 5000
    initial: Path | None = None
    precision: str = "float32"
    trackers: Sequence[str] = ()
    on_progress: Callable[[int], None] = lambda _: None


def train_offline(
    name: str, dataset: str, seeds: Sequence[int], budget: Budget, options: Options, device: str = "cpu"
) -> list[Path]:
    """Train an offline baseline; returns the files of its policies, one a seed, and of each an ONNX one if it can.

    Raises:
        UsageError: no such baseline, preset, device or precision, or the folder holds another training.
        DatasetError: the dataset is not there, is damaged, or is not one that the algorithm can learn from.
        AlgorithmError: the parameters of a seed are not finite any more; the others have their policies.
    """
    check_kind(name, "offline")
    check_precision(options.precision, device)
    data = load_dataset(dataset)
    data.verify_columns()
    algorithm = configured(BASELINES[name], options.preset, data.task.family)
    assert isinstance(algorithm, OfflineAlgorithm)
    facts = facts_of_offline(algorithm, data, seeds, budget, options, device)
    with offline_training(facts, options):
        trainer = algorithm.trainer(data, seeds, budget, device)
        train_to_the_end(trainer, algorithm.rounds(trainer, budget.updates, options.report), facts, options)
        return _policies(algorithm, trainer, seeds, options.output)


def facts_of_offline(
    algorithm: Any, data: Dataset, seeds: Sequence[int], budget: Budget, options: Options, device: str
) -> dict[str, Any]:
    """What decides a training on a dataset (see `facts_of`)."""
    return facts_of(algorithm, options.output) | {
        "dataset": data.manifest.content_hash,
        "seeds": list(seeds),
        "budget": asdict(budget),
        "device": device,
        "precision": options.precision,
    }


@contextmanager
def offline_training(facts: Mapping[str, Any], options: Options) -> Iterator[None]:
    """The folder, the library of matrix products and the precision of a training on a dataset."""
    with (
        folder_of_its_own(options.output),
        matmul_backend(facts["matmul"]),
        computing_in(options.precision, facts["device"]),
    ):
        yield


def train_to_the_end(trainer: Trainer, rounds: Iterator[int], facts: dict[str, Any], options: Options) -> None:
    """Make the rounds, or those that a killed training has to come, with a point and a checkpoint after each."""
    curve, _ = begin_training(trainer, facts, options, "update")
    with closing(curve):
        for passes in rounds:
            options.on_progress(passes)
            curve.add(trainer.state.passes, _flat(trainer.latest(), facts["seeds"]))
            save_checkpoint(trainer.state, facts, options.output / CHECKPOINT)


def _policies(algorithm: OfflineAlgorithm[Any], trainer: Trainer, seeds: Sequence[int], folder: Path) -> list[Path]:
    diverged = trainer.state.diverged(trainer.learner)
    paths = [folder / f"policy-{seed}.safetensors" for seed in seeds]
    for number, path in enumerate(paths):
        if not diverged[number]:
            algorithm.save(algorithm.policy(trainer, number), path)
    if any(diverged):
        named = ", ".join(str(seed) for seed, is_lost in zip(seeds, diverged, strict=True) if is_lost)
        raise AlgorithmError(f"{algorithm.name} diverged: the parameters of seed {named} are not finite any more.")
    return paths


def check_kind(name: str, kind: str) -> None:
    """Refuse a baseline that is trained in another way."""
    found = kind_of(name)
    if found != kind:
        article = "an" if found[0] in "aeiou" else "a"
        raise UsageError(f"{name} is {article} {found} baseline; see: gnomon baselines info {name}")


@contextmanager
def folder_of_its_own(folder: Path) -> Iterator[None]:
    """A second process that trains into the same folder waits, and then finds a training there."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / ".lock"):
        yield


def _flat(metrics: Mapping[str, Sequence[float]], seeds: Sequence[int]) -> dict[str, float]:
    """One number a metric and seed; the seed is named where there are several."""
    only = len(seeds) == 1
    return {
        name if only else f"{name} seed {seed}": value
        for name, values in metrics.items()
        for seed, value in zip(seeds, values, strict=True)
    }


def train_online(name: str, task: str, seed: int, steps: int, options: Options) -> Path:
    """Train an online baseline on a task; returns the folder of its checkpoints.

    Each checkpoint is a policy in the form that datasets are collected with, scored on `SELECTION_EPISODES` episodes in
    the mode of collection: sampled, where the policy is a distribution.

    Raises:
        UsageError: no such baseline, task or preset, an algorithm for other actions, or a folder of another training.
    """
    check_kind(name, "online")
    chosen = get_task(task)
    algorithm = configured(BASELINES[name], options.preset, chosen.family)
    assert isinstance(algorithm, OnlineAlgorithm)
    initial = options.initial / CHECKPOINT if options.initial else None
    facts = facts_of(algorithm, options.output) | {"task": task, "seeds": [seed], "steps": steps}
    if initial:
        facts["initial"] = hash_file(initial) if initial.exists() else ""
    with folder_of_its_own(options.output), matmul_backend(facts["matmul"]):
        goes_on = (options.output / CHECKPOINT).exists() and options.resume
        training = OnlineTraining(algorithm, chosen, seed, steps, options.output / "replay.npy", goes_on, initial)
        curve, extra = begin_training(training.trainer, facts, options, "step")
        training.begin(extra)
        with closing(curve):
            while training.replay.collected < steps:
                before = training.replay.collected
                training.advance(min(options.report - before % options.report, steps - before))
                options.on_progress(training.replay.collected - before)
                curve.add(training.replay.collected, training.score(options.output / "checkpoints"))
                training.replay.flush()
                save_checkpoint(training.trainer.state, facts, options.output / CHECKPOINT, training.extra())
        rounding = json.dumps(training.rounding(), indent=1)
        write_atomically(options.output / "rounding.json", rounding + "\n")
    return options.output / "checkpoints"


def facts_of(algorithm: Any, folder: Path) -> dict[str, Any]:
    """What decides a training, besides data and seeds; one that goes on keeps its library of matrix products."""
    config = json.loads(json.dumps(asdict(algorithm.config)))
    versions = {"gnomon": __version__, "torch": version("torch")}
    return {"algorithm": algorithm.name, "config": config, "matmul": _backend(folder), "versions": versions}


def _backend(folder: Path) -> str:
    try:
        recorded = json.loads((folder / "config.json").read_text())["matmul"]
    except (OSError, ValueError, KeyError, TypeError):
        return best_backend()
    return recorded if recorded in BACKENDS else best_backend()


def begin_training(
    trainer: Trainer, facts: dict[str, Any], options: Options, axis: str
) -> tuple[Curve, dict[str, Any]]:
    """Make the folder, or go on from its checkpoint."""
    path = options.output / CHECKPOINT
    options.output.mkdir(parents=True, exist_ok=True)
    if path.exists() and not options.resume:
        raise UsageError(f"{options.output} holds a training already; add --resume to go on, or choose another folder.")
    extra = load_checkpoint(trainer.state, facts, path) if path.exists() else {"at": -inf}
    if "size" in extra:
        extra["at"] = extra.pop("size")  # what earlier checkpoints of online trainings call it
    write_atomically(options.output / "config.json", json.dumps(facts | {"hash": hash_of(facts)}, indent=1) + "\n")
    trackers = [tracker_of(name, options.output, facts["config"]) for name in options.trackers]
    curve = Curve(options.output, axis, trackers)
    curve.keep_until(extra.get("at", trainer.state.passes))
    return curve, extra
