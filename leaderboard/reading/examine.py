"""Names and bytes → a submission with its records and policies, and every fault with its place. Runs in the child."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gnomon.evaluation.language.record import LanguageRecord
from gnomon.evaluation.outcomes import Outcome
from gnomon.evaluation.record import Record
from gnomon.files import canonical_json
from gnomon.findings import Finding
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.reading.contents import Contents, Refused, contents_of, kind_of
from gnomon.leaderboard.reading.generations import digest_of, faults, generation, language_outcome
from gnomon.leaderboard.reading.json_values import safe_json
from gnomon.leaderboard.reading.reader import Reading
from gnomon.leaderboard.submission import (
    ALGORITHM,
    KINDS,
    MANIFEST,
    AnySubmission,
    Cell,
    Kind,
    LanguageCell,
    LanguageSubmission,
    Submission,
    generations_name,
    outcomes_name,
    policy_name,
    record_name,
)
from gnomon.leaderboard.verify.gate import ModelFacts, facts_of_model

Model = TypeVar("Model", bound=BaseModel)
Line = TypeVar("Line", bound=BaseModel)
AnyRecord = TypeVar("AnyRecord", Record, LanguageRecord)
AnyCell = Cell | LanguageCell
Names = tuple[str, ...]
MOST_REASONS = 20  # of one file
LONGEST_LINE = 4096  # bytes of an episode


def examine(path: Path) -> tuple[Reading, Contents]:
    """What a path holds, and the files of it, written anew.

    Whatever happens while it is read is a finding: this is where a stranger's bytes meet our parsers.
    """
    try:
        files, findings = contents_of(path)
        return _examined(files, findings)
    except Refused as error:
        return _unreadable(f"It {error}.")
    except MemoryError:
        return _unreadable("It takes more memory than reading may take.")
    except (OSError, RecursionError, ValueError) as error:
        return _unreadable(f"It cannot be read ({shown(str(error), 120)}).")


def _unreadable(sentence: str) -> tuple[Reading, Contents]:
    return Reading(findings=[Finding("readable", "error", "", sentence)]), {}


def _examined(files: Contents, findings: list[Finding]) -> tuple[Reading, Contents]:
    if MANIFEST not in files:
        absent = Finding("readable", "error", MANIFEST, "There is no such file, so this is no submission.")
        return Reading(findings=[*findings, absent]), {}
    examined = _Examined(files, findings)
    submission = examined.submission()
    if submission is None:
        return Reading(findings=examined.findings), {}
    files[MANIFEST] = canonical_json(submission.model_dump(mode="json"))
    examined.check_files(submission)
    if isinstance(submission, LanguageSubmission):
        return _language_reading(examined, submission), files
    records = {cell.key: record for cell in submission.cells if (record := examined.record(cell)) is not None}
    models = {cell.key: facts for cell in submission.cells if (facts := examined.policy(cell)) is not None}
    return Reading(findings=examined.findings, submission=submission, records=records, models=models), files


def _language_reading(examined: "_Examined", submission: LanguageSubmission) -> Reading:
    read = {cell.key: examined.language_record(cell) for cell in submission.cells}
    records = {key: record for key, record in read.items() if record is not None}
    written = {cell.key: examined.written(cell, records[cell.key]) for cell in submission.cells if cell.key in records}
    return Reading(findings=examined.findings, submission=submission, language_records=records, written=written)


def _names_of(submission: AnySubmission) -> Iterator[str]:
    """The files that the runs of a submission may have."""
    yield from [ALGORITHM] if isinstance(submission, Submission) else []
    for cell in submission.cells:
        yield from (*cell.files, *cell.further_files)


def episode(line: bytes) -> Outcome:
    """An episode of a line; raises ValueError where it is none."""
    return Outcome.model_validate_json(safe_json(line, LONGEST_LINE))


class _Examined:
    """The files of a submission, and what was found in them so far."""

    def __init__(self, files: Contents, findings: list[Finding]) -> None:
        self.files, self.findings = files, findings

    def find(self, rule: str, where: str, sentence: str) -> None:
        self.findings.append(Finding(rule, "error", shown(where, 120), shown(sentence)))

    def submission(self) -> AnySubmission | None:
        """What `submission.json` says, as the model of its kind."""
        said = self.model(MANIFEST, MANIFEST, Kind, lambda: safe_json(self.files[MANIFEST]))
        return said and self.model(MANIFEST, MANIFEST, KINDS[said.kind], lambda: safe_json(self.files[MANIFEST]))

    def check_files(self, submission: AnySubmission) -> None:
        """Every file that is listed is there with that content, belongs to a run, and there is no other."""
        for name in sorted(submission.files.keys() | self.files.keys() - {MANIFEST}):
            entry, content = submission.files.get(name), self.files.get(name)
            if entry is None:
                self.find("files", name, "The file is not listed in submission.json.")
            elif content is None:
                self.find("files", name, "The file is listed in submission.json and missing.")
            elif (len(content), sha256(content).hexdigest()) != (entry.size, entry.sha256):
                self.find("files", name, "The file has another size or hash than submission.json says.")
        for name in sorted(submission.files.keys() - set(_names_of(submission))):
            self.find("files", name, f"No run of a submission of the kind {submission.kind} has this file.")

    def model(self, name: str, where: str, kind: type[Model], made: Callable[[], bytes]) -> Model | None:
        """The model that a file's JSON makes; none where it makes none, and the reasons are found."""
        if (other := kind_of(self.files[name])) is not None:
            self.find("readable", where, f"{name} is {other}.")
            return None
        try:
            return kind.model_validate_json(made())
        except ValidationError as error:
            for reason in error.errors(include_url=False, include_input=False)[:MOST_REASONS]:
                place = ".".join(map(str, reason["loc"]))
                self.find("readable", where, f"{name}: {place or 'the whole'}: {reason['msg']}.")
        except ValueError as error:
            self.find("readable", where, f"{name} {error}.")
        except (ArithmeticError, LookupError, TypeError) as error:  # of a model's own checks
            self.find("readable", where, f"{name} lacks what its other parts speak of ({error!r}).")
        return None

    def record(self, cell: Cell) -> Record | None:
        """A run's record with its episodes."""
        record = self._record(cell, Record, episode)
        return record and self._of_cell(cell, record, (record.dataset.id, record.task.id), (cell.dataset, cell.task))

    def language_record(self, cell: LanguageCell) -> LanguageRecord | None:
        """A run's record with its samples."""
        record = self._record(cell, LanguageRecord, language_outcome)
        return record and self._of_cell(cell, record, (record.task.task,), (cell.task,))

    def _record(self, cell: AnyCell, kind: type[Model], outcome: Callable[[bytes], BaseModel]) -> Model | None:
        """A record of a kind, unless a file is missing or cannot be read."""
        absent = [name for name in cell.files if name not in self.files]
        for name in absent:
            self.find("complete", cell.place, f"{name} is missing.")
        name = record_name(cell.key)
        return None if absent else self.model(name, cell.place, kind, lambda: self._joined(cell.key, outcome))

    def _of_cell(self, cell: AnyCell, record: AnyRecord, said: Names, wanted: Names) -> AnyRecord | None:
        """The record, where it is that of the run."""
        if (record.key, record.seed, *said) == (cell.key, cell.seed, *wanted):
            return record
        sentence = f"{record_name(cell.key)} is the record of another run than submission.json says."
        self.find("files", cell.place, sentence)
        return None

    def _joined(self, key: str, outcome: Callable[[bytes], BaseModel]) -> bytes:
        """The JSON of a record with the outcomes of another file."""
        head = safe_json(self.files[record_name(key)])
        if not head.startswith(b"{") or b'"outcomes":' in head:
            raise ValueError("is no record without outcomes")
        try:
            outcomes = [one.model_dump_json().encode() for one in self._lines(outcomes_name(key), outcome)]
        except ValueError as error:
            raise ValueError(f"cannot be read: {error}") from error
        return b"%s,%s" % (head[:-1], b'"outcomes":[%s]}' % b",".join(outcomes))

    def _lines(self, name: str, parsed: Callable[[bytes], Line]) -> Iterator[Line]:
        """What the lines of a file say; raises ValueError at the first that says nothing."""
        for number, line in enumerate(self.files[name].splitlines(), 1):
            try:
                yield parsed(line)
            except ValidationError as error:
                reason = error.errors(include_url=False, include_input=False)[0]
                place = ".".join(map(str, reason["loc"])) or "the whole"
                raise ValueError(f"line {number:,} of {name}: {place}: {reason['msg']}") from error
            except ValueError as error:
                raise ValueError(f"line {number:,} of {name} {error}") from error

    def written(self, cell: LanguageCell, record: LanguageRecord) -> str:
        """A hash of a run's completions; empty where they say nothing, or are not those of its outcomes."""
        name = generations_name(cell.key)
        try:
            generations = list(self._lines(name, generation))
        except ValueError as error:
            self.find("readable", cell.place, f"The completions cannot be read: {error}.")
            return ""
        for fault in faults(generations, record.outcomes):
            self.find("generations", cell.place, f"{name} {fault}.")
        return digest_of(generations)

    def policy(self, cell: Cell) -> ModelFacts | None:
        """What is known of a run's policy; none where there is none, or it does not pass the gate."""
        name = policy_name(cell.key)
        if (content := self.files.get(name)) is None:
            return None
        if (kind := kind_of(content)) is not None:
            self.find("policy", cell.place, f"{name} is {kind}.")
            return None
        facts, objections = facts_of_model(content)
        for objection in objections[:MOST_REASONS]:
            self.find("policy", cell.place, f"{name} {objection}.")
        return facts
