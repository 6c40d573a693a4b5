"""All tasks by id: those of control, of language, of pictures and sounds, and of turns of text."""

from collections.abc import Mapping
from typing import Any

from gnomon.benchmarks.contracts import ControlTask, LanguageTask
from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.visual import VISUAL_TASKS
from gnomon.errors import UsageError
from gnomon.registry import Registry

OTHERS: Mapping[str, Registry[Any]] = {  # families whose tasks are in no registry of control
    "reasoning": LANGUAGE_TASKS,
    "visual": VISUAL_TASKS,
    "interactive": INTERACTIVE_TASKS,
}


def every_task() -> dict[str, ControlTask | LanguageTask]:
    """Id → task, sorted by id."""
    return dict(sorted(pair for registry in (TASKS, *OTHERS.values()) for pair in registry.items()))


def list_tasks(family: str | None = None) -> list[str]:
    """The ids of all tasks, or of one family's.

    >>> list_tasks("reasoning")[:2]
    ['reasoning/chain-sum-v1', 'reasoning/countdown-v1']
    """
    return [id for id, task in every_task().items() if family in (None, task.family)]


def get_task(id: str) -> ControlTask | LanguageTask:
    """The task of that id; an unknown one raises UnknownId with the nearest."""
    return OTHERS.get(id.partition("/")[0], TASKS)[id]


def get_language_task(id: str) -> LanguageTask:
    """The task of that id; raises UnknownId with the nearest, or UsageError where it is one of control."""
    task = get_task(id)
    if not isinstance(task, LanguageTask):
        raise UsageError(f"{id} is a task of control and has no items; list those that have: gnomon tasks list")
    return task
