"""Set: the answer lists the gold elements, separated by commas, each once and in any order."""

from collections.abc import Sequence

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, gold_text, sample
from gnomon.errors import UsageError


def elements_of(text: str) -> frozenset[str] | None:
    """The elements of a list; None where one is empty or stands twice.

    >>> elements_of("b, a") == elements_of("a,b")
    True
    >>> elements_of("a, a") is elements_of("a,,b") is None
    True
    """
    parts = [part.strip(" ") for part in text.split(",")]
    elements = frozenset(parts)
    return elements if "" not in elements and len(elements) == len(parts) else None


def gold(item: Item) -> frozenset[str]:
    """The item's set; UsageError where its answer is none."""
    elements = elements_of(gold_text(item))
    if elements is None:
        raise UsageError(f"Item {item.id} has the answer {item.answer!r}, which is no set; write a, b, c.")
    return elements


def score(completion: str, item: Item) -> float:
    """1 where the answer has the elements of the gold answer and no other."""
    right, answer = gold(item), answer_of(completion)
    return float(answer is not None and elements_of(answer) == right)


def samples() -> Sequence[Sample]:
    return [
        sample("Ada, Ben, Cleo", equivalents=("Cleo,Ben,Ada",), near_misses=("Ada, Ben", "Ada, Ben, Cleo, Dan")),
        sample("Dan", near_misses=("dan", "Dan, Dan", "Dan,", "Dan, Ada", "none")),
        sample("2, 3", equivalents=("3, 2",), near_misses=("2 3", "{2, 3}", "2, 3, 4", "23")),
    ]


VERIFIERS.add(
    "set",
    Verifier(
        summary="The answer lists the gold elements, separated by commas, each once and in any order.",
        score=score,
        check=gold,
        samples=samples,
        symmetric=True,
    ),
)
