"""Doing a recorded run again, from its record alone, and comparing the episodes.

The run is performed as its grid performed it: in a worker with one thread, by the recorded rules, whether or not a
protocol of that name is shipped, and with the recorded library of matrix products. Nothing of it is written.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gnomon import __version__
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.store import facts_of
from gnomon.engines.local import LOCAL
from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.failure import Failed
from gnomon.evaluation.grid import PRELOAD
from gnomon.evaluation.perform import Finished, Performed, perform
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import RECORD, Record
from gnomon.evaluation.run import Run, algorithm_under_test
from gnomon.evaluation.shipped import find_shipped
from gnomon.files import home


@dataclass(frozen=True)
class EpisodeDifference:
    """One episode that came out otherwise: the task's metric and the length, then and now."""

    item: int
    value: tuple[float, float]
    length: tuple[int, int]


@dataclass(frozen=True)
class Comparison:
    """A record beside the same run done again.

    Attributes:
        key: of the run.
        identical: whether all outcomes are equal, and all files of the run to the byte.
        score: then and now, on the scale that the record holds.
        episodes: how many there are.
        differences: the episodes that came out otherwise.
        files: the files of the run whose bytes differ.
        circumstances: what is known to be otherwise now: data, versions, platform.
    """

    key: str
    identical: bool
    score: tuple[float, float]
    episodes: int
    differences: tuple[EpisodeDifference, ...]
    files: tuple[str, ...]
    circumstances: tuple[str, ...]


def rerun(place: str) -> Comparison:
    """Do a run again and compare.

    Args:
        place: a record.json, the folder of a run, or the key of a run in this home or of one that comes with gnomon.

    Raises:
        UsageError: there is no such record, or the source, the configuration, the rules or the recipe of the data are
            no longer what the record says.
        GnomonError: the run fails now.
    """
    record = find_record(place)
    run = run_of(record)
    engine = record.training.engine
    again = partial(_perform_as_recorded, backend=engine.get("matmul"), device=engine.get("device", "cpu"))
    ((performed,),) = LOCAL(again, [run], 1, PRELOAD)
    if isinstance(performed, Failed):
        raise GnomonError(f"The run fails now: {performed.sentence}")
    return compare(record, performed)


def find_record(place: str) -> Record:
    """The record that a path or a key leads to.

    Raises:
        UsageError: none is there, or it cannot be read.
    """
    path = next((p for p in (Path(place), home() / "runs" / place) if p.exists()), None)
    if path is None and (shipped := find_shipped(place)) is not None:
        return shipped
    if path is None:
        raise UsageError(f"There is no record {place}; name a record.json, the folder of a run, or its key.")
    file = path / RECORD if path.is_dir() else path
    try:
        return Record.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise UsageError(f"{file} is no record of a run ({reason}).") from error


def run_of(record: Record) -> Run:
    """The plan of the recorded run.

    Raises:
        UsageError: what it is made of is no longer the same.
    """
    protocol = _protocol(record)
    part, facts = record.algorithm, facts_of(record.dataset.id)
    algorithm = algorithm_under_test(part.reference, protocol, get_task(record.task.id).family, part.tuning)
    for what, then, now in (
        ("The source of " + part.name, part.digest, algorithm.digest),
        ("The configuration of " + part.name, part.config, algorithm.config),
        ("The recipe of " + record.dataset.id, record.dataset.recipe_hash, facts.recipe_hash),
        ("The task of " + record.dataset.id, record.task.id, facts.task),
    ):
        if then != now:
            raise UsageError(
                f"{what} is no longer the same ({_shown(then)} then, {_shown(now)} now); "
                f"take the versions that the record names: gnomon {record.gnomon}."
            )
    return Run(algorithm, record.dataset.id, facts.recipe_hash, record.task.scale, record.seed, protocol)


def _shown(value: Any) -> str:
    return value[:12] if isinstance(value, str) and len(value) == 64 else str(value)


def _protocol(record: Record) -> Protocol:
    """The rules of the record; a rule that it does not know cannot be kept."""
    try:
        protocol = Protocol(name=record.protocol.name, summary="As recorded.", **record.protocol.rules)
    except TypeError as error:
        raise UsageError(f"This version of gnomon does not know a rule of the record ({error}).") from error
    if protocol.hash != record.protocol.hash:
        unknown = protocol.rules.keys() - record.protocol.rules.keys()
        raise UsageError(
            f"The record does not say all rules of this version of gnomon ({', '.join(sorted(unknown))} "
            f"is missing); take gnomon {record.gnomon}."
        )
    return protocol


def _perform_as_recorded(run: Run, backend: str | None, device: str) -> list[Performed]:
    from gnomon.baselines.engine.matmul import recorded_choice

    with recorded_choice(backend) if backend else nullcontext():
        return perform((run,), device=device)


def compare(record: Record, finished: Finished) -> Comparison:
    """The record beside what came out now."""
    now = finished.record
    differences = tuple(
        EpisodeDifference(a.item, (a.value, b.value), (a.length, b.length))
        for a, b in zip(record.outcomes, now.outcomes, strict=True)
        if a != b
    )
    names = record.artefacts.keys() | now.artefacts.keys()
    files = tuple(sorted(name for name in names if record.artefacts.get(name) != now.artefacts.get(name)))
    return Comparison(
        key=record.key,
        identical=not differences and not files,
        score=(record.score, now.score),
        episodes=len(now.outcomes),
        differences=differences,
        files=files,
        circumstances=_circumstances(record, now),
    )


def _circumstances(then: Record, now: Record) -> tuple[str, ...]:
    """A phrase for everything that may explain a difference."""
    facts = {
        "content of the dataset": (then.dataset.content_hash[:12], now.dataset.content_hash[:12]),
        "gnomon": (then.gnomon, __version__),
        "processor": (then.hardware.get("cpu"), now.hardware.get("cpu")),
    }
    for mine, other in ((then.versions, now.versions), (then.platform, now.platform)):
        facts |= {name: (mine.get(name), other.get(name)) for name in mine.keys() | other.keys()}
    return tuple(f"{name}: {was} then, {is_now} now" for name, (was, is_now) in facts.items() if was != is_now)
