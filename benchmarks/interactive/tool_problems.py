"""Problems for tools: formulas over numbers that lie in a store, some of them under another name."""

from typing import NamedTuple

import numpy as np

from gnomon.benchmarks.interactive.interpreter import evaluate

KEYS = "apple barley cherry date elder fig grape hazel iris juniper kale lemon".split()
NAMES = "abcde"  # of the formulas
REFERENCES = (0, 0, 1, 2, 2)  # keys that hold the name of another, at each level
BUSY = (0.0, 0.1, 0.15, 0.2, 0.2)  # probability that the store is busy when a key is first asked for


class Problem(NamedTuple):
    """What is to be found out.

    Attributes:
        keys: that the formulas use.
        store: key → number, or the name of the key that holds it.
        busy: keys of the store that fail once.
        formulas: name → expression of keys, numbers and earlier names, in the order of the names.
        answers: name → value.
    """

    keys: tuple[str, ...]
    store: dict[str, str]
    busy: frozenset[str]
    formulas: dict[str, str]
    answers: dict[str, int]


def draw(stream: np.random.Generator, level: int) -> Problem:
    """`level` formulas of `level` + 1 keys."""
    count, references = level + 1, REFERENCES[level - 1]
    chosen = [KEYS[place] for place in stream.permutation(len(KEYS))[: count + references]]
    keys, hidden = chosen[:count], chosen[count:]
    values = {key: int(stream.integers(2, 100)) for key in keys}
    store = {key: str(value) for key, value in values.items()}
    for key, other in zip(keys, hidden, strict=False):
        store[other], store[key] = store[key], f"see {other}"
    busy = frozenset(key for key in store if stream.random() < BUSY[level - 1])
    formulas = _formulas(stream, keys)
    answers: dict[str, int] = {}
    for name, formula in formulas.items():
        answers[name] = evaluate(formula, values | answers)
    return Problem(tuple(keys), store, busy, formulas, answers)


def _formulas(stream: np.random.Generator, keys: list[str]) -> dict[str, str]:
    """The first has two keys; every other the name before it and one more key."""
    formulas = {NAMES[0]: f"{stream.integers(2, 10)} * {keys[0]} + {keys[1]}"}
    for name, before, key in zip(NAMES[1:], NAMES, keys[2:], strict=False):
        wording = ("{b} - {n} * {k}", "{b} % {k} + {n}", "{b} // {n} + {k}", "{n} * ({k} - {b})")
        formulas[name] = wording[stream.integers(len(wording))].format(b=before, k=key, n=stream.integers(2, 10))
    return formulas


def least_turns(level: int) -> int:
    """The turns that are enough without a busy store: a look at every key, one program, one submission."""
    return level + 1 + REFERENCES[level - 1] + 2
