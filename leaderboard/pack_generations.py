"""Packing runs of ready models: records, outcomes, and everything that the model wrote."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.language.record import COMPLETIONS, LanguageRecord, read_language_record
from gnomon.evaluation.language.results import accuracy
from gnomon.evaluation.language.run import command_of
from gnomon.evaluation.language.suites import LANGUAGE_SUITES
from gnomon.files import hash_of
from gnomon.leaderboard.pack import Declared, Packed, packed_as, record_files
from gnomon.leaderboard.reading.contents import Contents
from gnomon.leaderboard.submission import Author, LanguageCell, LanguageSubmission, ProtocolName, generations_name


def pack_generations(
    folders: Sequence[Path], suite: str, author: Author, licence: str, note: str = ""
) -> Packed[LanguageSubmission]:
    """Make a submission of the runs of a ready model, with everything that it wrote.

    Args:
        folders: of the runs, each with a record and `completions.jsonl`.
        suite: whose tasks it was asked.
        author: who submits.
        licence: of records and completions, by its SPDX identifier.
        note: what the author wants to say.

    Raises:
        GnomonError: a record cannot be read, or completions are not those of the run.
        UsageError: no runs, runs of several models or protocols, or a field that a submission cannot have.
    """
    if suite not in LANGUAGE_SUITES:
        raise UsageError(f"{suite} is no suite of language tasks; name one: --suite {' or '.join(LANGUAGE_SUITES)}.")
    places = {folder.name: folder for folder in folders}
    records = sorted(map(read_language_record, places.values()), key=lambda record: record.task.task)
    if len({hash_of([r.model.name, r.model.facts, r.protocol.hash]) for r in records}) != 1:
        raise UsageError("A submission is the runs of one model under one protocol; name them all, and no others.")
    files: Contents = {}
    for record in records:
        files |= record_files(record, _without_place(record))
        files[generations_name(record.key)] = _completions(places[record.key], record)
    first = records[0]
    return packed_as(
        LanguageSubmission,
        files,
        Declared(author, licence, note),
        model=first.model.name,
        suite=suite,
        protocol=ProtocolName(name=first.protocol.name, hash=first.protocol.hash),
        cells=tuple(map(language_cell_of, records)),
    )


def language_cell_of(record: LanguageRecord) -> LanguageCell:
    """What a record says of its run."""
    return LanguageCell(
        key=record.key,
        task=record.task.task,
        seed=record.seed,
        items=record.protocol.rules["items"],
        samples=record.protocol.rules["samples"],
        accuracy=accuracy([record]).value,
    )


def _without_place(record: LanguageRecord) -> dict[str, Any]:
    """The record as JSON values; of a path on the author's machine the last part is left."""
    kind, _, place = record.model.reference.partition(":")
    reference = f"{kind}:{Path(place).name}" if place.startswith("/") else record.model.reference
    part = record.model.model_copy(update={"reference": reference})
    without = record.model_copy(update={"model": part})
    return without.model_copy(update={"command": command_of_record(without)}).model_dump(mode="json")


def command_of_record(record: LanguageRecord) -> str:
    """What does a run again, from the record's other parts: a stranger's own words would be copied and run."""
    rules = record.protocol
    return command_of(record.model.reference, record.task.task, rules.name, rules.rules["samples"], record.seed)


def _completions(folder: Path, record: LanguageRecord) -> bytes:
    """What the model wrote, byte for byte."""
    content = (folder / COMPLETIONS).read_bytes()
    if sha256(content).hexdigest() != record.artefacts.get(COMPLETIONS):
        raise GnomonError(f"{folder / COMPLETIONS} is not what the run wrote; move {folder} away and evaluate again.")
    return content
