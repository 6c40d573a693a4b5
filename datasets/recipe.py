"""A recipe: everything that decides what a built dataset holds, and the hash of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from gnomon.files import hash_of

_PROSE = ("summary", "ranked")  # does not decide the data


@dataclass(frozen=True)
class Recipe:
    """How a dataset is collected: which policy, on which task, how much.

    Attributes:
        id: `task name/kind-vN`, valid as a Minari id. A change of the data is a change of N.
        summary: one sentence for lists and cards.
        task: id of the task that is stepped.
        policy: id of the behaviour policy; empty where there are parts.
        options: keyword arguments of the policy.
        transitions: whole episodes are added until there are at least this many.
        lanes: rows of the policy's batch (see `gnomon.benchmarks.rollout`).
        ranked: whether a leaderboard may rank algorithms on it; a ceiling check is not ranked.
        parts: recipes whose data are put one behind the other (see `joined`).
    """

    id: str
    summary: str
    task: str
    policy: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    transitions: int = 100_000
    lanes: int = 10
    ranked: bool = True
    parts: "tuple[Recipe, ...]" = ()

    def __post_init__(self) -> None:
        if not is_dataset_id(self.id):
            raise ValueError(
                f"{self.id!r} is not a dataset id: lower-case letters, digits and -, parts of two or more, -vN last"
            )

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what decides the data; prose and ranking are left out."""
        decides = {key: value for key, value in asdict(self).items() if key not in _PROSE}
        decides["parts"] = [part.hash for part in self.parts]
        return hash_of(decides if self.parts else {key: value for key, value in decides.items() if key != "parts"})


def joined(id: str, summary: str, parts: Sequence[Recipe], ranked: bool = True) -> Recipe:
    """A recipe of several: each part has its own policy, seeds and number of transitions, and whole episodes only.

    A part that is a dataset of its own has the same episodes here as there.
    """
    (task,) = {part.task for part in parts}
    transitions = sum(part.transitions for part in parts)
    return Recipe(id, summary, task, transitions=transitions, ranked=ranked, parts=tuple(parts))


def is_dataset_id(id: str) -> bool:
    """Whether Minari and a file system would take the id: lower-case letters, digits and -, parts of two, -vN last
    and only there, so that no dataset lies inside another.
    """
    part = r"[a-z0-9][a-z0-9-]+"
    is_one = re.fullmatch(rf"({part}/)*{part}-v[0-9]+", id) is not None
    lies_inside_another = re.search(r"-v[0-9]+/", id) is not None
    return len(id) <= 200 and is_one and not lies_inside_another
