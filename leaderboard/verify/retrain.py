"""Re-training, level L3: the algorithm learns again, and its policies are compared with the claimed ones.

The algorithm's file is a stranger's program. It runs inside the sandbox, with the dataset and our packages to be read
only, a scratch folder that vanishes, and the first filter of the calls; without a sandbox it is not run. What comes out
are models of a stranger: each passes the gate, and plays in the policies' own, narrower sandbox.

It learns from secret seeds, as many as were claimed, so that a claim of the best seeds among many is found. The
policies play the episodes that every run is judged on. What varies is the seed: a run's score is one number, and the
tests are those of `gnomon.leaderboard.verify.equivalence` for two samples.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from gnomon.baselines.registry import BASELINES
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.build import build_dataset
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.store import load_dataset
from gnomon.errors import PolicyError
from gnomon.evaluation.comparison import holm
from gnomon.evaluation.protocol import PROTOCOLS
from gnomon.evaluation.record import Record
from gnomon.evaluation.run import algorithm_under_test
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.submission import ALGORITHM, Submission
from gnomon.leaderboard.verify.boxed_policy import LENGTH, LONGEST_SENTENCE, boxed_policy
from gnomon.leaderboard.verify.equivalence import DIFFERENCE_ERROR, Difference, of_samples
from gnomon.leaderboard.verify.gate import LARGEST
from gnomon.leaderboard.verify.gate_child import objections_to
from gnomon.leaderboard.verify.reevaluate import contract_of, played
from gnomon.leaderboard.verify.sandbox import (
    HERE,
    Room,
    SandboxLimits,
    our_packages,
    output_of,
    require_sandbox,
    started,
)

TRAINING = SandboxLimits(memory=24 << 30, processor=8 * 3600, files=256, written=LARGEST)
PATIENCE = 10 * 3600.0  # seconds for all seeds of a dataset
SCRATCH = 256 << 20  # bytes
FILE = "/job/algorithm.py"
ENVIRONMENT = {
    "GNOMON_HOME": "/data",
    "HOME": "/tmp",  # noqa: S108  # inside
    "MKL_NUM_THREADS": "1",
    "MUJOCO_GL": "disable",
    "PYGLFW_LIBRARY": "/packages/glfw/x11/libglfw.so",  # else the package starts a process that looks for it
}


@dataclass(frozen=True)
class Retrained:
    """What the algorithm reached on one dataset.

    Attributes:
        claimed, again: scores, one a seed.
        content_hash: of the dataset here; the records have that of the author's.
    """

    dataset: str
    claimed: tuple[float, ...]
    again: tuple[float, ...]
    content_hash: str


@dataclass(frozen=True)
class Retraining:
    """What the tests say of all datasets together; see `gnomon.leaderboard.verify.reevaluate.Verdict`."""

    difference: Difference
    datasets: tuple[Retrained, ...]
    p: dict[str, float]
    margin: float
    is_refuted: bool
    is_shown: bool
    reason: str

    def as_json(self) -> dict[str, Any]:
        """As JSON values, where infinitely many degrees of freedom are none."""
        value = asdict(self)
        if np.isinf(value["difference"]["degrees"]):
            value["difference"]["degrees"] = None
        return value


def objection_to_training(submission: Submission, records: Mapping[str, Record]) -> str | None:
    """Why an algorithm cannot be trained again here, as a sentence; none where it can."""
    part = next(iter(records.values())).algorithm
    if {record.algorithm.digest for record in records.values()} != {part.digest}:
        return "Its runs are of several versions of the algorithm."
    if ALGORITHM in submission.files:
        same = submission.files[ALGORITHM].sha256 == part.digest
        return None if same else f"{ALGORITHM} is not the file that ran."
    if part.reference not in BASELINES:
        return "The algorithm is no baseline, and its file is not in the submission: pack it with --source."
    protocol = next(iter(records.values())).protocol
    here = algorithm_under_test(part.reference, PROTOCOLS[protocol.name], "")
    return None if here.digest == part.digest else f"The source of {part.reference} is another in this version."


def retrain(
    records: Sequence[Record],
    source: bytes | None,
    secret: str,
    limits: SandboxLimits = TRAINING,
    on_progress: Callable[[str, int, int], None] = lambda *_: None,
) -> tuple[Retrained, ...]:
    """Train an algorithm again on every dataset of its runs, and judge the policies.

    Args:
        records: the claim, runs of one algorithm.
        source: the file of an algorithm that is no baseline.
        secret: what nobody could know when the runs were submitted.
        limits: what training may take.
        on_progress: see `gnomon.evaluation.evaluate.evaluate`.

    Raises:
        PolicyError: the algorithm fails, is late, or makes what is no policy of the task.
        GnomonError: there is no sandbox, or no dataset.
    """
    require_sandbox()
    by_dataset: dict[str, list[Record]] = {}
    for record in records:
        by_dataset.setdefault(record.dataset.id, []).append(record)
    done = []
    for name, claimed in sorted(by_dataset.items()):
        done.append(_on_dataset(_dataset(name), claimed, source, secret, limits))
        on_progress("re-training", 1, len(by_dataset))
    return tuple(done)


def verdict(datasets: Sequence[Retrained], margin: float) -> Retraining:
    """Compare the scores of claimed and of new seeds.

    The claim is refuted where they differ on a dataset, and shown where they are equivalent over all of them.
    """
    samples = {one.dataset: [(one.again, one.claimed)] for one in datasets}
    p = dict(zip(samples, holm([of_samples({name: runs}).p for name, runs in samples.items()]), strict=True))
    difference = of_samples(samples)
    different = [name for name, value in p.items() if value < DIFFERENCE_ERROR]
    is_shown = not different and difference.is_within(margin)
    reason = _reason(difference, different, margin, is_shown)
    return Retraining(difference, tuple(datasets), p, margin, bool(different), is_shown, reason)


def _reason(difference: Difference, different: list[str], margin: float, is_shown: bool) -> str:
    between = f"{difference.value:+.1f} [{difference.lower:+.1f}, {difference.upper:+.1f}] points"
    if different:
        return f"On {', '.join(different)} the algorithm reaches other scores with fresh seeds than was claimed."
    if is_shown:
        return f"Re-trained seeds less claimed ones: {between}, within the margin of {margin:g}."
    return (
        f"Re-trained seeds less claimed ones: {between}; this neither contradicts the claim nor shows it within the "
        f"margin of {margin:g}. Submit more seeds."
    )


def _dataset(id: str) -> Dataset:
    """The dataset with its columns, made by our own recipe where it is not here."""
    dataset = build_dataset(id, workers=1) if id in RECIPES else load_dataset(id)
    dataset.verify_columns()
    return dataset


def _on_dataset(
    dataset: Dataset, claimed: Sequence[Record], source: bytes | None, secret: str, limits: SandboxLimits
) -> Retrained:
    seeds = [seed_of("verify", f"{secret} {dataset.id}", number) >> 31 for number in range(len(claimed))]
    models = trained(dataset, claimed[0], source, seeds, limits)
    return Retrained(
        dataset.id,
        tuple(record.score for record in claimed),
        tuple(_score(claimed[0], model) for model in models),
        dataset.manifest.content_hash,
    )


def _score(record: Record, model: bytes) -> float:
    """What a model reaches in the episodes that the record was judged on, on its scale."""
    if objections := objections_to(model):
        raise PolicyError(f"A policy that was trained again {objections[0]}.")
    task, lanes = get_task(record.task.id), int(record.protocol.rules["lanes"])
    same = [seed_of("evaluate", task.id, outcome.item) for outcome in record.outcomes]
    with boxed_policy(model, contract_of(task.id, lanes)) as policy:
        values = [outcome.value for outcome in played(task, policy, same, lanes)]
    return float(record.task.scale.score(float(np.mean(values))))


def trained(
    dataset: Dataset, record: Record, source: bytes | None, seeds: Sequence[int], limits: SandboxLimits
) -> list[bytes]:
    """Train inside; the models that came out, one a seed, which nobody has looked at yet.

    Raises:
        PolicyError: the algorithm fails, is late, or makes too little or too much.
    """
    job = {
        "reference": _reference(record, source),
        "config": record.algorithm.config,
        "dataset": dataset.id,
        "family": dataset.task.family,
        "rules": record.protocol.rules,
        "seeds": list(seeds),
    }
    with TemporaryDirectory() as folder:
        file = Path(folder) / "algorithm.py"
        if source is not None:
            file.write_bytes(source)
        with started(HERE / "trainer.py", [json.dumps(job)], limits, _room(dataset, file)) as process:
            output = output_of(process, len(seeds) * (LARGEST + 8), PATIENCE)
    if output is None:
        raise PolicyError(f"The algorithm took more than {PATIENCE / 3600:g} h.")
    models = list(_models(output))
    if len(models) != len(seeds):
        raise PolicyError(f"The algorithm made {len(models)} policies for {len(seeds)} seeds, or was ended.")
    return models


def _reference(record: Record, source: bytes | None) -> str:
    name = record.algorithm.reference.rpartition(":")[2]
    return record.algorithm.reference if source is None else f"{FILE}:{name}"


def _room(dataset: Dataset, file: Path) -> Room:
    """The packages, our own among them, the algorithm's file and the dataset."""
    shown = {**our_packages(), FILE: file, f"/data/datasets/{dataset.id}": dataset.path}
    return Room(shown, ENVIRONMENT, SCRATCH)


def _models(output: bytes) -> Iterator[bytes]:
    """The frames; raises what a frame with a sentence says."""
    start = 0
    while start + 1 + LENGTH.size <= len(output):
        letter, length = output[start : start + 1], LENGTH.unpack_from(output, start + 1)[0]
        start += 1 + LENGTH.size
        content = output[start : start + length]
        if letter == b"E":
            said = shown(content[:LONGEST_SENTENCE].decode(errors="replace"))
            raise PolicyError(f"The algorithm failed in the sandbox: {said}")
        if letter != b"P" or len(content) < length:
            return
        yield content
        start += length
