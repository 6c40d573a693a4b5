"""The answer prior: how far the commonest training answer gets without reading the prompt.

A task whose answer prior is high rewards guessing; the number stands on its card, next to every accuracy.
"""

from collections import Counter
from dataclasses import dataclass

from gnomon.benchmarks.contracts import Item, LanguageTask
from gnomon.benchmarks.items import LEVELS
from gnomon.benchmarks.verifiers import get_verifier
from gnomon.benchmarks.verifiers.answers import written

TRAINED, TESTED = 500, 100  # items a level


@dataclass(frozen=True)
class AnswerPrior:
    """The commonest training answer of a level, and the share of the level's test items that it solves."""

    level: int
    answer: str
    accuracy: float


def answer_prior(task: LanguageTask, trained: int = TRAINED, tested: int = TESTED) -> list[AnswerPrior]:
    """One a level, from `trained` training items and `tested` test items of it; ties go to the first in order."""
    train, test = task.items("train", trained * len(LEVELS)), task.items("test", tested * len(LEVELS))
    return [_of_level(task, train[place :: len(LEVELS)], test[place :: len(LEVELS)]) for place in range(len(LEVELS))]


def _of_level(task: LanguageTask, train: list[Item], test: list[Item]) -> AnswerPrior:
    counts = Counter(item.answer for item in train)
    answer = min(counts, key=lambda text: (-counts[text], text))
    verifier = get_verifier(task.verifier)
    completion = answer if verifier.whole_text else written(answer)
    return AnswerPrior(train[0].level, answer, sum(verifier(completion, item) for item in test) / len(test))
