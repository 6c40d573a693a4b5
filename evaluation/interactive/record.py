"""The record of a player of one interactive task: what it was, and what became of every turn."""

from datetime import datetime
from pathlib import Path

from pydantic import model_validator

from gnomon.benchmarks.interactive.plays import Turns, evaluation_seeds
from gnomon.evaluation.language.record import ModelPart
from gnomon.evaluation.record import ProtocolPart, RecordPart, RunRecord, read_record_of


class GamePart(RecordPart):
    """What was played; the key of its problems decides their seeds."""

    id: str
    problems: str


class InteractiveRecord(RunRecord):
    """One finished run."""

    player: ModelPart
    task: GamePart
    protocol: ProtocolPart
    episodes: tuple[Turns, ...]
    playing_seconds: float
    gnomon: str
    versions: dict[str, str]
    platform: dict[str, str]
    hardware: dict[str, str]
    command: str
    finished: datetime

    @model_validator(mode="after")
    def _is_consistent(self) -> "InteractiveRecord":
        """Refuse a record whose parts contradict each other."""
        if [one.seed for one in self.episodes] != evaluation_seeds(self.task.problems, self.protocol.rules["episodes"]):
            raise ValueError("the episodes are not those of the protocol")
        if any(not one.events or len(one.events) != len(one.rewards) for one in self.episodes):
            raise ValueError("an episode has no turns, or not one reward a turn")
        if any(one.success != (0 < one.solved_at <= len(one.events)) for one in self.episodes):
            raise ValueError("an episode was solved at none of its turns")
        return self


def read_interactive_record(folder: Path) -> InteractiveRecord:
    """The record of a run's folder; raises as `gnomon.evaluation.record.read_record_of`."""
    return read_record_of(InteractiveRecord, folder)
