"""A small language of assignments to whole numbers, read and run by this file: nothing of it reaches Python.

    a = 3 * apple + 2; b = a // (plum - 1)

    program = line {; line}      line = name = sum      sum = product {(+|-) product}
    product = unary {(*|//|%) unary}      unary = [-] atom      atom = number | name | ( sum )

There are no loops and no calls, so a program ends; numbers are bounded, so its cost is too. Division rounds down.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

LONGEST = 400  # characters
MOST_LINES, DEEPEST = 32, 20  # lines; parentheses and signs inside each other
LARGEST = 10**12
_TOKEN = re.compile(r" *([0-9]{1,12}|[a-z][a-z_]{0,19}|//|[-+*%()])")
_LINE = re.compile(r"\s*([a-z][a-z_]{0,19})\s*=(.*)", re.DOTALL)


class ProgramError(ValueError):
    """A program that cannot be read or run; the message says where and why."""


OPERATIONS: Mapping[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right,
}


@dataclass
class _Reader:
    """Computes one expression from left to right."""

    tokens: list[str]
    values: Mapping[str, int]
    place: int = 0
    depth: int = 0

    @property
    def token(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.token
        self.place += 1
        return token

    def is_taken(self, sign: str) -> bool:
        """Take the next token if it is this sign."""
        found = self.token == sign
        self.place += found
        return found

    def sum(self) -> int:
        return self._chain(("+", "-"), self.product)

    def product(self) -> int:
        return self._chain(("*", "//", "%"), self.unary)

    def _chain(self, signs: tuple[str, ...], part: Callable[[], int]) -> int:
        value = part()
        while self.token in signs:
            sign, other = self.take(), part()
            if sign in ("//", "%") and other == 0:
                raise ProgramError("division by zero")
            value = OPERATIONS[sign](value, other)
            if abs(value) > LARGEST:
                raise ProgramError(f"a number beyond {LARGEST}")
        return value

    def unary(self) -> int:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ProgramError("too deep")
        value = -self.unary() if self.is_taken("-") else self.atom()
        self.depth -= 1
        return value

    def atom(self) -> int:
        if self.is_taken("("):
            value = self.sum()
            if not self.is_taken(")"):
                raise ProgramError("a parenthesis is open")
            return value
        token = self.take()
        if token.isdigit():
            return int(token)
        if token in self.values:
            return self.values[token]
        raise ProgramError(f"{token!r} has no value" if token.isidentifier() else "an operand is missing")


def evaluate(text: str, values: Mapping[str, int]) -> int:
    """The value of one expression; raises ProgramError where it has none.

    >>> evaluate("-(2 + apple) * 3 % 7", {"apple": 3})
    6
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text.replace(" ", ""):
        raise ProgramError("a sign that is not of the language")
    reader = _Reader(tokens, values)
    value = reader.sum()
    if reader.place != len(tokens):
        raise ProgramError(f"{reader.token!r} is not expected")
    return value


def run(program: str) -> dict[str, int]:
    """The names that a program assigns and their last values; raises ProgramError with the number of the line.

    >>> run("a = 2; b = a * a + 1")
    {'a': 2, 'b': 5}
    """
    lines = program.split(";")
    if len(program) > LONGEST or len(lines) > MOST_LINES:
        raise ProgramError(f"a program has at most {LONGEST} characters and {MOST_LINES} lines")
    values: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if found is None:
            raise ProgramError(f"line {number}: this is no assignment")
        try:
            values[found[1]] = evaluate(found[2].strip(), values)
        except ProgramError as error:
            raise ProgramError(f"line {number}: {error}") from error
    return values
