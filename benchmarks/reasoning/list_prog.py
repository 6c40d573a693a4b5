"""List programs: from examples of a list and what becomes of it, write a program in a small language.

The language is `gnomon.benchmarks.list_language`. Two programs that treat a set of fixed lists alike are one problem.
The answer is tested on the examples of the prompt and on lists that the prompt does not show.
"""

from random import Random
from typing import NamedTuple

from gnomon.benchmarks import list_language
from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.list_language import Operation
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer

SHOWN, HIDDEN = 3, 5
NUMBERS = {  # operation → the numbers that it is drawn with
    "take": range(1, 6),
    "drop": range(1, 4),
    "add": [*range(-9, 0), *range(1, 10)],
    "times": [-1, *range(2, 10)],
    "modulo": range(2, 10),
    "above": range(-5, 10),
}
FIXED = tuple(  # lists that tell programs apart
    tuple(stream.randint(-9, 20) for _ in range(8))
    for stream in [Random(0)]  # noqa: S311  # constant data
    for _ in range(6)
)

Example = tuple[list[int], list[int]]


class Exercise(NamedTuple):
    """A program and examples of it: those of the prompt, then the hidden ones."""

    program: tuple[Operation, ...]
    examples: tuple[Example, ...]

    @property
    def shown(self) -> tuple[Example, ...]:
        return self.examples[:SHOWN]


def draw(stream: Random, level: int) -> Exercise:
    """A program of `level` + 1 operations, each of which changes a fixed list; lists of 5 to 8 numbers."""
    program: list[Operation] = []
    while not _is_interesting(program, level + 1):
        program = [_operation(stream) for _ in range(level + 1)]
    given = ([stream.randint(-9, 20) for _ in range(stream.randint(5, 8))] for _ in range(SHOWN + HIDDEN))
    return Exercise(tuple(program), tuple((numbers, list_language.run(program, numbers)) for numbers in given))


def _operation(stream: Random) -> Operation:
    name = stream.choice([*list_language.WITHOUT_NUMBER, *NUMBERS])
    return name, (stream.choice(NUMBERS[name]) if name in NUMBERS else None)


def _is_interesting(program: list[Operation], length: int) -> bool:
    """Whether the program has the length, every operation changes a fixed list, and two numbers or more are left."""
    lists = [list(numbers) for numbers in FIXED]
    for operation in program:
        after = [list_language.apply(operation, numbers) for numbers in lists]
        if after == lists:
            return False
        lists = after
    return len(program) == length and min(map(len, lists)) > 1


def canonical(exercise: Exercise) -> str:
    """What the program makes of the fixed lists: whatever its text, it is the same problem."""
    return str([list_language.run(exercise.program, numbers) for numbers in FIXED])


def solve(exercise: Exercise) -> Solution:
    numbers, steps = exercise.examples[0][0], []
    for operation in exercise.program:
        numbers = list_language.apply(operation, numbers)
        steps.append(Step(operation[0], f"{list_language.write([operation])}: {numbers}", str(numbers)))
    tests = [[given, wanted] for given, wanted in exercise.examples]
    return Solution(list_language.write(exercise.program), tuple(steps), {"tests": tests})


LANGUAGE = (
    "Operations: sort, reverse, unique (first occurrences), evens, odds, sums (running totals), take N (first N), "
    "drop N (all but the first N), add N, times N, modulo N, above N (numbers greater than N). N is a number."
)


def _pairs(exercise: Exercise, pattern: str, between: str) -> str:
    return between.join(pattern.format(given=given, wanted=wanted) for given, wanted in exercise.shown)


LANGUAGE_TASKS.add(
    "reasoning/list-prog-v1",
    LanguageTask(
        id="reasoning/list-prog-v1",
        summary="Write a program of 2 to 6 list operations from three examples; hidden ones test it.",
        verifier="program",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates={
            "arrows": lambda e: (
                f"{LANGUAGE}\nWrite a program that does this:\n{_pairs(e, '{given} -> {wanted}', chr(10))}"
            ),
            "calls": lambda e: f"{LANGUAGE}\nFind f:\n{_pairs(e, 'f({given}) = {wanted}', chr(10))}",
            "pairs": lambda e: f"{LANGUAGE}\n{_pairs(e, 'in: {given}, out: {wanted}', chr(10))}\nWhich program is it?",
        },
        unseen_templates={
            "machine": lambda e: (
                f"A machine is fed lists. {_pairs(e, 'Fed {given}, it returns {wanted}', '. ')}. "
                f"It was built from parts, some with a dial N. {LANGUAGE} Describe the machine from first part to last."
            )
        },
        related=("reasoning/modchain-v1", "reasoning/synth-mt-v1"),
        instruction=ends_with_answer("the operations separated by |, such as: sort | take 2"),
    ),
)
