"""The record of a run of a ready model: what it was, what it wrote, how that was judged."""

from datetime import datetime
from pathlib import Path

from pydantic import model_validator

from gnomon.evaluation.judges.language import LanguageOutcome
from gnomon.evaluation.language.rates import FormRates
from gnomon.evaluation.record import ProtocolPart, RecordPart, RunRecord, read_record_of

COMPLETIONS = "completions.jsonl"


class ModelPart(RecordPart):
    """Which model."""

    name: str
    reference: str
    facts: dict[str, str]


class ItemsPart(RecordPart):
    """What it was asked."""

    task: str
    verifier: str
    items_hash: str


class LanguageRecord(RunRecord):
    """One finished run."""

    model: ModelPart
    task: ItemsPart
    protocol: ProtocolPart
    seed: int
    outcomes: list[LanguageOutcome]
    rates: FormRates
    verifier_errors: int
    generation_seconds: float
    gnomon: str
    versions: dict[str, str]
    platform: dict[str, str]
    hardware: dict[str, str]
    artefacts: dict[str, str]
    command: str
    finished: datetime

    @model_validator(mode="after")
    def _is_consistent(self) -> "LanguageRecord":
        """Refuse a record whose parts contradict each other."""
        rules = self.protocol.rules
        if len(self.outcomes) != rules["items"] * rules["samples"]:
            raise ValueError("there are not as many outcomes as the protocol has items and samples")
        if len({(outcome.item, outcome.sample) for outcome in self.outcomes}) < len(self.outcomes):
            raise ValueError("a sample of an item stands there twice")
        if any(not 0 <= outcome.value <= 1 for outcome in self.outcomes):
            raise ValueError("an outcome's value is not between 0 and 1")
        return self


def read_language_record(folder: Path) -> LanguageRecord:
    """The record of a run's folder; raises as `gnomon.evaluation.record.read_record_of`."""
    return read_record_of(LanguageRecord, folder)
