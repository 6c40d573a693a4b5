"""Rates of form: how many completions give one answer, none, or several, and how many were cut short."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnomon.benchmarks.verifiers.answers import MARK, answer_of
from gnomon.errors import UsageError


@dataclass(frozen=True)
class FormRates:
    """Shares of all completions, each from 0 to 1; the first three need not add up to 1.

    Attributes:
        answered: exactly one answer, on the last line: what a verifier reads.
        without_answer: the mark of an answer does not occur.
        several_answers: the mark occurs more than once, in capital or small letters.
        truncated: cut at the limit of length, without an end of text.
    """

    answered: float
    without_answer: float
    several_answers: float
    truncated: float


def form_rates(completions: Sequence[str | None], ended: Sequence[bool]) -> FormRates:
    r"""The rates of form of all completions of a model.

    Args:
        completions: what the model wrote; None where it wrote nothing, which is no answer.
        ended: whether each stopped by itself, not at the limit.

    Raises:
        UsageError: there is no completion, or the lengths differ.

    >>> form_rates(["Answer: 4", "4", "Answer: 4\nAnswer: 5", "Ans"], [True, True, True, False])
    FormRates(answered=0.25, without_answer=0.5, several_answers=0.25, truncated=0.25)
    """
    if not completions or len(completions) != len(ended):
        raise UsageError(f"There are {len(completions)} completions and {len(ended)} endings; give one for each.")
    texts = [completion or "" for completion in completions]
    marks = [text.lower().count(MARK.lower()) for text in texts]
    return FormRates(
        answered=_share([answer_of(text) is not None for text in texts]),
        without_answer=_share([count == 0 for count in marks]),
        several_answers=_share([count > 1 for count in marks]),
        truncated=_share([not end for end in ended]),
    )


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)
