"""Scripts that play countdown and the number line: the first solution, any solution, any command."""

import re

import numpy as np

from gnomon.benchmarks.interactive.number_search import countdown_solutions, line_solutions, step_of
from gnomon.benchmarks.interactive.text import Page

_NUMBERS = re.compile(r"(?:Numbers|Places so far): ([0-9, ]+)")
_TARGET = re.compile(r"Target: (\d+)")
_STEPS = re.compile(r"Command: one of ([^.]+)\.")


def numbers_of(text: str) -> list[int]:
    """The numbers, or places, of a page."""
    found = _NUMBERS.search(text)
    assert found is not None
    return [int(value) for value in found[1].split(", ")]


def target_of(text: str) -> int:
    """The target of a page."""
    found = _TARGET.search(text)
    assert found is not None
    return int(found[1])


def steps_of(text: str) -> list[str]:
    """The steps of a page of the number line."""
    found = _STEPS.search(text)
    assert found is not None
    return found[1].split(", ")


def solutions_on(page: Page) -> dict[str, tuple[str, ...]]:
    """Every solution of the problem on a first page: what its last page would say → commands."""
    numbers, target = numbers_of(page.text), target_of(page.text)
    if page.text.startswith("Numbers"):
        return dict(countdown_solutions(numbers, target))
    steps = {name: step_of(name) for name in steps_of(page.text)}
    return {" ".join(way): way for way in line_solutions(numbers[0], target, steps, page.turns)}


class Planner:
    """Chooses a shortest solution on the first page and plays it: always the same one."""

    def __init__(self, stream: np.random.Generator) -> None:
        self.stream = stream
        self._plan: tuple[str, ...] = ()

    def answer(self, page: Page) -> str:
        if page.taken == 0:
            self._plan = self.chosen(sorted(solutions_on(page).values(), key=len))
        return self._plan[page.taken]

    def chosen(self, solutions: list[tuple[str, ...]]) -> tuple[str, ...]:
        """The solution that is played; they are in order of length."""
        return solutions[0]


class Explorer(Planner):
    """Plays any solution, all equally likely: as diverse as can be."""

    def chosen(self, solutions: list[tuple[str, ...]]) -> tuple[str, ...]:
        return solutions[self.stream.integers(len(solutions))]


class CountdownRandom:
    """Combines any two numbers with any sign."""

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        left, right = self._stream.permutation(numbers_of(page.text))[:2]
        return f"{left} {'+-*/'[self._stream.integers(4)]} {right}"


class LineRandom:
    """Takes any step."""

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        steps = steps_of(page.text)
        return steps[self._stream.integers(len(steps))]
