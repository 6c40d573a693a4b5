"""Packing: from runs of this home to the files of a submission, whose bytes depend on the runs and the author alone."""

import json
import shlex
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Generic, TypeVar

import numpy as np
from pydantic import Field, TypeAdapter, ValidationError

from gnomon import __version__
from gnomon.benchmarks.onnx_file import save_onnx
from gnomon.benchmarks.policy_file import load_policy_file
from gnomon.errors import UsageError
from gnomon.evaluation.language.record import LanguageRecord
from gnomon.evaluation.perform import POLICY
from gnomon.evaluation.record import Record, read_record
from gnomon.evaluation.results import Results
from gnomon.files import atomic_folder, canonical_json, write_atomically
from gnomon.leaderboard.reading.contents import Contents
from gnomon.leaderboard.submission import (
    ALGORITHM,
    MANIFEST,
    AnySubmission,
    Author,
    Cell,
    FileEntry,
    LanguageSubmission,
    ProtocolName,
    Submission,
    outcomes_name,
    policy_name,
    record_name,
)

Kind = TypeVar("Kind", Submission, LanguageSubmission)
ONNX = "policy.onnx"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the least date of a zip


@dataclass(frozen=True)
class Packed(Generic[Kind]):
    """A submission and its files, `submission.json` among them."""

    submission: Kind
    files: Contents = field(repr=False)


@dataclass(frozen=True)
class Declared:
    """What the author says of a submission.

    Attributes:
        author: who submits.
        licence: of its files, by its SPDX identifier.
        note: what the author wants to say.
    """

    author: Author
    licence: str
    note: str = ""


def packed_as(kind: type[Kind], files: Contents, declared: Declared, **fields: Any) -> Packed[Kind]:
    """A submission of files.

    Raises:
        UsageError: a field that a submission cannot have.
    """
    entries = {name: FileEntry(size=len(c), sha256=sha256(c).hexdigest()) for name, c in sorted(files.items())}
    by = {"author": declared.author, "licence": declared.licence, "note": declared.note}
    try:
        submission = kind(**fields, **by, gnomon=__version__, files=entries)
    except ValidationError as error:
        raise UsageError(f"This cannot be submitted: {reasons(error)}.") from error
    return Packed(submission, {MANIFEST: canonical_json(submission.model_dump(mode="json"))} | files)


def pack(
    folders: Sequence[Path], suite: str, author: Author, licence: str, note: str = "", with_source: bool = False
) -> Packed[Submission]:
    """Make a submission of the runs of an algorithm.

    Args:
        folders: of the runs, each with a record and, where there is one, `policy.safetensors` or `policy.onnx`.
        suite: whose datasets the runs learned from.
        author: who submits.
        licence: of records and policies, by its SPDX identifier.
        note: what the author wants to say.
        with_source: put the algorithm's file into it, which is then published, and can be trained again.

    Raises:
        GnomonError: a record cannot be read.
        ComparisonError: two of the runs cannot share a table.
        UsageError: no runs, runs of several algorithms, or a field that a submission cannot have.
    """
    runs = {record.key: (record, folder) for folder in folders for record in [read_record(folder)]}
    results = Results(tuple(record for record, _ in runs.values()))
    if len(results.algorithms) != 1:
        raise UsageError(f"A submission is the runs of one algorithm; these are of {len(results.algorithms)}.")
    files: Contents = {}
    for record in results.records:
        files |= _files_of(record, runs[record.key][1])
    first = results.records[0]
    if with_source:
        files[ALGORITHM] = _source_of(first)
    return packed_as(
        Submission,
        files,
        Declared(author, licence, note),
        algorithm=first.algorithm.name,
        suite=suite,
        protocol=ProtocolName(name=first.protocol.name, hash=first.protocol.hash),
        cells=tuple(map(cell_of, results.records)),
        scores=scores_of(results.records),
    )


def cell_of(record: Record) -> Cell:
    """What a record says of its run."""
    return Cell(
        key=record.key,
        dataset=record.dataset.id,
        task=record.task.id,
        seed=record.seed,
        episodes=len(record.outcomes),
        value=record.value,
        score=record.score,
    )


def scores_of(records: Sequence[Record]) -> dict[str, float]:
    """Dataset → mean score over the seeds."""
    scores: dict[str, list[float]] = {}
    for record in records:
        scores.setdefault(record.dataset.id, []).append(record.score)
    return {dataset: float(np.mean(values)) for dataset, values in sorted(scores.items())}


def reasons(error: ValidationError) -> str:
    """Every field that is wrong, and why."""
    return "; ".join(
        f"{'.'.join(map(str, reason['loc']))}: {reason['msg']}" for reason in error.errors(include_url=False)
    )


def _files_of(record: Record, folder: Path) -> Contents:
    files = record_files(record, _without_places(record))
    model = _model_of(folder)
    return files if model is None else files | {policy_name(record.key): model}


def record_files(record: Record | LanguageRecord, value: dict[str, Any]) -> Contents:
    """The record's file, and that of its outcomes."""
    outcomes = [canonical_json(outcome) for outcome in value.pop("outcomes")]
    return {
        record_name(record.key): canonical_json(value),
        outcomes_name(record.key): b"\n".join(outcomes) + b"\n",
    }


def _without_places(record: Record) -> dict[str, Any]:
    """The record as JSON values, with the folders of the author's machine left out."""
    value = record.model_dump(mode="json")
    place, _, name = record.algorithm.reference.rpartition(":")
    if place.endswith(".py"):
        value["algorithm"]["reference"] = short = f"{Path(place).name}:{name}"
        value["command"] = record.command.replace(shlex.quote(record.algorithm.reference), shlex.quote(short))
    return value


def _source_of(record: Record) -> bytes:
    """The algorithm's file, as it was when it ran."""
    place = record.algorithm.reference.rpartition(":")[0]
    content = Path(place).read_bytes() if place.endswith(".py") and Path(place).is_file() else None
    if content is None:
        raise UsageError(
            f"{record.algorithm.reference} has no file to give; a baseline needs none to be trained again."
        )
    if sha256(content).hexdigest() != record.algorithm.digest:
        raise UsageError(f"{place} was edited since it ran; evaluate it again, or pack without --source.")
    return content


def _model_of(folder: Path) -> bytes | None:
    """The policy of a run as ONNX; none where it has no such file and none that can be exported."""
    if (folder / ONNX).is_file():
        return (folder / ONNX).read_bytes()
    if not (folder / POLICY).is_file():
        return None
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / ONNX
        save_onnx(load_policy_file(folder / POLICY), path)
        return path.read_bytes()


def write_packed(files: Mapping[str, bytes], output: Path) -> None:
    """Write the files as a zip, where the name ends so, else as a folder that takes the place of what was there.

    Raises:
        UsageError: there is a folder of that name already that is no submission.
    """
    if output.suffix == ".zip":
        write_atomically(output, zipped(files))
        return
    if output.exists() and not (output / MANIFEST).is_file():
        raise UsageError(f"{output} is there already and is no submission; name a new folder, or a file like my.zip.")
    with atomic_folder(output) as folder:
        for name, content in files.items():
            write_atomically(folder / name, content)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of equal bytes for equal files: sorted, undated, and stored, as what deflating gives depends on zlib."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def schema() -> str:
    """The JSON Schema of `submission.json`, which is published as `leaderboard/submission.schema.json`."""
    either = Annotated[AnySubmission, Field(discriminator="kind", title="Submission")]
    return json.dumps(TypeAdapter(either).json_schema(), indent=1, sort_keys=True) + "\n"
