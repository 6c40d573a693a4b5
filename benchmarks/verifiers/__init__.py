"""The verifiers: each file registers one function from a completion and an item to a score between 0 and 1.

A verifier never runs what a model wrote, sets no signal and keeps no state, so any number of threads may share it. An
item whose gold answer cannot be read is refused, so that nothing is paid for by default. `gnomon verifiers check` puts
each of them, and anybody else's, through the same attacks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from gnomon.benchmarks.contracts import Item
from gnomon.registry import Registry


@dataclass(frozen=True)
class Sample:
    """An item with completions whose score is known.

    Attributes:
        gold: the text of a right answer, without the line that carries it.
        equivalents: other texts that are right.
        near_misses: texts that are wrong.
    """

    item: Item
    gold: str
    equivalents: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """What says whether a completion solves an item.

    Attributes:
        summary: one sentence for lists.
        score: from completion and item to [0, 1]; raises UsageError where the item's gold cannot be read.
        check: raises UsageError where the item's gold cannot be read; called when an item is made.
        samples: items with known scores, for the conformance suite.
        judges: `answer`, right or wrong; `similarity`, how near the answer is; `form`, whatever the answer says.
        symmetric: whether gold and answer may change places.
        whole_text: whether the completion itself is the answer, not a line of it.
        source: where a formula comes from.
    """

    summary: str
    score: Callable[[str, Item], float]
    check: Callable[[Item], object]
    samples: Callable[[], Sequence[Sample]]
    judges: Literal["answer", "similarity", "form"] = "answer"
    symmetric: bool = False
    whole_text: bool = False
    source: str = ""

    def __call__(self, completion: str | None, item: Item) -> float:
        """The score of a completion in [0, 1]; a model that returned nothing has 0."""
        return self.score(completion, item) if isinstance(completion, str) else 0.0


VERIFIERS: Registry[Verifier] = Registry("verifier", __name__)


def get_verifier(name: str) -> Verifier:
    """The verifier of that name, callable as (completion, item) → score; an unknown one raises UnknownId."""
    return VERIFIERS[name]
