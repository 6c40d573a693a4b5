"""A record: what happened in one run, with everything that is needed to judge it and to run it again."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from gnomon import __version__
from gnomon.baselines.algorithm import Takes, Tuning
from gnomon.benchmarks.contracts import ControlTask, Metric, ScoreScale
from gnomon.datasets.manifest import simulator_versions, this_platform
from gnomon.errors import GnomonError
from gnomon.evaluation.outcomes import Outcome
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.run import AlgorithmUnderTest
from gnomon.files import hash_of

if TYPE_CHECKING:
    from gnomon.evaluation.language.protocol import LanguageProtocol

RECORD = "record.json"


class RecordPart(BaseModel):
    """What a record is made of; nothing unknown is in it, and nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RunRecord(RecordPart):
    """What every record of a run begins with."""

    schema_version: Literal[1] = 1
    key: str


Kind = TypeVar("Kind", bound=RunRecord)


class AlgorithmPart(RecordPart):
    """Which algorithm: name, reference, digest of its source, configuration, and what its author declares."""

    name: str
    reference: str
    digest: str
    config: dict[str, Any]
    tuning: Tuning | None = None  # none: not declared
    takes: Takes = Takes()

    @classmethod
    def of(cls, algorithm: AlgorithmUnderTest) -> Self:
        return cls(
            name=algorithm.name,
            reference=algorithm.reference,
            digest=algorithm.digest,
            config=dict(algorithm.config),
            tuning=algorithm.tuning,
            takes=algorithm.takes,
        )


class DataPart(RecordPart):
    """What it learned from."""

    id: str
    recipe_hash: str
    content_hash: str


class TaskPart(RecordPart):
    """What it was judged on, with the score scale of that day."""

    id: str
    metric: Metric
    random: float
    reference: float
    broken_limit: float | None = None

    @classmethod
    def of(cls, task: ControlTask, scale: ScoreScale) -> Self:
        return cls(
            id=task.id,
            metric=task.metric,
            random=scale.random,
            reference=scale.reference,
            broken_limit=task.broken_limit,
        )

    @property
    def scale(self) -> ScoreScale:
        return ScoreScale(self.random, self.reference)


class ProtocolPart(RecordPart):
    """The rules."""

    name: str
    hash: str
    rules: dict[str, Any]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        """Refuse rules that are not those of the hash."""
        if hash_of(self.rules) != self.hash:
            raise ValueError("the rules do not have the protocol's hash")
        return self

    @classmethod
    def of(cls, protocol: "Protocol | LanguageProtocol") -> Self:
        return cls(name=protocol.name, hash=protocol.hash, rules=protocol.rules)


class CurvePoint(RecordPart):
    """Training metrics after some updates, in an online phase after these and so many steps; none where not finite."""

    update: int
    metrics: dict[str, float | None]


class Training(RecordPart):
    """How long it took; `seeds_stacked` seeds shared the time. `engine` is what a baseline chose to compute with."""

    seconds: float
    updates: int
    seeds_stacked: int
    engine: dict[str, str] = {}


class Record(RunRecord):
    """One finished run."""

    algorithm: AlgorithmPart
    dataset: DataPart
    task: TaskPart
    protocol: ProtocolPart
    seed: int
    outcomes: list[Outcome]
    curve: list[CurvePoint]
    training: Training
    evaluation_seconds: float
    gnomon: str
    versions: dict[str, str]
    platform: dict[str, str]
    hardware: dict[str, str]
    artefacts: dict[str, str]
    command: str
    finished: datetime

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        """Refuse a record whose parts contradict each other."""
        if not self.outcomes or len(self.outcomes) != self.protocol.rules["episodes"]:
            raise ValueError("there are not as many outcomes as the protocol has episodes")
        if any(outcome.value != outcome.of(self.task.metric, self.task.broken_limit) for outcome in self.outcomes):
            raise ValueError("an outcome's value is not its task's metric")
        if not self.task.reference > self.task.random:
            raise ValueError("the score scale has no width")
        return self

    @property
    def value(self) -> float:
        """Mean of the task's metric over the final episodes."""
        return sum(outcome.value for outcome in self.outcomes) / len(self.outcomes)

    @property
    def score(self) -> float:
        """100 · (value − random) / (reference − random), on the scale that the record holds."""
        return float(self.task.scale.score(self.value))


def read_record(folder: Path) -> Record:
    """The record of a run's folder; raises as `read_record_of`."""
    return read_record_of(Record, folder)


def read_record_of(kind: type[Kind], folder: Path) -> Kind:
    """The record of a run's folder, which is of that kind.

    Raises:
        GnomonError: it is missing, damaged, or that of another run.
    """
    try:
        record = kind.model_validate_json((folder / RECORD).read_bytes())
    except (OSError, ValidationError) as error:
        raise GnomonError(f"{folder / RECORD} cannot be read ({_reason(error)}). {_CURE.format(folder)}") from error
    if record.key != folder.name:
        raise GnomonError(f"{folder / RECORD} is the record of another run, {record.key}. {_CURE.format(folder)}")
    return record


_CURE = "Move {} away and evaluate again."


def _reason(error: Exception) -> str:
    return str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else str(error)


def where_and_when() -> dict[str, Any]:
    """The fields of a record that describe this machine and this moment."""
    from importlib.metadata import version

    return {
        "gnomon": __version__,
        "versions": {"torch": version("torch"), **simulator_versions()},
        "platform": this_platform(),
        "hardware": {"cpu": _cpu(), "cores": str(os.cpu_count()), "accelerator": "none"},
        "finished": datetime.now(UTC),
    }


def _cpu() -> str:
    """The model name of the processor, as Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )
