"""Instruction following: write a text that meets two to six constraints that code can check.

Every item fixes the first two words, so that a text for one item is no text for another. The gold text is built to meet
the constraints; it makes no sense, which nothing asks for.
"""

import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.reasoning.words import ADJECTIVES, EVERY_WORD, NOUNS
from gnomon.benchmarks.verifiers.constraints import meets

GROUPS = (  # at most one constraint of a group stands in an item
    ("words-exactly", "words-at-most", "words-at-least"),
    ("lines", "bullets", "sentences"),
    ("lowercase", "uppercase", "title-case"),
    ("no-commas", "commas"),
    ("ends-with", "question", "exclamation"),
    ("quoted", "bracketed"),
    ("word-times", "without-word", "before"),
    ("without-letter",),
)
PHRASES = {
    "starts-with": "the first words are “{}”",
    "ends-with": "the last words are “{}”",
    "question": "the last mark is a question mark",
    "exclamation": "the last mark is an exclamation mark",
    "words-exactly": "there are exactly {} words",
    "words-at-most": "there are at most {} words",
    "words-at-least": "there are at least {} words",
    "lines": "there are exactly {} lines, none of them empty",
    "bullets": "there are exactly {} lines, and each begins with “- ”",
    "sentences": "there are exactly {} sentences, and no other full stop, question or exclamation mark",
    "lowercase": "no letter is a capital",
    "uppercase": "all letters are capitals",
    "title-case": "every word begins with a capital",
    "no-commas": "there is no comma",
    "commas": "there are exactly {} commas",
    "quoted": "the whole text stands in double quotation marks",
    "bracketed": "the whole text stands in square brackets",
    "word-times": "the word “{}” stands there exactly {} times",
    "without-word": "the word “{}” does not occur",
    "before": "the word “{}” occurs, and “{}” occurs only after it",
    "without-letter": "the letter “{}” does not occur",
}
ARGUMENTS: dict[str, Callable[[Random], Any]] = {
    "ends-with": lambda stream: stream.sample(NOUNS, 2),
    "words-exactly": lambda stream: stream.randint(12, 24),
    "words-at-most": lambda stream: stream.randint(12, 24),
    "words-at-least": lambda stream: stream.randint(12, 24),
    "lines": lambda stream: stream.randint(2, 4),
    "bullets": lambda stream: stream.randint(2, 4),
    "sentences": lambda stream: stream.randint(2, 4),
    "commas": lambda stream: stream.randint(1, 4),
    "word-times": lambda stream: [stream.choice(NOUNS), stream.randint(2, 4)],
    "without-word": lambda stream: stream.choice(NOUNS),
    "before": lambda stream: stream.sample(NOUNS, 2),
    "without-letter": lambda stream: stream.choice("bcdfghjkmpvwxyz"),
}


class Order(NamedTuple):
    """Constraints, (name, argument) each, and a text that meets them."""

    constraints: tuple[tuple[str, Any], ...]
    text: str


def draw(stream: Random, level: int) -> Order:
    """The first words and `level` more constraints; drawn again until the text that is built meets them."""
    while True:
        names = [stream.choice(group) for group in stream.sample(GROUPS, level)]
        chosen = {name: ARGUMENTS[name](stream) if name in ARGUMENTS else None for name in names}
        constraints = {"starts-with": [stream.choice(ADJECTIVES), stream.choice(NOUNS)], **chosen}
        text = _text(stream, constraints)
        if meets(text, list(constraints.items())):
            return Order(tuple(constraints.items()), text)


def _text(stream: Random, wanted: dict[str, Any]) -> str:
    """A text built for the constraints; rarely it misses one, where two of them want contrary things."""
    words = _words(stream, wanted)
    marked = _with_marks(stream, words, wanted)
    count = wanted.get("lines", wanted.get("bullets", 1))
    size = len(words) // count
    lines = [" ".join(marked[i * size : (i + 1) * size if i < count - 1 else None]) for i in range(count)]
    text = "\n".join(f"- {line}" for line in lines) if "bullets" in wanted else "\n".join(lines)
    cased = text.upper() if "uppercase" in wanted else text.title() if "title-case" in wanted else text
    return f'"{cased}"' if "quoted" in wanted else f"[{cased}]" if "bracketed" in wanted else cased


def _words(stream: Random, wanted: dict[str, Any]) -> list[str]:
    """The words: the wanted first, last and inner ones, and others between them."""
    inner = [wanted["word-times"][0]] * wanted["word-times"][1] if "word-times" in wanted else wanted.get("before", [])
    last, first = wanted.get("ends-with", []), wanted["starts-with"]
    length = next((wanted[name] for name in GROUPS[0] if name in wanted), 14)
    banned = {wanted.get("without-word"), *inner}
    others = [word for word in stream.sample(EVERY_WORD, 3 * length) if word not in banned]
    allowed = [word for word in others if wanted.get("without-letter", "-") not in word]
    middle = allowed[: length - len(first) - len(last) - len(inner)]
    for word in reversed(inner):  # each goes before those that were placed already, so that they stay in order
        place = stream.randint(0, min((middle.index(w) for w in inner if w in middle), default=len(middle)))
        middle.insert(place, word)
    return [*first, *middle, *last]


def _with_marks(stream: Random, words: list[str], wanted: dict[str, Any]) -> list[str]:
    """The words with commas, full stops and the last mark."""
    stops, commas = wanted.get("sentences", 1) - 1, wanted.get("commas", 0)
    places = stream.sample(range(1, len(words) - 1), stops + commas)
    marks = {place: "." if number < stops else "," for number, place in enumerate(places)}
    marks[len(words) - 1] = "?" if "question" in wanted else "!" if "exclamation" in wanted else "."
    return [word + marks.get(place, "") for place, word in enumerate(words)]


def canonical(order: Order) -> str:
    """The constraints, sorted by name."""
    return json.dumps(sorted(order.constraints), separators=(",", ":"))


def solve(order: Order) -> Solution:
    steps = tuple(Step(name, phrase(name, argument), json.dumps(argument)) for name, argument in order.constraints)
    return Solution(order.text, steps, {"constraints": [list(constraint) for constraint in order.constraints]})


def phrase(name: str, argument: Any) -> str:
    """A constraint in words.

    >>> phrase("word-times", ["rose", 2])
    'the word “rose” stands there exactly 2 times'
    """
    if name in ("starts-with", "ends-with"):
        return PHRASES[name].format(" ".join(argument))
    return PHRASES[name].format(*(argument if isinstance(argument, list) else [argument]))


def _phrases(order: Order) -> list[str]:
    return [phrase(name, argument) for name, argument in order.constraints]


def _numbered(order: Order) -> str:
    return "\n".join(f"{number}. {text}" for number, text in enumerate(_phrases(order), 1))


LANGUAGE_TASKS.add(
    "reasoning/instr-follow-v1",
    LanguageTask(
        id="reasoning/instr-follow-v1",
        summary="Write a text that meets 2 to 6 constraints out of 21 kinds.",
        verifier="constraints",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates={
            "numbered": lambda order: f"Write a short text, and nothing else, such that:\n{_numbered(order)}",
            "sentence": lambda order: f"Write a short text in which {'; '.join(_phrases(order))}. Reply with it alone.",
            "rules": lambda order: (
                f"Rules for your reply:\n{_numbered(order)}\nReply with a short text that keeps them all."
            ),
        },
        unseen_templates={
            "editor": lambda order: (
                f"An editor prints your reply, as it is, only if {', and if '.join(_phrases(order))}. What do you send?"
            )
        },
        related=("reasoning/synth-mt-v1", "reasoning/list-prog-v1"),
    ),
)
