"""Action: the answer is a kind of action and a place, `click 15, 25`, as an agent in a user interface writes it.

Right is the item's own kind of action at a place inside its `box`: the product of the action term and the point term of
UI-R1 (arXiv 2503.21620), so that neither pays without the other.
"""

from collections.abc import Sequence
from dataclasses import replace

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, gold_text, sample, written
from gnomon.benchmarks.verifiers.point import gold_point
from gnomon.benchmarks.verifiers.point import score as point_score
from gnomon.errors import UsageError


def gold(item: Item) -> tuple[str, Item]:
    """The kind of action, and the item with its place alone as the answer; UsageError where the item has none."""
    action, _, place = gold_text(item).partition(" ")
    if not action.isalpha() or not place:
        raise UsageError(f"Item {item.id} has the answer {item.answer!r}, which is no action; write `click x, y`.")
    placed = replace(item, answer=place)
    gold_point(placed)
    return action, placed


def score(completion: str, item: Item) -> float:
    """1 where the answer is the right kind of action, one space, and a point inside the item's `box`."""
    (right, placed), answer = gold(item), answer_of(completion)
    action, _, place = (answer or "").partition(" ")
    return point_score(written(place), placed) if action == right else 0.0


def samples() -> Sequence[Sample]:
    return [
        sample(
            "click 15, 25",
            equivalents=("click 10, 20", "click 15.5,25.5"),
            near_misses=(
                "type 15, 25",
                "click 9, 25",
                "Click 15, 25",
                "15, 25",
                "click",
                "click 15 25",
                "click(15, 25)",
            ),
            box="10, 20, 20, 30",
        ),
        sample("type 40, 8", near_misses=("click 40, 8", "type 8, 40", "type 40, 8 hello"), box="30, 4, 60, 12"),
        sample("hold 70, 70", near_misses=("h 70, 70", "hold 7, 7"), box="66, 66, 80, 74"),
    ]


VERIFIERS.add(
    "action",
    Verifier(
        summary="The answer is the right kind of action at a point x, y inside the item's box.",
        score=score,
        check=gold,
        samples=samples,
        source="arXiv 2503.21620",
    ),
)
