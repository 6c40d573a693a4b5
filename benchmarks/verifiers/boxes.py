"""Boxes: the answer is a list of boxes, scored by average precision times a penalty for more boxes than there are.

    score = AP · min(1, gold boxes / answered boxes)

AP is the area below the precision-recall curve with precision made monotone, as from VOC 2010 on (Everingham et al.
2015, doi 10.1007/s11263-014-0733-5, section 2.2); boxes are taken in the order in which they stand, each finds the gold
box that it overlaps most, once, by half or more (or the item's `least`). Without the second factor, boxes that
find nothing cost nothing at the end of a list, and models learn to write hundreds (arXiv 2504.07615).
"""

from collections.abc import Sequence
from fractions import Fraction

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, gold_text, sample
from gnomon.benchmarks.verifiers.iou import intersection_over_union
from gnomon.benchmarks.verifiers.numeric import number_of
from gnomon.benchmarks.verifiers.point import Numbers, box_of
from gnomon.errors import UsageError

MOST = 100  # boxes of an answer; a longer one is none


def boxes_of(text: str) -> list[Numbers] | None:
    """Boxes separated by semicolons; None where one of them is none, or there are more than 100.

    >>> boxes_of("0, 0, 1, 1; 2, 2, 3, 3")
    [(0, 0, 1, 1), (2, 2, 3, 3)]
    >>> boxes_of("0, 0, 1, 1; 2") is boxes_of("") is None
    True
    """
    found = [box_of(part) for part in text.split(";", MOST)]
    boxes = [box for box in found if box is not None]
    return boxes if len(boxes) == len(found) <= MOST else None


def average_precision(answered: Sequence[Numbers], right: Sequence[Numbers], least: Fraction | int) -> Fraction:
    """From 0 to 1; the answered boxes in order, the surest first.

    >>> average_precision([(0, 0, 1, 1), (5, 5, 6, 6)], [(5, 5, 6, 6)], 1)  # recall 1 at precision 1/2
    Fraction(1, 2)
    """
    hits, found = [], set[int]()
    for box in answered:
        overlaps = [intersection_over_union(box, one) for one in right]
        nearest = max(range(len(right)), key=overlaps.__getitem__)
        hits.append(overlaps[nearest] >= least and nearest not in found)
        found |= {nearest} if hits[-1] else set()
    precisions = [Fraction(sum(hits[: place + 1]), place + 1) for place in range(len(hits))]
    area = sum(max(precisions[place:]) for place, hit in enumerate(hits) if hit)
    return Fraction(area) / len(right)


def gold(item: Item) -> tuple[list[Numbers], Fraction | int]:
    """The item's boxes and the least overlap that counts, its argument `least` ("0.5" by default).

    Raises:
        UsageError: the answer is no list of boxes, or the overlap is not above 0 and at most 1.
    """
    boxes, least = boxes_of(gold_text(item)), number_of(str(item.arguments.get("least", "0.5")))
    if not boxes or least is None or not 0 < least <= 1:
        raise UsageError(
            f"Item {item.id} has the answer {item.answer!r}; write boxes x1, y1, x2, y2 between semicolons."
        )
    return boxes, least


def score(completion: str, item: Item) -> float:
    """Average precision times min(1, gold boxes / answered boxes); 0 where the answer is no list of boxes."""
    (right, least), answer = gold(item), answer_of(completion)
    answered = None if answer is None else boxes_of(answer)
    if not answered:
        return 0.0
    return float(average_precision(answered, right, least) * min(Fraction(1), Fraction(len(right), len(answered))))


def samples() -> Sequence[Sample]:
    return [
        sample(
            "10, 20, 30, 40; 50, 50, 60, 70",
            equivalents=("50, 50, 60, 70; 10, 20, 30, 40", "10, 20, 30, 30;50, 50, 60, 70"),
            near_misses=(
                "10, 20, 30, 40",
                "10, 20, 30, 40; 10, 20, 30, 40",
                "10, 20, 30, 40; 50, 50, 60",
                "10 20 30 40",
            ),
        ),
        sample(
            "0, 0, 4, 3", near_misses=("0, 0, 4, 3; 7, 7, 8, 8", "[0, 0, 4, 3]", "0, 0, 4, 4; 0, 0, 4, 3"), least="1"
        ),
        sample("1, 2, 3, 4; 5, 6, 7, 8; 1, 6, 3, 9", near_misses=("0, 0, 9, 9", "1, 2, 3, 4; 5, 6, 7, 8")),
    ]


VERIFIERS.add(
    "boxes",
    Verifier(
        summary="The answer is a list of boxes: average precision, less for more boxes than there are.",
        score=score,
        check=gold,
        samples=samples,
        judges="similarity",
        source="doi 10.1007/s11263-014-0733-5, arXiv 2504.07615",
    ),
)
