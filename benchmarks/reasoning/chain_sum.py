"""Chain sum: add and subtract whole numbers from left to right; a level more is a number more."""

from random import Random

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer

LARGEST = 199

Terms = tuple[int, ...]  # the first is positive, the others have their sign


def draw(stream: Random, level: int) -> Terms:
    """`level` + 1 terms of absolute value 1 to 199."""
    others = (stream.choice((-1, 1)) * stream.randint(1, LARGEST) for _ in range(level))
    return (stream.randint(1, LARGEST), *others)


def canonical(terms: Terms) -> str:
    """The signed terms in order of size: what is added in another order is the same problem.

    >>> canonical((5, -3, 2))
    '-3 +2 +5'
    """
    return " ".join(f"{term:+}" for term in sorted(terms))


def solve(terms: Terms) -> Solution:
    total, steps = terms[0], []
    for term in terms[1:]:
        before, total = total, total + term
        kind = "add" if term > 0 else "subtract"
        steps.append(Step(kind, f"{before} {_sign(term)} {abs(term)} = {total}", str(total)))
    return Solution(str(total), tuple(steps), {})


def _sign(term: int) -> str:
    return "+" if term > 0 else "-"


def _formula(terms: Terms) -> str:
    return " ".join([str(terms[0]), *(f"{_sign(term)} {abs(term)}" for term in terms[1:])])


def _words(terms: Terms) -> str:
    return " ".join([str(terms[0]), *(f"{'plus' if term > 0 else 'minus'} {abs(term)}" for term in terms[1:])])


def _story(terms: Terms) -> str:
    moves = (f"{'Add' if term > 0 else 'Subtract'} {abs(term)}." for term in terms[1:])
    return " ".join([f"Start at {terms[0]}.", *moves, "Where do you end?"])


LANGUAGE_TASKS.add(
    "reasoning/chain-sum-v1",
    LanguageTask(
        id="reasoning/chain-sum-v1",
        summary="Add and subtract 2 to 6 whole numbers.",
        verifier="numeric",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates={
            "formula": lambda terms: f"{_formula(terms)} = ?",
            "calculate": lambda terms: f"Calculate {_formula(terms)}.",
            "words": lambda terms: f"What is {_words(terms)}?",
        },
        unseen_templates={"story": _story},
        related=("reasoning/linear-eq-v1", "reasoning/modchain-v1"),
        instruction=ends_with_answer("a whole number"),
    ),
)
