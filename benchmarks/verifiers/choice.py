"""Choice: the answer is the label of the right option, and nothing else."""

from collections.abc import Sequence

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, gold_text, sample
from gnomon.errors import UsageError


def gold(item: Item) -> str:
    """The right label; UsageError where it is none of the item's `options`, or there are fewer than two."""
    options = item.arguments.get("options", ())
    if item.answer not in options or len(set(options)) < 2:
        raise UsageError(f"Item {item.id} has the answer {item.answer!r} to the options {options}; name two or more.")
    return gold_text(item)


def score(completion: str, item: Item) -> float:
    """1 where the answer is the right label: not its first letter, not two labels, not the option's text."""
    return float(answer_of(completion) == gold(item))


def samples() -> Sequence[Sample]:
    letters = ["A", "B", "C", "D"]
    return [
        sample("B", near_misses=("b", "A or B", "A B C D", "B) seven", "Because"), options=letters),
        sample("D", near_misses=("C", "ABCD", "Definitely"), options=letters),
        sample("neither", near_misses=("n", "Neither", "neither, both"), options=["left", "right", "neither"]),
    ]


VERIFIERS.add(
    "choice",
    Verifier(
        summary="The answer is the label of the right option, and nothing else.",
        score=score,
        check=gold,
        samples=samples,
    ),
)
