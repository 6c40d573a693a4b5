"""Numeric: the answer is the gold number, written as an integer, a decimal or a fraction in lowest terms.

Numbers are compared as exact fractions: 22/7 is not 3.142857, and nothing is computed for the model, so that neither
`4+4` nor `16/2` is 8.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import gcd

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, sample
from gnomon.errors import UsageError

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,29})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,29})\.[0-9]{1,30}")
_FRACTION = re.compile(r"(-?[1-9][0-9]{0,29})/([1-9][0-9]{0,29})")


def number_of(text: str) -> Fraction | int | None:
    """The number that a text is; None for anything else, such as an expression, a list, or a number with a unit.

    >>> number_of("-3"), number_of("0.50"), number_of("2/3")
    (-3, Fraction(1, 2), Fraction(2, 3))
    >>> [number_of(text) for text in ("4+4", "16/2", "1 2 3", "8%", "1,000", "٣", "1e3", "08", "")]
    [None, None, None, None, None, None, None, None, None]
    """
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    if match := _FRACTION.fullmatch(text):
        above, below = int(match[1]), int(match[2])
        return Fraction(above, below) if below > 1 and gcd(above, below) == 1 else None
    return None


def gold(item: Item) -> Fraction | int:
    """The item's number; UsageError where its answer is none."""
    value = number_of(item.answer) if isinstance(item.answer, str) else None
    if value is None:
        raise UsageError(f"Item {item.id} has the answer {item.answer!r}, which is no number; write 12, 1.5 or 2/3.")
    return value


def score(completion: str, item: Item) -> float:
    """1 where the answer is within the item's `tolerance` (a decimal text, "0" by default) of its number."""
    right, answer = gold(item), answer_of(completion)
    value = None if answer is None else number_of(answer)
    if value is None:
        return 0.0
    tolerance = item.arguments.get("tolerance", "0")
    return float(value == right if tolerance == "0" else abs(value - right) <= Fraction(tolerance))


def samples() -> Sequence[Sample]:
    return [
        sample("8", equivalents=("8.0", "8.000"), near_misses=("4+4", "16/2", "8%", "-8", "1 2 8", "7.999", "8 or 9")),
        sample("-12", equivalents=("-12.0",), near_misses=("12", "−12", "- 12", "(-12)")),
        sample("2/3", near_misses=("4/6", "0.6667", "0.666666666666666", "2/-3")),
        sample("0.5", equivalents=("1/2", "0.50"), near_misses=(".5", "50%", "5")),
        sample("1000", near_misses=("1,000", "1e3", "1000 apples", "10^3", "01000")),
        sample("3.14", equivalents=("3.14", "3.141"), near_misses=("3.16", "22/8"), tolerance="0.01"),
    ]


VERIFIERS.add(
    "numeric",
    Verifier(
        summary="The answer is the gold number: an integer, a decimal or a fraction in lowest terms.",
        score=score,
        check=gold,
        samples=samples,
        symmetric=True,
    ),
)
