"""Answer prior: writes the commonest training answer of the level, whatever is asked."""

from collections.abc import Mapping, Sequence
from functools import cache

from gnomon.benchmarks.answer_prior import TRAINED, alone, commonest_answers
from gnomon.benchmarks.catalogue import get_language_task
from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.generators import GENERATORS, GeneratorKind


class AnswerPrior:
    """See the file's first line; every sample is the same."""

    facts: Mapping[str, str] = {"training items a level": str(TRAINED)}

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        return [[_answer(prompt)] * n for prompt in prompts]


def _answer(prompt: Prompt) -> Completion:
    text = alone(get_language_task(prompt.task), _of_levels(prompt.task)[prompt.level])
    return Completion(text, len(text), ended=True)


@cache
def _of_levels(task: str) -> dict[int, str]:
    return commonest_answers(get_language_task(task))


GENERATORS.add(
    "answer-prior",
    GeneratorKind(
        summary="The commonest training answer of the level, whatever is asked.",
        make=lambda _: AnswerPrior(),
        prompts_at_once=1_000,
        sees_prompts=False,
    ),
)
