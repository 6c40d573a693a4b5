"""Exact: the answer is the gold answer, letter for letter."""

from collections.abc import Sequence

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, gold_text, sample


def score(completion: str, item: Item) -> float:
    """1 where the answer equals the gold answer; upper and lower case, and spaces inside, count."""
    return float(answer_of(completion) == gold_text(item))


def samples() -> Sequence[Sample]:
    return [
        sample("tovak miru", near_misses=("Tovak miru", "tovak", "miru tovak", "tovak  miru", "tovak miru.")),
        sample("yes", near_misses=("Yes", "y", "yes or no")),
        sample("7:30", near_misses=("07:30", "7.30")),
    ]


VERIFIERS.add(
    "exact",
    Verifier(
        summary="The answer is the gold answer, letter for letter.",
        score=score,
        check=gold_text,
        samples=samples,
        symmetric=True,
    ),
)
