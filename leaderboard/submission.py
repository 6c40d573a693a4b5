"""What a submission is: a folder or zip of these files, all of them listed with their hashes in the first.

    submission.json          who submits what: one of the two models below, as canonical JSON
    records/KEY.json         what happened in the run, without its outcomes
    outcomes/KEY.jsonl       one JSON line an episode, or a sample of an item
    policies/KEY.onnx        control: the run's policy, where it can be exported
    algorithm.py             control: the algorithm's file, where its author gives it: what level L3 trains again
    generations/KEY.jsonl    language: one JSON line a sample, with what the model wrote

KEY is the run's sixteen hexadecimal digits. The id of a submission is the SHA-256 of its `submission.json`, so it
stands for every byte of all files; folder and zip of the same files have the same id.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from gnomon.files import hash_of
from gnomon.leaderboard.plain_text import check_text

MANIFEST, ALGORITHM = "submission.json", "algorithm.py"
FOLDERS = ("records/", "outcomes/", "policies/", "generations/")
FILE_NAME = re.compile(
    r"(records/[0-9a-f]{16}\.json|(outcomes|generations)/[0-9a-f]{16}\.jsonl|policies/[0-9a-f]{16}\.onnx|algorithm\.py)",
    re.ASCII,
)


def record_name(key: str) -> str:
    """The file of a run's record."""
    return f"records/{key}.json"


def outcomes_name(key: str) -> str:
    """The file of a run's episodes or samples."""
    return f"outcomes/{key}.jsonl"


def policy_name(key: str) -> str:
    """The file of a run's policy."""
    return f"policies/{key}.onnx"


def generations_name(key: str) -> str:
    """The file of what a model wrote in a run."""
    return f"generations/{key}.jsonl"


Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9/_.-]*$", max_length=100)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._+()-]*$", max_length=80)]
ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._+()/:-]*$", max_length=80)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(check_text)]
Note = Annotated[str, StringConstraints(max_length=2000), AfterValidator(check_text)]
ADDRESS = r"^([A-Za-z0-9][A-Za-z0-9._%-]*@[A-Za-z0-9.-]+|https://[!-~]+)$"
Contact = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=200)]
Licence = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$", max_length=64)]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Author(_Model):
    """Who submits, and where they can be asked: a mail address or an https address."""

    name: Line
    contact: Contact


class ProtocolName(_Model):
    """The rules that all runs were judged by."""

    name: Id
    hash: Digest


class FileEntry(_Model):
    """Size in bytes and SHA-256 of a file."""

    size: int = Field(ge=0)
    sha256: Digest


class Cell(_Model):
    """One run of an algorithm: what it was, and what is claimed of it.

    Attributes:
        key: of the run.
        value: mean of the task's metric over the episodes.
        score: of that value, on the task's scale.
    """

    key: Key
    dataset: Id
    task: Id
    seed: Seed
    episodes: int = Field(ge=1, le=100_000)
    value: float
    score: float

    @property
    def place(self) -> str:
        """What findings call the run."""
        return f"{self.dataset} seed {self.seed}"

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it must have."""
        return record_name(self.key), outcomes_name(self.key)

    @property
    def further_files(self) -> tuple[str, ...]:
        """The files that it may have."""
        return (policy_name(self.key),)


class LanguageCell(_Model):
    """One run of a ready model: what it was asked, and what is claimed of it.

    Attributes:
        key: of the run.
        items: how many were asked.
        samples: how many completions an item.
        accuracy: mean value over all samples, in percent.
    """

    key: Key
    task: Id
    seed: Seed
    items: int = Field(ge=1, le=100_000)
    samples: int = Field(ge=1, le=10_000)
    accuracy: float

    @property
    def place(self) -> str:
        """What findings call the run."""
        return f"{self.task} seed {self.seed}"

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it must have."""
        return record_name(self.key), outcomes_name(self.key), generations_name(self.key)

    @property
    def further_files(self) -> tuple[str, ...]:
        """The files that it may have."""
        return ()


class _Submission(_Model):
    """What submissions of both kinds say.

    Attributes:
        suite: what the runs learned from or were asked.
        licence: SPDX identifier of the licence that the files may be used under.
        note: what the author wants to say.
        gnomon: version that packed it.
        files: name → size and hash of every other file.
    """

    schema_version: Literal[1] = 1
    suite: Id
    protocol: ProtocolName
    author: Author
    licence: Licence
    note: Note = ""
    gnomon: Line
    files: dict[str, FileEntry] = Field(max_length=15_000)

    @property
    def id(self) -> str:
        """SHA-256 of the canonical JSON: 64 hexadecimal digits."""
        return hash_of(self.model_dump(mode="json"))


class Kind(BaseModel):
    """What is read of a `submission.json` first: which of the two models the rest is."""

    kind: Literal["control", "language"] = "control"


class Submission(_Submission):
    """The content of `submission.json` of the runs of one algorithm under one protocol.

    Attributes:
        algorithm: as tables call it.
        cells: a run each.
        scores: dataset → mean score over its seeds, as claimed.
    """

    kind: Literal["control"] = "control"
    algorithm: Name
    cells: tuple[Cell, ...] = Field(min_length=1, max_length=5_000)
    scores: dict[Id, float]

    @property
    def name(self) -> str:
        """Of the algorithm."""
        return self.algorithm


class LanguageSubmission(_Submission):
    """The content of `submission.json` of the runs of one ready model under one protocol, with what it wrote.

    Attributes:
        model: as tables call it.
        cells: a task each.
    """

    kind: Literal["language"] = "language"
    model: ModelName
    cells: tuple[LanguageCell, ...] = Field(min_length=1, max_length=1_000)

    @property
    def name(self) -> str:
        """Of the model."""
        return self.model

    @property
    def scores(self) -> dict[str, float]:
        """Task → accuracy in percent, as claimed."""
        return {cell.task: cell.accuracy for cell in self.cells}


AnySubmission = Submission | LanguageSubmission
KINDS: dict[str, type[AnySubmission]] = {"control": Submission, "language": LanguageSubmission}
