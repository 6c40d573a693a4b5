"""Expression: the answer is an arithmetic expression that uses each given number once and has the wanted value.

The grammar, read by a descent of our own that computes with exact fractions; no sign, no power, no other number:

    sum = product {(+|-) product}      product = atom {(*|/) atom}      atom = number | ( sum )
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, sample
from gnomon.errors import UsageError

_TOKEN = re.compile(r" *([0-9]+|[-+*/()])")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
LONGEST = 400  # characters
DEEPEST = 40  # parentheses inside each other


@dataclass
class _Reader:
    """Reads one expression from left to right; raises ValueError where it is none."""

    tokens: list[str]
    numbers: list[int] = field(default_factory=list)
    place: int = 0
    depth: int = 0

    def next_in(self, tokens: str) -> str:
        """Take the next token if it is one of `tokens`."""
        token = self.tokens[self.place] if self.place < len(self.tokens) else ""
        self.place += bool(token) and token in tokens
        return token if token and token in tokens else ""

    def sum(self) -> Fraction:
        value = self.product()
        while sign := self.next_in("+-"):
            other = self.product()
            value = value + other if sign == "+" else value - other
        return value

    def product(self) -> Fraction:
        value = self.atom()
        while sign := self.next_in("*/"):
            other = self.atom()
            if sign == "/" and other == 0:
                raise ValueError("division by zero")
            value = value * other if sign == "*" else value / other
        return value

    def atom(self) -> Fraction:
        if self.next_in("("):
            return self.parenthesis()
        token = self.tokens[self.place] if self.place < len(self.tokens) else ""
        if not _NUMBER.fullmatch(token):
            raise ValueError(f"{token!r} is no number")
        self.place += 1
        self.numbers.append(int(token))
        return Fraction(token)

    def parenthesis(self) -> Fraction:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError("too deep")
        value = self.sum()
        self.depth -= 1
        if not self.next_in(")"):
            raise ValueError("a parenthesis is open")
        return value


def read(text: str) -> tuple[Fraction, list[int]] | None:
    """Value and numbers of an expression; None where it is none.

    >>> read("(1 + 2) * 3 / 6")
    (Fraction(3, 2), [1, 2, 3, 6])
    >>> read("2 ** 3") is read("-1") is read("1/0") is read("3 = 3") is read("") is None
    True
    """
    tokens = _TOKEN.findall(text) if len(text) <= LONGEST else []
    if "".join(tokens) != text.replace(" ", "") or "  " in text:
        return None
    reader = _Reader(tokens)
    try:
        value = reader.sum()
    except ValueError:
        return None
    return (value, reader.numbers) if reader.place == len(tokens) else None


def _solves(text: str, item: Item) -> bool:
    found = read(text)
    if found is None:
        return False
    value, numbers = found
    return value == item.arguments["target"] and sorted(numbers) == sorted(item.arguments["numbers"])


def gold(item: Item) -> None:
    """Raise UsageError where the item's own answer does not reach its `target` with its `numbers`."""
    if not {"target", "numbers"} <= item.arguments.keys() or not _solves(str(item.answer), item):
        raise UsageError(f"Item {item.id} has the answer {item.answer!r}, which does not solve it; give one that does.")


def score(completion: str, item: Item) -> float:
    """1 where the answer is an expression of the item's `numbers`, each once, with the value `target`."""
    gold(item)
    answer = answer_of(completion)
    return float(answer is not None and _solves(answer, item))


def samples() -> Sequence[Sample]:
    return [
        sample(
            "(5 + 3) * 3",
            equivalents=("3 * (3 + 5)", "((5+3))*3"),
            near_misses=("24", "8 * 3", "5 + 3 * 3", "(5 + 3) * 3 = 24", "3 * 3 + 5 + 10", "(5 + 3) * 3 + 0"),
            numbers=[3, 3, 5],
            target=24,
        ),
        sample("8 / (3 - 1)", near_misses=("4", "8 // 2", "8 - 3 + 1"), numbers=[1, 3, 8], target=4),
        sample(
            "2 * 7 - 4", equivalents=("7 * 2 - 4",), near_misses=("14 - 4", "2*7-4-0"), numbers=[2, 4, 7], target=10
        ),
    ]


VERIFIERS.add(
    "expression",
    Verifier(
        summary="The answer is an arithmetic expression of the given numbers, each once, with the wanted value.",
        score=score,
        check=gold,
        samples=samples,
    ),
)
