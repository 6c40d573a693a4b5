"""The reasoning tasks: each file of this folder registers one language task when it is imported."""

from gnomon.benchmarks.contracts import LanguageTask
from gnomon.registry import Registry

LANGUAGE_TASKS: Registry[LanguageTask] = Registry("language task", __name__)


def ends_with_answer(what: str) -> str:
    """The end of a prompt: how the answer is written. It does not hold the answer's mark, so an echo is no answer.

    >>> ends_with_answer("a number")
    'Write your steps line by line. The last line is the word Answer, a colon, and a number.'
    """
    return f"Write your steps line by line. The last line is the word Answer, a colon, and {what}."
