"""Synthetic translation: from one invented language into another, by a dictionary and rules of grammar.

The source puts the verb between subject and object (SVO), adjectives before nouns. The target puts the verb last (SOV),
adjectives after nouns, and marks number, object, past and negation by endings and particles. A synchronous grammar
makes both sentences at once, so every sentence has exactly one translation.
"""

from itertools import product
from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer

COUNTS = {"noun": 60, "verb": 40, "adjective": 30}


def _lexicon() -> dict[str, list[tuple[str, str]]]:
    """Kind of word → (source, target) pairs; all words differ, and no target word ends as an ending does."""
    stream = Random(20)  # noqa: S311  # the lexicon is a part of the task's version
    source = ["".join(parts) for parts in product("bdgklm", "aeiou", "rnst", "aei")]
    target = ["".join(parts) for parts in product("fhpvwz", "aeiou", "lmnr", "o")] + [
        "".join(parts) for parts in product("fhpvwz", "ae", "sht", "u")
    ]
    stream.shuffle(source)
    stream.shuffle(target)
    pairs = iter(zip(source, target, strict=False))
    return {kind: [next(pairs) for _ in range(count)] for kind, count in COUNTS.items()}


LEXICON = _lexicon()
RULES = (
    "The source order is subject, verb, object; the target order is subject, object, verb. "
    "Source adjectives stand before the noun, target adjectives after it. "
    "Plural: source ending -x on the noun, target ending -ki on the noun. "
    "A target object's noun ends in -ra, after -ki if there is one. "
    "Past: source word ‘tu’ before the verb, target ending -gi on the verb. "
    "Negation: source word ‘no’ before everything else of the verb, target word ‘ye’ as the last word of the clause. "
    "Clauses are joined by source ‘ut’, target ‘sa’."
)


class Phrase(NamedTuple):
    """A noun with its adjectives, by number in the lexicon."""

    noun: int
    adjectives: tuple[int, ...]
    plural: bool


class Clause(NamedTuple):
    """A subject, a verb, and perhaps an object."""

    subject: Phrase
    verb: int
    object: Phrase | None
    past: bool
    negated: bool


Sentence = tuple[Clause, ...]


def draw(stream: Random, level: int) -> Sentence:
    """1: subject, verb; 2: an object; 3: an adjective; 4: two, past or negated; 5: two clauses like that."""
    return tuple(_clause(stream, min(level, 4)) for _ in range(2 if level == 5 else 1))


def _clause(stream: Random, level: int) -> Clause:
    adjectives = {1: (0, 0), 2: (0, 0), 3: (1, 0), 4: (1, 1)}[level]
    subject, object = (_phrase(stream, count) for count in adjectives)
    past = stream.random() < 0.5
    negated = level == 4 and stream.random() < 0.5
    return Clause(subject, stream.randrange(COUNTS["verb"]), object if level > 1 else None, past, negated)


def _phrase(stream: Random, adjectives: int) -> Phrase:
    chosen = tuple(stream.sample(range(COUNTS["adjective"]), adjectives))
    return Phrase(stream.randrange(COUNTS["noun"]), chosen, stream.random() < 0.5)


def _source_phrase(phrase: Phrase) -> list[str]:
    noun = LEXICON["noun"][phrase.noun][0]
    return [*(LEXICON["adjective"][number][0] for number in phrase.adjectives), noun + "x" * phrase.plural]


def _target_phrase(phrase: Phrase, ending: str) -> list[str]:
    noun = LEXICON["noun"][phrase.noun][1]
    inflected = noun + "ki" * phrase.plural + ending
    return [inflected, *(LEXICON["adjective"][number][1] for number in phrase.adjectives)]


def source(sentence: Sentence) -> str:
    """The sentence in the source language."""
    return " ut ".join(" ".join(_source_clause(clause)) for clause in sentence)


def _source_clause(clause: Clause) -> list[str]:
    verb = ["no"] * clause.negated + ["tu"] * clause.past + [LEXICON["verb"][clause.verb][0]]
    return [*_source_phrase(clause.subject), *verb, *(_source_phrase(clause.object) if clause.object else [])]


def _target_clause(clause: Clause) -> str:
    object = _target_phrase(clause.object, "ra") if clause.object else []
    verb = LEXICON["verb"][clause.verb][1] + "gi" * clause.past
    return " ".join([*_target_phrase(clause.subject, ""), *object, verb, *["ye"] * clause.negated])


def target(sentence: Sentence) -> str:
    """The sentence in the target language."""
    return " sa ".join(map(_target_clause, sentence))


def _entries(sentence: Sentence) -> list[tuple[str, str]]:
    """The dictionary entries that the sentence needs, in alphabetical order of the source."""
    entries = set[tuple[str, str]]()
    for clause in sentence:
        entries.add(LEXICON["verb"][clause.verb])
        for phrase in filter(None, (clause.subject, clause.object)):
            entries.add(LEXICON["noun"][phrase.noun])
            entries.update(LEXICON["adjective"][number] for number in phrase.adjectives)
    return sorted(entries)


def solve(sentence: Sentence) -> Solution:
    words = [Step("look-up", f"{word} is {meaning}", meaning) for word, meaning in _entries(sentence)]
    clauses = [
        Step("order", f"{' '.join(_source_clause(c))} becomes {_target_clause(c)}", _target_clause(c)) for c in sentence
    ]
    return Solution(target(sentence), (*words, *clauses), {})


def _dictionary(sentence: Sentence, pattern: str, between: str) -> str:
    return between.join(pattern.format(*entry) for entry in _entries(sentence))


LANGUAGE_TASKS.add(
    "reasoning/synth-mt-v1",
    LanguageTask(
        id="reasoning/synth-mt-v1",
        summary="Translate between two invented languages by a dictionary and rules of grammar.",
        verifier="exact",
        draw=draw,
        canonical=source,
        solve=solve,
        templates={
            "dictionary": lambda s: f"{RULES}\nDictionary: {_dictionary(s, '{0} = {1}', ', ')}\nTranslate: {source(s)}",
            "sentence-first": lambda s: (
                f"Translate “{source(s)}”.\nWords:\n{_dictionary(s, '{0}: {1}', chr(10))}\nGrammar: {RULES}"
            ),
            "teacher": lambda s: (
                f"A teacher explains: {RULES} The words are {_dictionary(s, '{0} ({1})', ', ')}. "
                f"How do you say {source(s)} in the target language?"
            ),
        },
        unseen_templates={
            "letter": lambda s: (
                f"A letter says: {source(s)}\nA note with it: {_dictionary(s, '{1} is what they call {0}', '; ')}. "
                f"A grammar book: {RULES}\nWrite the letter in the target language."
            )
        },
        related=("reasoning/list-prog-v1", "reasoning/instr-follow-v1"),
        instruction=ends_with_answer("the translation in small letters, words separated by one space"),
    ),
)
