"""Code preferences: programs judged by one aspect that the prompt names: tests, efficiency, layout or explanation.

Explanation, efficiency and layout are aspects of CodeUltraFeedback (arXiv 2403.09032, which has following instructions
and style too), here of list programs; tests stand for following the instruction. Every one is measured, not judged. The
two programs of a pair are good at one aspect each and bad at the other's, and the prompt names either: who does not
read which one is asked for cannot be better than chance.
"""

from collections.abc import Sequence
from itertools import chain, count
from random import Random
from typing import Any, NamedTuple

from gnomon.benchmarks import list_language
from gnomon.benchmarks.list_language import Operation
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.verifiers.answers import written
from gnomon.datasets.preferences.contract import Candidate, Corruption, PreferenceSet, Proposal, Split
from gnomon.datasets.preferences.rendering import prompt_of, remarks_of, wording
from gnomon.datasets.preferences.sets import PREFERENCE_SETS

ASKED = {
    "tests": "What counts most is that the program is right on lists you have not seen.",
    "efficiency": "What counts most is that the program does not handle more numbers than it must.",
    "layout": "What counts most is that every operation is listed on a line of its own before the answer.",
    "explanation": "What counts most is that you say in words what each operation does.",
}
ASPECTS = tuple(ASKED)
WEIGHT = 4.0  # of the aspect that is asked for
TELLS = {
    "sort": "puts the numbers in order",
    "reverse": "turns the list round",
    "unique": "drops what was there before",
    "evens": "keeps the even numbers",
    "odds": "keeps the odd numbers",
    "sums": "adds up as it goes",
    "take": "keeps the beginning",
    "drop": "drops the beginning",
    "add": "shifts every number",
    "times": "scales every number",
    "modulo": "keeps the remainders",
    "above": "keeps what is larger",
}
NOTHING: dict[str, tuple[Operation, ...]] = {  # operations that together change nothing, and cost
    "turned twice": (("reverse", None), ("reverse", None)),
    "there and back": (("add", 3), ("add", -3)),
}
NOTHING_UNSEEN: dict[str, tuple[Operation, ...]] = {
    "times one": (("times", 1),),
    "sign twice": (("times", -1), ("times", -1)),
}
REMARKS = ("as asked", "nothing else is needed", "and that is all", "in this order", "one after another", "as said")
SHOWN = 3  # tests that the prompt shows; the others are hidden
TASK = LANGUAGE_TASKS["reasoning/list-prog-v1"]
Program = tuple[Operation, ...]


class Exercise(NamedTuple):
    """A problem of the task list-prog, its gold program, and its tests: lists and what becomes of them, shown first."""

    problem: Any
    program: Program
    given: tuple[list[int], ...]
    wanted: tuple[list[int], ...]


def draw_three_operations(stream: Random, level: int) -> Any:
    """A program of `level` + 2 operations: of two there are too few different ones for so many splits."""
    return TASK.draw(stream, level + 1)


def exercise_of(problem: Any) -> Exercise:
    """The problem with what its gold solution says."""
    solution = TASK.solve(problem)
    program = list_language.parse(solution.answer)
    assert program is not None
    given, wanted = zip(*solution.arguments["tests"], strict=True)
    return Exercise(problem, tuple(program), given, wanted)


def cost(program: Sequence[Operation], given: Sequence[Sequence[int]]) -> int:
    """How many numbers the operations of a program handle on some lists.

    >>> cost([("take", 1), ("sort", None)], [[3, 1, 2]])  # 3, then 1
    4
    """
    lists, handled = [list(numbers) for numbers in given], 0
    for operation in program:
        handled += sum(map(len, lists))
        lists = list_language.apply_to_each(operation, lists)
    return handled


def propose(problem: Any, stream: Random, split: Split, n: int) -> Proposal:
    """A pair with opposite virtues in two aspects; further candidates have any virtues."""
    world, template = exercise_of(problem), wording(TASK, split, stream)
    one, other = stream.sample(ASPECTS, 2)
    asked = stream.choice((one, other))
    shared = {aspect: stream.random() < 0.5 for aspect in ASPECTS}
    virtues = [{**shared, asked: True, one if asked == other else other: False}]
    virtues.append({**virtues[0], one: not virtues[0][one], other: not virtues[0][other]})
    any_virtues = ({aspect: stream.random() < 0.5 for aspect in ASPECTS} for _ in count())
    remarks = remarks_of(split, stream)
    candidates = [
        _candidate(world, has, split, remarks[min(place, 1)], stream)
        for place, has in zip(range(n), chain(virtues, any_virtues), strict=False)
    ]
    return Proposal(
        template=template,
        prompt=f"{prompt_of(TASK, template, problem)}\n{ASKED[asked]}",
        subset=asked,
        weights={asked: WEIGHT},
        candidates=tuple(candidates),
    )


def _candidate(world: Exercise, has: dict[str, bool], split: Split, remarks: int, stream: Random) -> Candidate:
    program, corruption = (world.program, None) if has["tests"] else _wrong(world, split, stream)
    if not has["efficiency"]:
        program = _padded(program, split, stream)
    lines = [f"{number}. {list_language.write([operation])}" for number, operation in enumerate(program, 1)]
    told = [f"{name} {TELLS[name]}" for name, _ in program]
    begun = [*(lines if has["layout"] else []), *(told if has["explanation"] else [])] or ["a program"]
    for _ in range(remarks):
        begun[stream.randrange(len(begun))] += f", {stream.choice(REMARKS)}"
    return Candidate(
        lines=(*begun, written(list_language.write(program))),
        sound=(True,) * len(begun) + (corruption is None,),
        features=_features(world, program, has),
        corruption=corruption,
    )


def _features(world: Exercise, program: Program, has: dict[str, bool]) -> dict[str, float]:
    """Each in [0, 1], measured: the share of the hidden tests that pass, what gold costs over what this costs, …"""
    made = list_language.run_on_each(program, world.given[SHOWN:])
    passed = [one == wanted for one, wanted in zip(made, world.wanted[SHOWN:], strict=True)]
    least = cost(world.program, world.given)
    return {
        "tests": sum(passed) / len(passed),
        "efficiency": min(least / cost(program, world.given), 1.0),
        "layout": float(has["layout"]),
        "explanation": float(has["explanation"]),
    }


def _wrong(world: Exercise, split: Split, stream: Random) -> tuple[Program, Corruption]:
    """The program after a change of a number, an operation or (unseen) the order, that fails a hidden test."""
    hidden, wanted = world.given[SHOWN:], list(world.wanted[SHOWN:])
    for _ in range(50):
        step = stream.randrange(len(world.program))
        kind, program = _changed(world.program, step, split, stream)
        if list_language.run_on_each(program, hidden) != wanted:
            return program, Corruption(kind, step)
    program = (*world.program, ("add", 1))
    return program, Corruption("one more", len(world.program))


def _changed(program: Program, step: int, split: Split, stream: Random) -> tuple[str, Program]:
    name, number = program[step]
    if split.unseen_kinds:
        order = [*program]
        order[step], order[step - 1] = order[step - 1], order[step]
        return "order", tuple(order)
    if number is not None:
        other = max(number + stream.choice((-2, -1, 1, 2)), list_language.LEAST.get(name, -999))
        return "number", (*program[:step], (name, other), *program[step + 1 :])
    names = [other for other in list_language.WITHOUT_NUMBER if other != name]
    return "operation", (*program[:step], (stream.choice(names), None), *program[step + 1 :])


def _padded(program: Program, split: Split, stream: Random) -> Program:
    """With operations at the beginning that change nothing, where every list is still whole."""
    added = stream.choice(list((NOTHING_UNSEEN if split.unseen_kinds else NOTHING).values()))
    return (*added, *program)


PREFERENCE_SETS.add(
    "preference/code-prefs-v1",
    PreferenceSet(
        id="preference/code-prefs-v1",
        summary="Programs of list operations judged by one aspect that the prompt names.",
        draw=draw_three_operations,
        canonical=TASK.canonical,
        propose=propose,
    ),
)
