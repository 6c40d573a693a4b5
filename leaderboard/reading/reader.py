"""The parent of the process that reads a submission: it opens nothing of what was sent."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from gnomon.errors import UsageError
from gnomon.evaluation.language.record import LanguageRecord
from gnomon.evaluation.record import Record
from gnomon.findings import Finding
from gnomon.leaderboard.submission import AnySubmission
from gnomon.leaderboard.verify.gate import ModelFacts

TOO_LARGE = 3  # the exit code of a child that may not write as much as it has read
REPORT = "report.json"
CLEAN = "clean"


@dataclass(frozen=True)
class ReadingLimits:
    """What the child may take.

    Attributes:
        patience: seconds that the parent waits, however busy the machine is.
        seconds: of the processor.
        memory: bytes of address space.
        written: bytes of any one file that it writes.
    """

    patience: int = 20
    seconds: int = 15
    memory: int = 3 << 30
    written: int = 128 << 20


LIMITS = ReadingLimits()
PATIENT = ReadingLimits(patience=600)  # where nobody waits for the answer


class Reading(BaseModel):
    """What a child made of a file.

    Attributes:
        findings: every fault that was found; errors among them mean that there is no submission.
        submission: where it could be read.
        records, models: of runs of an algorithm, by key.
        language_records: of runs of a ready model, by key.
        written: key → hash of what the model wrote, empty where it says nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    findings: list[Finding]
    submission: AnySubmission | None = None
    records: dict[str, Record] = {}
    models: dict[str, ModelFacts] = {}
    language_records: dict[str, LanguageRecord] = {}
    written: dict[str, str] = {}

    @property
    def is_sound(self) -> bool:
        """Whether all of it could be read."""
        return self.submission is not None and all(finding.severity != "error" for finding in self.findings)


@contextmanager
def reading(path: Path, limits: ReadingLimits = LIMITS) -> Iterator[tuple[Reading, Path]]:
    """Read a submission in a child; yield what came of it and a folder with its files, written anew where it is sound.

    The folder is there inside the block only.

    Raises:
        UsageError: there is no such file or folder.
    """
    if not is_there(path):
        raise UsageError(f"There is no {path}; give a zip or a folder that gnomon leaderboard pack has written.")
    with tempfile.TemporaryDirectory(prefix="gnomon-reading-") as folder:
        yield _read(path.absolute(), Path(folder), limits), Path(folder) / CLEAN


def is_there(path: Path) -> bool:
    """Whether there is a file or folder; one that no file can be called is not."""
    try:
        return path.exists()
    except OSError:
        return False


def read_submission(path: Path, limits: ReadingLimits = LIMITS) -> Reading:
    """The same, where the files are not wanted."""
    with reading(path, limits) as (found, _):
        return found


def _read(path: Path, folder: Path, limits: ReadingLimits) -> Reading:
    words = [str(path), str(folder), str(limits.seconds), str(limits.memory), str(limits.written)]
    process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-P", "-m", "gnomon.leaderboard.reading.child", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )
    try:
        code = process.wait(limits.patience)
    except subprocess.TimeoutExpired:
        return _unread(f"it was not read within {limits.patience} s; where the machine is busy, try again")
    finally:
        process.kill()
        process.wait()
    if code != 0:
        return _unread(_ending(code, limits))
    try:
        return Reading.model_validate_json((folder / REPORT).read_bytes())
    except (OSError, ValidationError):
        return _unread("the process that reads it left no report")


def _unread(reason: str) -> Reading:
    return Reading(findings=[Finding("readable", "error", "", f"The submission cannot be read: {reason}.")])


def _ending(code: int, limits: ReadingLimits) -> str:
    if code == TOO_LARGE:
        return f"what it holds is more than {limits.written >> 20} MiB"
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return f"reading it takes more than {limits.seconds} s or {limits.memory >> 30} GiB"
    return f"the process that reads it ended with {f'signal {-code}' if code < 0 else f'exit code {code}'}"
