"""Format: the completion has one line with an answer, and it is the last. Whether the answer is right is not asked."""

from collections.abc import Sequence

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, gold_text, sample


def score(completion: str, item: Item) -> float:  # noqa: ARG001
    """1 where exactly one line, the last, begins with `Answer:`."""
    return float(answer_of(completion) is not None)


def samples() -> Sequence[Sample]:
    return [sample("4", equivalents=("5", "four")), sample("left", equivalents=("right",))]


VERIFIERS.add(
    "format",
    Verifier(
        summary="The completion has one line with an answer, and it is the last; the answer may be wrong.",
        score=score,
        check=gold_text,
        samples=samples,
        judges="form",
    ),
)
