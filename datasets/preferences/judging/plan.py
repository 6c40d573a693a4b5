"""The plan of a judged preference set: what is asked of whom. What was begun goes on under the same plan alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, Literal

from gnomon.benchmarks.contracts import Generator, Sampling
from gnomon.benchmarks.generators import kind_of, make_generator
from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.decontaminate.reading import READERS
from gnomon.datasets.preferences.judging.question import MOST_ANSWERS
from gnomon.errors import DatasetError, UsageError
from gnomon.files import hash_of

Order = Literal["forward", "backward"]
ORDERS: tuple[Order, Order] = ("forward", "backward")
PROMPT_COLUMNS = ("prompt", "instruction")
ANSWERING = Sampling(temperature=0.7, top_p=1.0, max_tokens=1024)
JUDGING = Sampling(temperature=0.7, top_p=1.0, max_tokens=512)


@dataclass(frozen=True)
class Source:
    """A generator, the reference that names it, and how many prompts it is asked in one call."""

    name: str
    generator: Generator
    prompts_at_once: int


def open_source(reference: str) -> Source:
    """The generator of a reference; raises UsageError where it cannot be made."""
    return Source(reference, make_generator(reference), kind_of(reference).prompts_at_once)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is asked of whom.

    Attributes:
        prompts: id → text.
        generators: who answers, under names of their own.
        judge: who rates.
        aspects: name → what the judge is told to look at; each answer is rated by each.
        votes: ratings of each answer in each of the two orders.
        seed: of answers, orders and votes.
        answering, judging: how completions are drawn.
    """

    prompts: Mapping[str, str]
    generators: tuple[Source, ...]
    judge: Source
    aspects: Mapping[str, str]
    votes: int = 3
    seed: int = 0
    answering: Sampling = ANSWERING
    judging: Sampling = JUDGING

    def __post_init__(self) -> None:
        names = [source.name for source in self.generators]
        if not 2 <= len(names) <= MOST_ANSWERS or len(set(names)) < len(names):
            raise UsageError(f"Name 2 to {MOST_ANSWERS} generators, each once; there are {', '.join(names) or 'none'}.")
        if self.votes < 1 or not self.prompts:
            raise UsageError("Ask for at least one prompt and one vote.")

    @cached_property
    def described(self) -> dict[str, Any]:
        """Everything that decides the set, as JSON values."""
        return {
            "prompts": {"n": len(self.prompts), "hash": hash_of(dict(self.prompts))},
            "generators": [[source.name, dict(source.generator.facts)] for source in self.generators],
            "judge": [self.judge.name, dict(self.judge.generator.facts)],
            "aspects": dict(self.aspects),
            "votes": self.votes,
            "seed": self.seed,
            "answering": asdict(self.answering),
            "judging": asdict(self.judging),
        }

    def places(self, prompt: str, order: Order) -> list[int]:
        """Which generators' answers a judge reads as A, B, …: an order drawn for the prompt's id, or its reverse."""
        drawn = list(range(len(self.generators)))
        Random(seed_of("train", f"judged order {prompt}", self.seed)).shuffle(drawn)  # noqa: S311  # no secret
        return drawn if order == "forward" else drawn[::-1]


def read_prompts(path: Path, most: int | None = None) -> dict[str, str]:
    """The prompts of a .jsonl or .parquet file with a column `prompt` or `instruction`: id → text.

    An id is that of the column `id`, else the number of the row from 0.

    Args:
        path: the file.
        most: only so many, from the first on.

    Raises:
        UsageError: there is no such file.
        DatasetError: a row has no text there, or two rows have one id.
    """
    if not path.is_file() or path.suffix not in READERS:
        raise UsageError(f"{path} is no .parquet or .jsonl file of prompts.")
    prompts: dict[str, str] = {}
    for number, row in enumerate(READERS[path.suffix](path)):
        if number == most:
            break
        id, text = str(row.get("id", number)), next((row[name] for name in PROMPT_COLUMNS if name in row), None)
        if not isinstance(text, str) or id in prompts:
            raise DatasetError(
                f"Row {number + 1} of {path} has no text as its prompt, or the id {id!r} of another row."
            )
        prompts[id] = text
    return prompts
