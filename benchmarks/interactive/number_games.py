"""Number games with many solutions: countdown, a number line, and blackjack, where the best one can do is known.

After the card games of GFlowVLM (arXiv 2503.06514), which asks how many different solutions a model finds. The last
page of a solved episode is the solution in one form, so that two episodes with one page found the same;
`number_search.py` lists all there are.
"""

import re
from functools import partial

import numpy as np

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS, interactive_task
from gnomon.benchmarks.interactive.blackjack import Blackjack, BlackjackExpert, BlackjackRandom
from gnomon.benchmarks.interactive.game import Turn
from gnomon.benchmarks.interactive.number_scripts import CountdownRandom, Explorer, LineRandom, Planner
from gnomon.benchmarks.interactive.number_search import PLACES, Term, combine, countdown_values, number, step_of

COUNTDOWNS = ((3, 10, 2), (4, 10, 8), (4, 25, 4))  # numbers, the largest, and least solutions, at each level
TARGETS = range(10, 60)
LINE_TURNS = (5, 6, 7)  # at each level; the way that made the target was one shorter
LINE_STEPS = (("+", "-"), ("+", "-", "*"), ("+", "-", "*", "/"))
_MOVE = re.compile(r"([1-9][0-9]{0,8}) ([-+*/]) ([1-9][0-9]{0,8})")


class Countdown:
    """Combine two numbers a turn until one is left, which is to be the target; there are several ways."""

    def __init__(self, level: int) -> None:
        self._level = level

    def start(self, stream: np.random.Generator) -> str:
        count, largest, least = COUNTDOWNS[self._level - 1]
        numbers, targets = list[int](), list[int]()
        while not targets:
            numbers = stream.integers(1, largest + 1, count).tolist()
            values = countdown_values(numbers)
            targets = sorted(value for value in TARGETS if len(values.get(value, ())) >= least)
        self.target = targets[stream.integers(len(targets))]
        self.terms = [number(value) for value in numbers]
        return self._page()

    def play(self, action: str) -> Turn:
        found = _MOVE.fullmatch(action)
        if found is None:
            return Turn("invalid", self._page())
        rest, left, right = list(self.terms), int(found[1]), int(found[3])
        taken = [_take(rest, value) for value in (left, right)]
        combined = combine(taken[0], found[2], taken[1]) if taken[0] and taken[1] else None
        if combined is None:
            return Turn("error", self._page())
        self.terms = [*rest, combined]
        if len(self.terms) > 1:
            return Turn("done", self._page())
        is_right = combined.value == self.target
        return Turn("right" if is_right else "wrong", str(combined), float(is_right), ended=True, success=is_right)

    def _page(self) -> str:
        numbers = ", ".join(str(term.value) for term in self.terms)
        return (
            f"Numbers: {numbers}\nTarget: {self.target}\nCommand: A + B, A - B, A * B or A / B, with two of the "
            "numbers; the result, a positive whole number, takes their place. Use all."
        )


def _take(terms: list[Term], value: int) -> Term | None:
    """Remove and return the first term of a value."""
    found = next((term for term in terms if term.value == value), None)
    if found is not None:
        terms.remove(found)
    return found


class NumberLine:
    """Walk from a number to another with the steps that there are, being nowhere twice."""

    def __init__(self, level: int) -> None:
        self._level = level

    def start(self, stream: np.random.Generator) -> str:
        self.target = -1
        while self.target < 0:
            self.steps = draw_steps(stream, self._level)
            self.places = [int(stream.integers(1, 40))]
            self.target = _walked(stream, self.places[0], self.steps, LINE_TURNS[self._level - 1] - 1)
        self.taken: list[str] = []
        return self._page()

    def play(self, action: str) -> Turn:
        if action not in self.steps:
            return Turn("invalid", self._page())
        place = step_of(action)(self.places[-1])
        if place not in PLACES or place in self.places:
            return Turn("error", self._page())
        self.places.append(place)
        self.taken.append(action)
        if place == self.target:
            return Turn("right", " ".join(self.taken), 1.0, ended=True, success=True)
        return Turn("done", self._page())

    def _page(self) -> str:
        return (
            f"Places so far: {', '.join(map(str, self.places))}\nTarget: {self.target}\n"
            f"Command: one of {', '.join(self.steps)}. Stay between 0 and {PLACES[-1]}, and be nowhere twice."
        )


def draw_steps(stream: np.random.Generator, level: int) -> list[str]:
    """Different steps, one of each sign of the level and one more to add."""
    signs = LINE_STEPS[level - 1]
    small, large = stream.permutation(np.arange(1, 5))[0], stream.integers(5, 10)
    numbers = {"+": small, "-": stream.integers(1, 8), "*": 2, "/": 2}
    return [f"+{large}", *(f"{sign}{numbers[sign]}" for sign in signs)]


def _walked(stream: np.random.Generator, place: int, steps: list[str], turns: int) -> int:
    """Where a random walk that is nowhere twice arrives; −1 where it gets stuck."""
    places = [place]
    for _ in range(turns):
        onwards = [step_of(name)(places[-1]) for name in steps]
        free = [other for other in onwards if other in PLACES and other not in places]
        if not free:
            return -1
        places.append(free[stream.integers(len(free))])
    return places[-1]


for _level in (1, 2, 3):
    for _task in (
        interactive_task(
            name=f"number-countdown-{_level}-v1",
            summary=f"Combine {COUNTDOWNS[_level - 1][0]} numbers two by two, until the target is left.",
            level=_level,
            turns=COUNTDOWNS[_level - 1][0] + 2,
            game=partial(Countdown, _level),
            scripts={"expert": Planner, "explorer": Explorer, "random": CountdownRandom},
            characters=512,
            cites=("kang2025gflowvlm",),
        ),
        interactive_task(
            name=f"number-line-{_level}-v1",
            summary=f"Walk from a number to another with {len(LINE_STEPS[_level - 1]) + 1} kinds of steps.",
            level=_level,
            turns=LINE_TURNS[_level - 1],
            game=partial(NumberLine, _level),
            scripts={"expert": Planner, "explorer": Explorer, "random": LineRandom},
            characters=512,
            cites=("kang2025gflowvlm",),
        ),
        interactive_task(
            name=f"number-blackjack-{_level}-v1",
            summary="Draw cards until you stand; come nearer to the limit than the dealer, and not beyond it.",
            level=_level,
            turns=20,
            game=partial(Blackjack, _level),
            scripts={"expert": BlackjackExpert, "random": BlackjackRandom},
            characters=512,
            cites=("kang2025gflowvlm",),
            metric="return",
        ),
    ):
        INTERACTIVE_TASKS.add(_task.id, _task)
