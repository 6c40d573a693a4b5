"""Composite: the product of the scores of several verifiers, so that no part makes up for another that failed.

A weighted sum pays for the form of a wrong answer, and a model learns to collect just that.
"""

from collections.abc import Sequence
from math import prod

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier, get_verifier
from gnomon.benchmarks.verifiers.answers import sample
from gnomon.errors import UsageError


def parts_of(item: Item) -> list[Verifier]:
    """The verifiers that the item's `parts` name; UsageError where there is none, or one is itself composite."""
    names = item.arguments.get("parts", ())
    if not names or "composite" in names:
        raise UsageError(f"Item {item.id} has the parts {names!r}; name one or more verifiers that are not composite.")
    return [get_verifier(name) for name in names]


def check(item: Item) -> None:
    """Raise UsageError where a part cannot read the item's gold."""
    for part in parts_of(item):
        part.check(item)


def score(completion: str, item: Item) -> float:
    """The product of the scores of the item's `parts`."""
    return prod(part(completion, item) for part in parts_of(item))


def samples() -> Sequence[Sample]:
    return [
        sample("B", near_misses=("C", "A, B"), parts=["choice", "set"], options=["A", "B", "C"]),
        sample("12", equivalents=("12.0",), near_misses=("13", "12 or 13"), parts=["numeric", "format"]),
        sample("75", near_misses=("75.0", "57"), parts=["numeric", "exact"]),
    ]


VERIFIERS.add(
    "composite",
    Verifier(
        summary="The product of the scores of several verifiers: a wrong answer in good form earns nothing.",
        score=score,
        check=check,
        samples=samples,
    ),
)
