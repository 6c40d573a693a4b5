"""Where a completion's answer stands: on one line that begins with `Answer:`, the last one, and there is no other.

A completion that names two answers has none: it would be paid for whichever is right.
"""

from typing import Any

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import Sample
from gnomon.errors import UsageError

MARK = "Answer:"
LONGEST = 4096  # characters of an answer; a longer one is none


def written(answer: str) -> str:
    """The line that carries an answer.

    >>> written("42")
    'Answer: 42'
    """
    return f"{MARK} {answer}"


def answer_of(completion: str) -> str | None:
    r"""The answer of a completion without surrounding spaces; None where there is none, or more than one.

    >>> answer_of("2 + 2 = 4\nAnswer: 4")
    '4'
    >>> answer_of("Answer: 3\nAnswer: 4") is answer_of("4") is answer_of("Answer: 4\nI am sure.") is None
    True
    """
    if completion.lower().count("answer:") != 1:
        return None
    before, _, after = completion.partition(MARK)
    answer = after.strip(" \n")
    follows_a_line = not before or before.endswith("\n")
    return answer if follows_a_line and answer and len(answer) <= LONGEST and "\n" not in answer else None


def gold_text(item: Item) -> str:
    """The item's answer; UsageError where it is no text of one line that could be written after `Answer:`."""
    if isinstance(item.answer, str) and answer_of(written(item.answer)) == item.answer:
        return item.answer
    raise UsageError(f"Item {item.id} has the answer {item.answer!r}, which is not one line of text; make it one.")


def sample(
    answer: str,
    *,
    equivalents: tuple[str, ...] = (),
    near_misses: tuple[str, ...] = (),
    prompt: str = "What is it?",
    **arguments: Any,
) -> Sample:
    """An item for the conformance suite, made by hand."""
    item = Item(
        id=f"sample/{answer}",
        task="sample",
        split="test",
        view="L1",
        level=1,
        template="sample",
        prompt=prompt,
        solution=written(answer),
        answer=answer,
        steps=(),
        arguments=arguments,
        verifier="",
        canonical=answer,
    )
    return Sample(item, answer, equivalents, near_misses)
