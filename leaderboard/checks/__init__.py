"""The structural checks, level L1: each file registers one, which looks at a submission that could be read.

An error keeps a submission from L1; a warning is shown; a note is worth knowing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnomon.evaluation.record import Record
from gnomon.files import hash_of
from gnomon.findings import Finding, Severity
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.submission import Submission
from gnomon.leaderboard.tracks import TRACKS, Track
from gnomon.leaderboard.verify.gate import ModelFacts
from gnomon.registry import Registry

Detail = tuple[Severity, str, str]  # severity, where, sentence


@dataclass(frozen=True)
class Known:
    """A run of another submission: which it is, and what it may be recognised by.

    Attributes:
        submission: its id.
        key: of the run.
        episodes: hash of the outcomes; empty where they say nothing (see `episodes_of`).
        policy: hash of the policy; empty where there is none.
    """

    submission: str
    key: str
    episodes: str
    policy: str


@dataclass(frozen=True)
class Subject:
    """What a check looks at.

    Attributes:
        submission: what is claimed.
        records: key → the run, with its episodes.
        models: key → what is known of the policy, where there is one.
        known: the runs of all other submissions.
    """

    submission: Submission
    records: Mapping[str, Record]
    models: Mapping[str, ModelFacts]
    known: Sequence[Known] = ()

    @property
    def track(self) -> Track | None:
        """The track that ranks the submission; none where no track does."""
        wanted = self.submission.suite, self.submission.protocol.name
        return next((track for track in TRACKS.values() if (track.suite_name, track.protocol_name) == wanted), None)


@dataclass(frozen=True)
class Check:
    """A structural check: what it says of a good submission, and a function that yields every fault."""

    summary: str
    check: Callable[[Subject], Iterator[Detail]]


CHECKS: Registry[Check] = Registry("check", __name__)


def check(id: str, summary: str) -> Callable[[Callable[[Subject], Iterator[Detail]]], None]:
    """Register a function as a check."""
    return lambda function: CHECKS.add(id, Check(summary, function)) and None


def findings(subject: Subject) -> list[Finding]:
    """What all checks say. What a check cannot make sense of is an error of the submission, and no traceback."""
    return [finding for id in CHECKS for finding in _findings(id, subject)]


def _findings(id: str, subject: Subject) -> list[Finding]:
    try:
        return [Finding(id, *detail) for detail in CHECKS[id].check(subject)]
    except Exception as error:  # a stranger's numbers can be of any size and kind
        return [Finding(id, "error", "", f"It cannot be checked ({type(error).__name__}: {shown(str(error), 100)}).")]


def episodes_of(record: Record) -> str:
    """A hash of what happened in the episodes; empty where they are all alike, which honest runs may have in common."""
    lines = [[outcome.total_reward, outcome.length] for outcome in record.outcomes]
    return "" if all(line == lines[0] for line in lines) else hash_of([record.task.id, lines])


def known_of(submission: Submission, records: Mapping[str, Record]) -> list[Known]:
    """What later submissions are compared with."""
    policies = {name.partition("/")[2].removesuffix(".onnx"): entry.sha256 for name, entry in submission.files.items()}
    return [Known(submission.id, key, episodes_of(record), policies.get(key, "")) for key, record in records.items()]
