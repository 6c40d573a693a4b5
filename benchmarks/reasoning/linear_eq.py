"""Linear equation: solve a x + b = c x + d; the first levels lack terms, the last has a fraction as its solution."""

from fractions import Fraction
from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer


class Equation(NamedTuple):
    """a x + b = c x + d, with a ≠ c."""

    a: int
    b: int
    c: int
    d: int


def _nonzero(stream: Random, largest: int) -> int:
    return stream.choice((-1, 1)) * stream.randint(1, largest)


def draw(stream: Random, level: int) -> Equation:
    """Level 1: x + b = d; 2: a x + b = d; 3: all four; 4: larger numbers; 5: the solution is a fraction."""
    largest = 99 if level in (1, 4) else 12
    a = 1 if level == 1 else stream.randint(2, largest)
    c = 0 if level < 3 else _nonzero(stream, largest)
    b, x = _nonzero(stream, 99), stream.randint(-99, 99)
    if level == 5:
        a = c + stream.randint(3, 12)
        return Equation(a, b, c, b + (a - c) * x + stream.randint(1, a - c - 1))
    a += a == c
    return Equation(a, b, c, b + (a - c) * x)


def canonical(equation: Equation) -> str:
    """The four coefficients, the smaller side first: exchanging the sides is the same problem.

    >>> canonical(Equation(2, 3, 0, 7)) == canonical(Equation(0, 7, 2, 3))
    True
    """
    a, b, c, d = equation
    left, right = sorted(((a, b), (c, d)))
    return f"{left[0]}x{left[1]:+} = {right[0]}x{right[1]:+}"


def solve(equation: Equation) -> Solution:
    a, b, c, d = equation
    factor, constant = a - c, d - b
    x = Fraction(constant, factor)
    steps = [
        Step("collect-constants", f"{_side(a, 0)} = {_side(c, constant)}", str(constant)),
        Step("collect-variables", f"{_side(factor, 0)} = {constant}", str(factor)),
        Step("divide", f"x = {x}", str(x)),
    ]
    return Solution(str(x), tuple(steps if c else steps[1:]), {})


def _side(factor: int, constant: int) -> str:
    """One side of an equation.

    >>> _side(-1, 4), _side(3, 0), _side(0, -2)
    ('-x + 4', '3x', '-2')
    """
    if factor == 0:
        return str(constant)
    variable = {1: "x", -1: "-x"}.get(factor, f"{factor}x")
    return variable if constant == 0 else f"{variable} {'+' if constant > 0 else '-'} {abs(constant)}"


def _written(equation: Equation) -> str:
    return f"{_side(equation.a, equation.b)} = {_side(equation.c, equation.d)}"


def _story(equation: Equation) -> str:
    a, b, c, d = equation
    right = f"equals {c} times the same number plus {d}" if c else f"equals {d}"
    return f"{a} times a number plus {b} {right}. (A number may be negative.) Which number is it?"


LANGUAGE_TASKS.add(
    "reasoning/linear-eq-v1",
    LanguageTask(
        id="reasoning/linear-eq-v1",
        summary="Solve a linear equation in one unknown.",
        verifier="numeric",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates={
            "solve": lambda equation: f"Solve {_written(equation)} for x.",
            "which": lambda equation: f"For which x is {_written(equation)}?",
            "given": lambda equation: f"Given: {_written(equation)}\nWanted: x",
        },
        unseen_templates={"story": _story},
        related=("reasoning/chain-sum-v1", "reasoning/gsm-style-v1"),
        instruction=ends_with_answer("the number: an integer, or a fraction in lowest terms such as -2/3"),
    ),
)
