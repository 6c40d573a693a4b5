"""Random answer: writes the answer of a training item of the level, drawn at random, whatever is asked."""

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random

from gnomon.benchmarks.answer_prior import TRAINED, alone, training_answers
from gnomon.benchmarks.catalogue import get_language_task
from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.generators import GENERATORS, GeneratorKind, sample_seed


class RandomAnswer:
    """See the file's first line."""

    facts: Mapping[str, str] = {"training items a level": str(TRAINED)}

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        return [[_answer(prompt, sample_seed(seed, prompt, sample)) for sample in range(n)] for prompt in prompts]


def _answer(prompt: Prompt, seed: int) -> Completion:
    answers = _of_levels(prompt.task)[prompt.level]
    answer = answers[Random(seed).randrange(len(answers))]  # noqa: S311  # no secret is drawn
    text = alone(get_language_task(prompt.task), answer)
    return Completion(text, len(text), ended=True)


@cache
def _of_levels(task: str) -> dict[int, list[str]]:
    return training_answers(get_language_task(task))


GENERATORS.add(
    "random-answer",
    GeneratorKind(
        summary="The answer of a random training item of the level, whatever is asked.",
        make=lambda _: RandomAnswer(),
        prompts_at_once=1_000,
        sees_prompts=False,
    ),
)
