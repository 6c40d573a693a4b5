"""Names and bytes → a submission with its records and policies, and every fault with its place. Runs in the child."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gnomon.evaluation.outcomes import Outcome
from gnomon.evaluation.record import Record
from gnomon.files import canonical_json
from gnomon.findings import Finding
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.reading.contents import Contents, Refused, contents_of, kind_of
from gnomon.leaderboard.reading.json_values import safe_json
from gnomon.leaderboard.reading.reader import Reading
from gnomon.leaderboard.submission import MANIFEST, Cell, Submission, outcomes_name, policy_name, record_name
from gnomon.leaderboard.verify.gate import ModelFacts, facts_of_model

Model = TypeVar("Model", bound=BaseModel)
MOST_REASONS = 20  # of one file
LONGEST_LINE = 4096  # bytes of an outcome


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
    submission = examined.model(MANIFEST, MANIFEST, Submission, lambda: safe_json(files[MANIFEST]))
    if submission is None:
        return Reading(findings=examined.findings), {}
    files[MANIFEST] = canonical_json(submission.model_dump(mode="json"))
    examined.check_files(submission)
    records = {cell.key: record for cell in submission.cells if (record := examined.record(cell)) is not None}
    models = {cell.key: facts for cell in submission.cells if (facts := examined.policy(cell)) is not None}
    return Reading(findings=examined.findings, submission=submission, records=records, models=models), files


class _Examined:
    """The files of a submission, and what was found in them so far."""

    def __init__(self, files: Contents, findings: list[Finding]) -> None:
        self.files, self.findings = files, findings

    def find(self, rule: str, where: str, sentence: str) -> None:
        self.findings.append(Finding(rule, "error", shown(where, 120), shown(sentence)))

    def check_files(self, submission: Submission) -> None:
        """Every file that is listed is there with that content, and no other."""
        for name in sorted(submission.files.keys() | self.files.keys() - {MANIFEST}):
            entry, content = submission.files.get(name), self.files.get(name)
            if entry is None:
                self.find("files", name, "The file is not listed in submission.json.")
            elif content is None:
                self.find("files", name, "The file is listed in submission.json and missing.")
            elif (len(content), sha256(content).hexdigest()) != (entry.size, entry.sha256):
                self.find("files", name, "The file has another size or hash than submission.json says.")

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
        """A run's record with its outcomes."""
        names = record_name(cell.key), outcomes_name(cell.key)
        absent = [name for name in names if name not in self.files]
        for name in absent:
            self.find("complete", cell.place, f"{name} is missing.")
        if absent:
            return None
        record = self.model(names[0], cell.place, Record, lambda: self._joined(*names))
        if record is not None and (record.key, record.dataset.id, record.task.id, record.seed) != cell.run:
            self.find("files", cell.place, f"{names[0]} is the record of another run than submission.json says.")
            return None
        return record

    def _joined(self, record: str, outcomes: str) -> bytes:
        """The JSON of a record with the outcomes of another file."""
        head = safe_json(self.files[record])
        if not head.startswith(b"{") or b'"outcomes":' in head:
            raise ValueError("is no record without outcomes")
        return b"%s,%s" % (head[:-1], b'"outcomes":[%s]}' % b",".join(self._lines(outcomes)))

    def _lines(self, name: str) -> list[bytes]:
        lines = self.files[name].splitlines()
        return [self._outcome(name, number, line) for number, line in enumerate(lines, 1)]

    def _outcome(self, name: str, number: int, line: bytes) -> bytes:
        try:
            return Outcome.model_validate_json(safe_json(line, LONGEST_LINE)).model_dump_json().encode()
        except ValidationError as error:
            raise ValueError(f"cannot be read with line {number} of {name} ({error.errors()[0]['msg']})") from error
        except ValueError as error:
            raise ValueError(f"cannot be read: line {number} of {name} {error}") from error

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
