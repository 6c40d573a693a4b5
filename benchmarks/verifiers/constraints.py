"""Constraints: the whole completion meets every constraint of the item, each of which a few lines of code decide.

Words are runs of the letters A to Z; constraints on words do not look at upper and lower case.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import sample
from gnomon.errors import UsageError

LONGEST = 20_000  # characters
_WORD = re.compile(r"[A-Za-z]+")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case.

    >>> words_of("- Red, red rose!")
    ['red', 'red', 'rose']
    """
    return _WORD.findall(text.lower())


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _mark(text: str) -> str:
    """The last character, before a closing quotation mark or bracket."""
    return text.rstrip('"]')[-1:]


def _in_order(text: str, pair: Sequence[str]) -> bool:
    words = words_of(text)
    return set(pair) <= set(words) and words.index(pair[0]) < words.index(pair[1])


CONSTRAINTS: dict[str, Callable[[str, Any], bool]] = {
    "starts-with": lambda text, phrase: words_of(text)[: len(phrase)] == list(phrase),
    "ends-with": lambda text, phrase: words_of(text)[-len(phrase) :] == list(phrase),
    "question": lambda text, _: _mark(text) == "?",
    "exclamation": lambda text, _: _mark(text) == "!",
    "words-exactly": lambda text, n: len(words_of(text)) == n,
    "words-at-most": lambda text, n: len(words_of(text)) <= n,
    "words-at-least": lambda text, n: len(words_of(text)) >= n,
    "lines": lambda text, n: len(_lines(text)) == n and all(line.strip() for line in _lines(text)),
    "bullets": lambda text, n: len(_lines(text)) == n and all(line.startswith("- ") for line in _lines(text)),
    "sentences": lambda text, n: sum(text.count(mark) for mark in ".!?") == n and _mark(text) in {*".!?"},
    "lowercase": lambda text, _: text == text.lower(),
    "uppercase": lambda text, _: text == text.upper(),
    "title-case": lambda text, _: all(word[0].isupper() for word in _WORD.findall(text)),
    "no-commas": lambda text, _: "," not in text,
    "commas": lambda text, n: text.count(",") == n,
    "quoted": lambda text, _: len(text) > 1 and text[0] == text[-1] == '"' and text.count('"') == 2,
    "bracketed": lambda text, _: text[:1] == "[" and text[-1:] == "]" and text.count("[") == text.count("]") == 1,
    "word-times": lambda text, pair: words_of(text).count(pair[0]) == pair[1],
    "without-word": lambda text, word: word not in words_of(text),
    "before": _in_order,
    "without-letter": lambda text, letter: letter not in text.lower(),
}


def meets(text: str, constraints: Sequence[tuple[str, Any]]) -> bool:
    """Whether a text meets every (name, argument).

    >>> meets("Red rose.", [("starts-with", ["red"]), ("words-at-most", 2)])
    True
    """
    return all(CONSTRAINTS[name](text, argument) for name, argument in constraints)


def gold(item: Item) -> None:
    """Raise UsageError where the item has no `constraints`, an unknown one, or its own text misses one."""
    constraints = item.arguments.get("constraints", ())
    known = constraints and all(name in CONSTRAINTS for name, _ in constraints)
    if not known or not isinstance(item.answer, str) or not meets(item.answer, constraints):
        raise UsageError(f"Item {item.id} has a gold text that misses its own constraints; give one that meets them.")


def score(completion: str, item: Item) -> float:
    """1 where the whole completion, without surrounding white space, meets all of the item's `constraints`."""
    gold(item)
    text = completion.strip() if len(completion) <= LONGEST else ""
    return float(bool(text) and meets(text, item.arguments["constraints"]))


def samples() -> Sequence[Sample]:
    made = [
        sample(
            "Red rose, the old road bends.",
            equivalents=("red ROSE, five words are here.",),
            near_misses=("Red rose the old road bends.", "The red rose, an old road.", "Red rose, bends."),
            constraints=[["starts-with", ["red", "rose"]], ["commas", 1], ["words-exactly", 6]],
        ),
        sample(
            "- blue tin\n- stone\n- glass",
            near_misses=("- blue tin\n- stone", "blue tin\nstone\nglass", "- Blue tin\n- stone\n- glass"),
            constraints=[["starts-with", ["blue", "tin"]], ["bullets", 3], ["lowercase", None]],
        ),
        sample(
            '"Cold Moon, Warm Sun?"',
            near_misses=("Cold Moon, Warm Sun?", '"Cold Moon, Warm Sun"', '"Cold moon, Warm Sun?"'),
            constraints=[["starts-with", ["cold", "moon"]], ["title-case", None], ["quoted", None], ["question", None]],
        ),
    ]
    return [replace(one, item=replace(one.item, solution=one.gold)) for one in made]


VERIFIERS.add(
    "constraints",
    Verifier(
        summary="The whole completion meets every constraint of the item: counts, order, marks, words, case.",
        score=score,
        check=gold,
        samples=samples,
        whole_text=True,
        source="the idea: IFEval, arXiv 2311.07911; the constraints are ours",
    ),
)
