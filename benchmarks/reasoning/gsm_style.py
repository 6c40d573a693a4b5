"""Word problems: facts that hang together as a directed graph, among facts that do not matter, with a change of units.

A fact says how much somebody has, in a unit of its own or compared with people named in other facts. The question is
about the last fact of a chain; facts off the chain distract. From level 4 on the facts stand in any order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer
from gnomon.benchmarks.reasoning.logic_kk import NAMES

UNITS = (  # what is counted, larger unit, how many make one
    ("eggs", "dozens of eggs", 12),
    ("apples", "crates of 20 apples", 20),
    ("pencils", "boxes of 8 pencils", 8),
    ("minutes of music", "hours of music", 60),
    ("days of holiday", "weeks of holiday", 7),
    ("centimetres of ribbon", "metres of ribbon", 100),
    ("grams of rice", "kilograms of rice", 1000),
    ("cards", "packs of 32 cards", 32),
)
LARGEST = 100_000


class Fact(NamedTuple):
    """What somebody has: `kind` is base, converted, more, fewer, times or sum; `about` are earlier facts by number."""

    kind: str
    about: tuple[int, ...]
    number: int


class Problem(NamedTuple):
    """Facts in the order of the graph, the values that they have, the order they are told in, and who has what."""

    facts: tuple[Fact, ...]
    values: tuple[int, ...]
    asked: int
    order: tuple[int, ...]
    names: tuple[str, ...]
    unit: tuple[str, str, int]


def draw(stream: Random, level: int) -> Problem:
    """A chain of `level` + 2 facts, the first in larger units, and `level` // 2 + 1 facts that do not matter."""
    unit, chain, distractors = stream.choice(UNITS), level + 2, level // 2 + 1
    facts, values = [Fact("converted", (), stream.randint(2, 9))], []
    values.append(facts[0].number * unit[2])
    for number in range(1, chain + distractors):
        last = number - 1 if number < chain else stream.randrange(number)
        fact = _fact(stream, values, last)
        facts.append(fact)
        values.append(_value(fact, values, unit[2]))
    order = list(range(len(facts)))
    if level >= 4:
        stream.shuffle(order)
    names = tuple(stream.sample(NAMES, len(facts)))
    return Problem(tuple(facts), tuple(values), chain - 1, tuple(order), names, unit)


def _fact(stream: Random, values: list[int], last: int) -> Fact:
    """A fact about fact `last`, and about another one where it is a sum; its value stays from 1 to 100 000."""
    kinds = ["more"]
    if values[last] > 2:
        kinds.append("fewer")
    if values[last] * 5 <= LARGEST:
        kinds.append("times")
    if last > 0 and sum(values) <= LARGEST:
        kinds.append("sum")
    kind = stream.choice(kinds)
    if kind == "sum":
        return Fact(kind, (last, stream.randrange(last)), 0)
    limits = {"more": (2, 50), "fewer": (1, min(values[last] - 1, 50)), "times": (2, 5)}
    return Fact(kind, (last,), stream.randint(*limits[kind]))


def _value(fact: Fact, values: list[int], per_unit: int) -> int:
    if fact.kind == "converted":
        return fact.number * per_unit
    first = values[fact.about[0]]
    computed = {"more": first + fact.number, "fewer": first - fact.number, "times": first * fact.number}
    return computed[fact.kind] if fact.kind in computed else first + values[fact.about[1]]


def canonical(problem: Problem) -> str:
    """The facts that matter, without names, things and distractors."""
    facts = [f"{kind} {about} {number}" for kind, about, number in problem.facts[: problem.asked + 1]]
    return f"{problem.unit[2]}: {'; '.join(facts)}"


def solve(problem: Problem) -> Solution:
    steps = tuple(
        Step(
            problem.facts[i].kind,
            f"{problem.names[i]}: {_sum(problem, i)} = {problem.values[i]}",
            str(problem.values[i]),
        )
        for i in range(problem.asked + 1)  # each fact of the chain is about the one before
    )
    return Solution(str(problem.values[problem.asked]), steps, {})


def _sum(problem: Problem, number: int) -> str:
    """The calculation of a fact, in numbers."""
    kind, about, amount = problem.facts[number]
    first = problem.values[about[0]] if about else amount
    signs = {"more": f"+ {amount}", "fewer": f"- {amount}", "times": f"* {amount}", "converted": f"* {problem.unit[2]}"}
    return f"{first} {signs[kind]}" if kind in signs else f"{first} + {problem.values[about[1]]}"


@dataclass(frozen=True)
class Wording:
    """Sentences with the places who, first, second, number, things (what is counted) and larger (the larger unit)."""

    opening: str
    converted: str
    more: str
    fewer: str
    times: str
    sum: str
    question: str

    def __call__(self, problem: Problem) -> str:
        told = [self._sentence(problem, number) for number in problem.order]
        question = self.question.format(who=problem.names[problem.asked], things=problem.unit[0])
        return " ".join([self.opening.format(things=problem.unit[0]), *told, question]).strip()

    def _sentence(self, problem: Problem, number: int) -> str:
        kind, about, amount = problem.facts[number]
        people = [problem.names[other] for other in about] + ["", ""]
        return getattr(self, kind).format(
            who=problem.names[number],
            first=people[0],
            second=people[1],
            number=amount,
            things=problem.unit[0],
            larger=problem.unit[1],
        )


WORDINGS: dict[str, Callable[[Problem], str]] = {
    "has": Wording(
        opening="",
        converted="{who} has {number} {larger}.",
        more="{who} has {number} {things} more than {first}.",
        fewer="{who} has {number} {things} fewer than {first}.",
        times="{who} has {number} times as many {things} as {first}.",
        sum="{who} has as many {things} as {first} and {second} together.",
        question="How many {things} does {who} have?",
    ),
    "list": Wording(
        opening="Some people compare their {things}.",
        converted="{who}: {number} {larger}.",
        more="{who}: what {first} has, and {number} {things} more.",
        fewer="{who}: what {first} has, less {number} {things}.",
        times="{who}: {number} times what {first} has.",
        sum="{who}: what {first} and {second} have together.",
        question="What number of {things} is that for {who}?",
    ),
    "report": Wording(
        opening="A club counts its {things}.",
        converted="The stock of {who} is {number} {larger}.",
        more="The stock of {who} exceeds that of {first} by {number} {things}.",
        fewer="The stock of {who} is {number} {things} below that of {first}.",
        times="The stock of {who} is {number} times that of {first}.",
        sum="The stock of {who} equals those of {first} and {second} added up.",
        question="How large is the stock of {who}, in {things}?",
    ),
}
UNSEEN: dict[str, Callable[[Problem], str]] = {
    "gossip": Wording(
        opening="I asked around about {things}.",
        converted="“I own {number} {larger},” said {who}.",
        more="“Give {first} another {number} {things} and we are equal,” said {who}.",
        fewer="“I need {number} more {things} to be equal with {first},” said {who}.",
        times="“Take what {first} owns {number} times, that is mine,” said {who}.",
        sum="“If {first} and {second} put theirs together, they are equal with me,” said {who}.",
        question="So how many {things} does {who} own?",
    )
}

LANGUAGE_TASKS.add(
    "reasoning/gsm-style-v1",
    LanguageTask(
        id="reasoning/gsm-style-v1",
        summary="Word problems of 3 to 7 connected facts with distractors and a change of units.",
        verifier="numeric",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates=WORDINGS,
        unseen_templates=UNSEEN,
        related=("reasoning/linear-eq-v1", "reasoning/logic-kk-v1"),
        instruction=ends_with_answer("a whole number without a unit"),
    ),
)
