"""Suites of language tasks: what a model is asked, and the protocol that is used where none is named."""

from dataclasses import dataclass

from gnomon.benchmarks.catalogue import get_language_task
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.visual import VISUAL_TASKS
from gnomon.errors import UsageError
from gnomon.registry import Registry


@dataclass(frozen=True)
class LanguageSuite:
    """A set of language tasks."""

    name: str
    summary: str
    tasks: tuple[str, ...]
    protocol: str


LANGUAGE_SUITES: Registry[LanguageSuite] = Registry("language suite")

LANGUAGE_SUITES.add(
    "reasoning",
    LanguageSuite(
        name="reasoning",
        summary="Ten kinds of problems in five levels, each answer checked by a verifier.",
        tasks=tuple(LANGUAGE_TASKS),
        protocol="reasoning",
    ),
)
LANGUAGE_SUITES.add(
    "visual",
    LanguageSuite(
        name="visual",
        summary="Eight kinds of problems on drawn pictures and tones in five levels, each checked by a verifier.",
        tasks=tuple(VISUAL_TASKS),
        protocol="visual",
    ),
)


def chosen_suite(name: str | None, tasks: "list[str] | tuple[str, ...]" = ()) -> LanguageSuite:
    """The suite of that name, or one of the tasks that are named instead, under the protocol of their suite.

    Args:
        name: by default the suite that the first of the tasks is in; reasoning, where none is named.
        tasks: ids.

    Raises:
        UnknownId: there is no such suite or task.
        UsageError: a task is named twice.
    """
    suite = LANGUAGE_SUITES[name or _suite_of(tasks)]
    if len(set(tasks)) < len(tasks):
        raise UsageError("A task is named twice; name each once.")
    for task in tasks:
        get_language_task(task)
    return LanguageSuite("tasks", "Named on the command line.", tuple(tasks), suite.protocol) if tasks else suite


def _suite_of(tasks: "list[str] | tuple[str, ...]") -> str:
    return next((name for name, suite in LANGUAGE_SUITES.items() if tasks and tasks[0] in suite.tasks), "reasoning")
