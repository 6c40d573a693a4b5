"""The conformance suite of verifiers: attacks that public verifiers were seen to pay for, and what a trainer relies on.

A verifier passes where right answers earn 1 and attacks earn 0, where no completion makes it raise, slow or forgetful,
and where an item without a readable answer is refused instead of paid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample
from gnomon.benchmarks.verifiers.answers import written
from gnomon.errors import UsageError
from gnomon.references import resolve

ANSWER_FORM = "Answer: {}"
SAMPLES = 40  # items of a task that a verifier is tried on

Score = Callable[[str | None, Item], float]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A verifier under test.

    Attributes:
        name: id of one of ours, or a reference `module:function`.
        score: from completion and item to a number.
        carry: from the text of an answer to the completion that gives it.
        samples: items with known scores, at least two.
        judges, symmetric, whole_text: as in `Verifier`.
        slow: completions that were found to take it long, and are not tried again.
    """

    name: str
    score: Score
    carry: Callable[[str], str]
    samples: Sequence[Sample]
    judges: Literal["answer", "similarity", "form"] = "answer"
    symmetric: bool = False
    whole_text: bool = False
    slow: frozenset[str | None] = frozenset()


def subject_of(name: str, task: str | None = None, answer_form: str = ANSWER_FORM) -> Subject:
    r"""The verifier of that name on its own samples, or a `module:function` on items of a task.

    Args:
        name: id of one of ours, or a reference to a function (completion, item) → score.
        task: id of a language task whose test items are used; needed for a reference.
        answer_form: how the foreign function wants an answer written, `{}` in place of it, such as `\boxed{{{}}}`.

    Raises:
        UsageError: unknown name, no task for a reference, or an answer form without a place for the answer.
    """
    if ":" not in name:
        return _ours(name, task)
    if task is None:
        raise UsageError(f"{name} is tried on the items of a task; name one: --task reasoning/chain-sum-v1")
    return Subject(
        name=name, score=resolve(name).target, carry=_carrier(answer_form), samples=samples_of_task(task, answer_form)
    )


def _ours(name: str, task: str | None) -> Subject:
    verifier = VERIFIERS[name]
    return Subject(
        name=name,
        score=verifier,
        carry=str if verifier.whole_text else written,
        samples=samples_of_task(task) if task else verifier.samples(),
        judges=verifier.judges,
        symmetric=verifier.symmetric,
        whole_text=verifier.whole_text,
    )


def _carrier(answer_form: str) -> Callable[[str], str]:
    try:
        if answer_form.format("7 ") != answer_form.format("8 "):
            return answer_form.format
    except (IndexError, KeyError, ValueError):
        pass
    raise UsageError(f"The answer form {answer_form!r} has no one place for the answer; write it like 'Answer: {{}}'.")


def samples_of_task(task: str, answer_form: str = ANSWER_FORM) -> list[Sample]:
    """Test items of a language task, as samples; in another answer form their solution is the answer alone."""
    from gnomon.benchmarks.reasoning import LANGUAGE_TASKS

    items = LANGUAGE_TASKS[task].items("test", SAMPLES)
    if answer_form != ANSWER_FORM:
        items = [replace(item, solution=answer_form.format(item.answer)) for item in items]
    return [Sample(item, item.answer) for item in items]
