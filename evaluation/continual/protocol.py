"""What is learned in which order, and by which rules: first many tasks together, then others one after the other.

pretraining         all tasks of the first part at once              all tasks are judged
stage 1, 2, …       one task of the second part, nothing else        its own task at even times, all tasks at its end
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gnomon.benchmarks.splits import Split
from gnomon.evaluation.protocol import PROTOCOLS, Protocol
from gnomon.files import hash_of
from gnomon.registry import Registry


@dataclass(frozen=True)
class TaskSequence:
    """Datasets in the order in which they are learned.

    Attributes:
        pretraining: ids of those that are learned together, first; there may be none.
        fine_tuning: ids of those that follow, one after the other.
    """

    pretraining: tuple[str, ...]
    fine_tuning: tuple[str, ...]

    @property
    def datasets(self) -> tuple[str, ...]:
        return self.pretraining + self.fine_tuning

    @classmethod
    def of(cls, split: Split, kinds: dict[str, str]) -> "TaskSequence":
        """The datasets of a split of tasks.

        Args:
            split: of ids of tasks.
            kinds: family → kind of dataset with version, such as `{"metaworld": "scripted-v1"}`.
        """
        return cls(_datasets(split.pretraining, kinds), _datasets(split.fine_tuning, kinds))


def _datasets(tasks: Sequence[str], kinds: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{task.rpartition('-v')[0]}/{kinds[task.partition('/')[0]]}" for task in tasks)


@dataclass(frozen=True)
class ContinualProtocol:
    """Rules of learning in sequence; two runs with different rules never share a table.

    Attributes:
        name, summary: for people; not part of the hash.
        pretraining_updates: on all tasks of the first part.
        points: evaluations of a task while it is learned, at even distances, the last at the end of its stage.
        stage: the budget of one stage, and how policies are judged.
    """

    name: str
    summary: str
    pretraining_updates: int
    points: int
    stage: Protocol

    @property
    def rules(self) -> dict[str, Any]:
        """What is hashed: everything but names and summaries."""
        return {
            "pretraining_updates": self.pretraining_updates,
            "points": self.points,
            "stage": self.stage.rules,
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the rules."""
        return hash_of(self.rules)


CONTINUAL_PROTOCOLS: Registry[ContinualProtocol] = Registry("continual protocol")

for _protocol in (
    ContinualProtocol(
        "continual-smoke",
        "Minutes a task, and too little to conclude from.",
        pretraining_updates=12_000,
        points=4,
        stage=PROTOCOLS["smoke"],
    ),
    ContinualProtocol(
        "continual-lite",
        "A million updates together, then 50,000 a task: what is kept and what is gained, with small networks.",
        pretraining_updates=1_000_000,
        points=10,
        stage=PROTOCOLS["lite"],
    ),
):
    CONTINUAL_PROTOCOLS.add(_protocol.name, _protocol)
