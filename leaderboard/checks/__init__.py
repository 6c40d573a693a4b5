"""The structural checks, level L1: each file registers one, which looks at a submission that could be read.

Those of this folder look at runs of an algorithm, those of `language/` at runs of a ready model. An error keeps a
submission from L1; a warning is shown; a note is worth knowing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from gnomon.evaluation.language.record import LanguageRecord
from gnomon.evaluation.record import Record
from gnomon.files import hash_of
from gnomon.findings import Finding, Severity
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.reading.reader import Reading
from gnomon.leaderboard.submission import LanguageSubmission, Submission, policy_name
from gnomon.leaderboard.tracks import MODEL_TRACKS, ModelTrack, Track, all_rankings
from gnomon.leaderboard.verify.gate import ModelFacts
from gnomon.registry import Registry

Detail = tuple[Severity, str, str]  # severity, where, sentence


@dataclass(frozen=True)
class Known:
    """A run, and what it may be recognised by.

    Attributes:
        submission: its id.
        key: of the run.
        origin: hash of what the run was made from, but for the version of gnomon, which the key has too.
        marks: `episodes`, `policy` or `completions` → a hash of these, where they say something.
    """

    submission: str
    key: str
    origin: str
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Subject:
    """What a check of an algorithm's runs looks at.

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

    @cached_property
    def track(self) -> Track | None:
        """The track that ranks the submission; none where no track does."""
        wanted = self.submission.suite, self.submission.protocol.name
        return next((track for track in all_rankings() if (track.suite_name, track.protocol_name) == wanted), None)

    @property
    def own(self) -> list[Known]:
        """What later submissions are compared with."""
        submission = self.submission
        policies = {key: submission.files.get(policy_name(key)) for key in self.records}
        marks = {
            key: {"episodes": episodes_of(record), "policy": entry.sha256 if (entry := policies[key]) else ""}
            for key, record in self.records.items()
        }
        return [Known(submission.id, key, origin_of(record), marks[key]) for key, record in self.records.items()]


@dataclass(frozen=True)
class LanguageSubject:
    """What a check of a ready model's runs looks at.

    Attributes:
        submission: what is claimed.
        records: key → the run, with its samples.
        written: key → hash of what the model wrote; empty where it says nothing.
        known: the runs of all other submissions.
    """

    submission: LanguageSubmission
    records: Mapping[str, LanguageRecord]
    written: Mapping[str, str]
    known: Sequence[Known] = ()

    @cached_property
    def track(self) -> ModelTrack | None:
        """The track that ranks the submission; none where no track does."""
        wanted = self.submission.suite, self.submission.protocol.name
        return next((one for one in MODEL_TRACKS.values() if (one.suite_name, one.protocol_name) == wanted), None)

    @property
    def own(self) -> list[Known]:
        """What later submissions are compared with."""
        return [
            Known(self.submission.id, key, language_origin_of(record), {"completions": self.written.get(key, "")})
            for key, record in self.records.items()
        ]


AnySubject = TypeVar("AnySubject", Subject, LanguageSubject)


@dataclass(frozen=True)
class Check(Generic[AnySubject]):
    """A structural check: what it says of a good submission, and a function that yields every fault."""

    summary: str
    check: Callable[[AnySubject], Iterator[Detail]]


CHECKS: Registry[Check[Subject]] = Registry("check", __name__)
LANGUAGE_CHECKS: Registry[Check[LanguageSubject]] = Registry("check of a ready model's runs", f"{__name__}.language")


def check(id: str, summary: str) -> Callable[[Callable[[Subject], Iterator[Detail]]], None]:
    """Register a function as a check of an algorithm's runs."""
    return lambda function: CHECKS.add(id, Check(summary, function)) and None


def language_check(id: str, summary: str) -> Callable[[Callable[[LanguageSubject], Iterator[Detail]]], None]:
    """Register a function as a check of a ready model's runs."""
    return lambda function: LANGUAGE_CHECKS.add(id, Check(summary, function)) and None


def subject_of(found: Reading, known: Sequence[Known] = ()) -> Subject | LanguageSubject:
    """What the checks look at in a submission that could be read."""
    submission = found.submission
    assert submission is not None
    if isinstance(submission, LanguageSubmission):
        return LanguageSubject(submission, found.language_records, found.written, known)
    return Subject(submission, found.records, found.models, known)


def findings(subject: Subject | LanguageSubject) -> list[Finding]:
    """What all checks of its kind say."""
    if isinstance(subject, LanguageSubject):
        return [finding for id, check in LANGUAGE_CHECKS.items() for finding in _findings(id, check, subject)]
    return [finding for id, check in CHECKS.items() for finding in _findings(id, check, subject)]


def _findings(id: str, check: Check[AnySubject], subject: AnySubject) -> list[Finding]:
    """What a check says; what it cannot make sense of is an error of the submission, and no traceback."""
    try:
        return [Finding(id, *detail) for detail in check.check(subject)]
    except Exception as error:  # a stranger's numbers can be of any size and kind
        return [Finding(id, "error", "", f"It cannot be checked ({type(error).__name__}: {shown(str(error), 100)}).")]


def episodes_of(record: Record) -> str:
    """A hash of what happened in the episodes; empty where they are all alike, which honest runs may have in common."""
    lines = [[outcome.total_reward, outcome.length] for outcome in record.outcomes]
    return "" if all(line == lines[0] for line in lines) else hash_of([record.task.id, lines])


def origin_of(record: Record) -> str:
    """A hash of algorithm, configuration, data, seed and rules."""
    part = record.algorithm
    made_of = [part.name, part.digest, part.config, record.dataset.recipe_hash, record.seed, record.protocol.hash]
    return hash_of([*made_of, part.reference.rpartition(":")[2]])


def language_origin_of(record: LanguageRecord) -> str:
    """A hash of model, items, seed and rules; of a model with weights these alone, whatever computed with them."""
    model, task = record.model, record.task
    made_of = model.facts.get("model") or [model.name, model.facts]
    return hash_of([made_of, task.task, task.items_hash, record.seed, record.protocol.hash])
