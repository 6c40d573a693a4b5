"""Every solution of a number game, by exhaustive search: what diversity is measured against."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

PLACES = range(100)  # of the number line

Step = Callable[[int], int]


def step_of(name: str) -> Step:
    """The step of that name; a division that leaves something leads off the line.

    >>> step_of("+3")(4), step_of("/2")(6), step_of("/2")(7) in PLACES
    (7, 3, False)
    """
    sign, amount = name[0], int(name[1:])
    steps: dict[str, Step] = {
        "+": lambda place: place + amount,
        "-": lambda place: place - amount,
        "*": lambda place: place * amount,
        "/": lambda place: place // amount if place % amount == 0 else -1,
    }
    return steps[sign]


class Term(NamedTuple):
    """A value and the expression that it came from, in a form that order and parentheses do not change.

    Attributes:
        value: positive whole number.
        kind: `number`, or whether `parts` are added (`sum`) or multiplied (`product`).
        parts: what is added or multiplied, written out, in order.
        inverses: what is subtracted or divided by, written out, in order.
    """

    value: int
    kind: str
    parts: tuple[str, ...]
    inverses: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind == "number":
            return self.parts[0]
        forward, backward = (" + ", " - ") if self.kind == "sum" else (" * ", " / ")
        return f"({forward.join(self.parts)}{''.join(backward + part for part in self.inverses)})"


def number(value: int) -> Term:
    """A given number."""
    return Term(value, "number", (str(value),))


def combine(left: Term, sign: str, right: Term) -> Term | None:
    """The term left (+|-|*|/) right; None where it is no positive whole number.

    >>> str(combine(combine(number(5), "-", number(2)), "+", number(1)))
    '(1 + 5 - 2)'
    """
    value = _value(left.value, sign, right.value)
    if value is None:
        return None
    kind = "sum" if sign in "+-" else "product"
    (parts, inverses), (more, fewer) = _split(left, kind), _split(right, kind)
    if sign in "-/":
        more, fewer = fewer, more
    return Term(value, kind, tuple(sorted(parts + more)), tuple(sorted(inverses + fewer)))


def _value(left: int, sign: str, right: int) -> int | None:
    if sign in "+*":
        return left + right if sign == "+" else left * right
    if sign == "-":
        return left - right if left > right else None
    return left // right if left % right == 0 else None


def _split(term: Term, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (term.parts, term.inverses) if term.kind == kind else ((str(term),), ())


def countdown_solutions(numbers: Sequence[int], target: int) -> Mapping[str, tuple[str, ...]]:
    """Expression → moves that compute it, of every expression that uses all numbers and has the value `target`.

    >>> sorted(countdown_solutions([2, 3, 6], 6))
    ['((3 - 2) * 6)', '((6 - 3) * 2)', '((6 / 2) + 3)', '(6 / (3 - 2))']
    """
    return countdown_values(numbers).get(target, {})


def countdown_values(numbers: Sequence[int]) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
    """Value → expression → moves, of every expression that uses all numbers."""
    return _values(tuple(sorted(map(number, numbers))))


@lru_cache(maxsize=20_000)
def _values(terms: tuple[Term, ...]) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
    if len(terms) == 1:
        return {terms[0].value: {str(terms[0]): ()}}
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for move, rest in _moves(terms):
        for value, solutions in _values(rest).items():
            known = found.setdefault(value, {})
            for expression, moves in solutions.items():
                known.setdefault(expression, (move, *moves))
    return found


def _moves(terms: tuple[Term, ...]) -> Iterator[tuple[str, tuple[Term, ...]]]:
    """Every way to combine two terms, as a command, and the terms after it."""
    for (i, left), (j, right) in permutations(enumerate(terms), 2):
        others = [term for place, term in enumerate(terms) if place not in (i, j)]
        for sign in "+*-/" if i < j else "-/":
            term = combine(left, sign, right)
            if term is not None:
                yield f"{left.value} {sign} {right.value}", tuple(sorted([*others, term]))


def line_solutions(place: int, target: int, steps: Mapping[str, Step], turns: int) -> Iterator[tuple[str, ...]]:
    """Every way from a place to the target in at most `turns` steps that is at no place twice, by depth first.

    >>> list(line_solutions(1, 3, {"+1": lambda at: at + 1, "*3": lambda at: 3 * at}, 2))
    [('+1', '+1'), ('*3',)]
    """
    yield from _onwards((place,), (), target, steps, turns)


def _onwards(
    places: tuple[int, ...], taken: tuple[str, ...], target: int, steps: Mapping[str, Step], turns: int
) -> Iterator[tuple[str, ...]]:
    if places[-1] == target:
        yield taken
        return
    for name, step in steps.items():
        place = step(places[-1])
        if turns > 0 and place in PLACES and place not in places:
            yield from _onwards((*places, place), (*taken, name), target, steps, turns - 1)
