"""The record of a reward model on one split: what it was, what it learned from, and every score that it gave."""

from dataclasses import asdict
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import model_validator

from gnomon.evaluation.language.record import ModelPart
from gnomon.evaluation.record import ProtocolPart, RecordPart, RunRecord, read_record_of
from gnomon.evaluation.reward_models.bench import SplitReport, report_of
from gnomon.evaluation.reward_models.outcomes import LIST, ListOutcome, PairOutcome
from gnomon.files import hash_of


class TrainingPart(RecordPart):
    """What a baseline learned from: so many pairs of a split of the same set, with this seed."""

    split: str
    pairs: int
    seed: int


class SplitPart(RecordPart):
    """What was asked; the hash is over ids, utilities and labels of pairs and lists."""

    set: str
    split: str
    hash: str


class RewardRecord(RunRecord):
    """One finished run."""

    model: ModelPart
    training: TrainingPart | None  # none of a ready model
    asked: SplitPart
    protocol: ProtocolPart
    pairs: tuple[PairOutcome, ...]
    lists: tuple[ListOutcome, ...]
    training_seconds: float
    judging_seconds: float
    gnomon: str
    versions: dict[str, str]
    platform: dict[str, str]
    hardware: dict[str, str]
    command: str
    finished: datetime

    @model_validator(mode="after")
    def _is_consistent(self) -> "RewardRecord":
        """Refuse a record whose parts contradict each other."""
        rules = self.protocol.rules
        if (len(self.pairs), len(self.lists)) != (rules["pairs"], rules["lists"]):
            raise ValueError("there are not as many pairs and lists as the protocol has")
        if truth_hash(self.pairs, self.lists) != self.asked.hash:
            raise ValueError("the pairs and lists do not have the hash of what was asked")
        if any({len(one.scores), len(one.halves), len(one.steps), len(one.on_track)} != {LIST} for one in self.lists):
            raise ValueError(f"a list has not {LIST} candidates")
        return self

    @cached_property
    def report(self) -> SplitReport:
        """Everything that is shown, from the raw outcomes."""
        return report_of(self.asked.split, self.pairs, self.lists)


def truth_hash(pairs: tuple[PairOutcome, ...], lists: tuple[ListOutcome, ...]) -> str:
    """SHA-256 over what of the outcomes is no score."""
    scores = {"chosen", "rejected", "scores", "halves", "steps"}
    return hash_of([{key: v for key, v in asdict(one).items() if key not in scores} for one in (*pairs, *lists)])


def read_reward_record(folder: Path) -> RewardRecord:
    """The record of a run's folder; raises as `gnomon.evaluation.record.read_record_of`."""
    return read_record_of(RewardRecord, folder)
