"""Modchain: run a program of assignments to registers modulo m, and say what one register holds at the end."""

from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer

REGISTERS = "abcd"
PRIMES = (11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)  # no product of two is 0


class Statement(NamedTuple):
    """register = left (+|-|*) right, where left is a register and right a register or a number."""

    register: str
    left: str
    sign: str
    right: str


class Program(NamedTuple):
    """Initial values, modulus and statements; what is asked is the register that was written last."""

    modulus: int
    start: tuple[int, ...]
    statements: tuple[Statement, ...]


def draw(stream: Random, level: int) -> Program:
    """2 · `level` + 1 statements on 2 to 4 registers, modulo a prime; each reads the register written before."""
    modulus = stream.choice(PRIMES)
    used = REGISTERS[: min(2 + level // 2, 4)]
    start = tuple(stream.randrange(1, modulus) for _ in used)
    statements, last = [], stream.choice(used)
    for _ in range(2 * level + 1):
        others = [name for name in used if name != last]  # a - a would cut the chain
        right = stream.choice(others) if stream.random() < 0.5 else str(stream.randint(2, 9))
        statement = Statement(stream.choice(used), last, stream.choice("+-*"), right)
        statements.append(statement)
        last = statement.register
    return Program(modulus, start, tuple(statements))


def canonical(program: Program) -> str:
    """The program without its wording."""
    lines = ";".join("".join(statement) for statement in program.statements)
    return f"mod {program.modulus}: {program.start}; {lines}"


def compute(left: int, sign: str, right: int, modulus: int) -> int:
    """Left (+|-|*) right modulo `modulus`, from 0.

    >>> compute(3, "-", 5, 7)
    5
    """
    value = left + right if sign == "+" else left - right if sign == "-" else left * right
    return value % modulus


def solve(program: Program) -> Solution:
    values, steps = dict(zip(REGISTERS, program.start, strict=False)), []
    for register, left, sign, right in program.statements:
        a, b = values[left], values[right] if right in values else int(right)
        values[register] = compute(a, sign, b, program.modulus)
        steps.append(Step("assign", f"{register} = {a} {sign} {b} = {values[register]}", str(values[register])))
    return Solution(steps[-1].value, tuple(steps), {})


def _start(program: Program, between: str) -> str:
    return between.join(f"{name} = {value}" for name, value in zip(REGISTERS, program.start, strict=False))


def _lines(program: Program) -> list[str]:
    return [f"{register} = {left} {sign} {right}" for register, left, sign, right in program.statements]


def _listing(program: Program) -> str:
    body = "\n".join(_lines(program))
    asked = program.statements[-1].register
    return f"All arithmetic is modulo {program.modulus}.\n{_start(program, chr(10))}\n{body}\nprint {asked}"


def _one_line(program: Program) -> str:
    asked = program.statements[-1].register
    return f"{_start(program, '; ')}; {'; '.join(_lines(program))}; {asked} mod {program.modulus} = ?"


def _question(program: Program) -> str:
    asked = program.statements[-1].register
    return (
        f"Count modulo {program.modulus}. At first {_start(program, ', ')}. Then {', then '.join(_lines(program))}. "
        f"What is {asked}?"
    )


_VERBS = {"+": "plus", "-": "minus", "*": "times"}


def _spoken(program: Program) -> str:
    told = (f"Register {to} becomes {left} {_VERBS[sign]} {right}." for to, left, sign, right in program.statements)
    return (
        f"A clock has {program.modulus} hours, numbered from 0. The registers begin with {_start(program, ', ')}. "
        f"{' '.join(told)} Which hour does register {program.statements[-1].register} show?"
    )


LANGUAGE_TASKS.add(
    "reasoning/modchain-v1",
    LanguageTask(
        id="reasoning/modchain-v1",
        summary="Run 3 to 11 assignments to registers in modular arithmetic.",
        verifier="numeric",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates={"listing": _listing, "one-line": _one_line, "question": _question},
        unseen_templates={"spoken": _spoken},
        related=("reasoning/chain-sum-v1", "reasoning/list-prog-v1"),
        instruction=ends_with_answer("a whole number from 0"),
    ),
)
