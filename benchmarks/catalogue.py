"""All tasks by id: those of control and those of language, which have registries of their own."""

from gnomon.benchmarks.contracts import ControlTask, LanguageTask
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.tasks import TASKS


def every_task() -> dict[str, ControlTask | LanguageTask]:
    """Id → task, sorted by id."""
    return dict(sorted([*TASKS.items(), *LANGUAGE_TASKS.items()]))


def list_tasks(family: str | None = None) -> list[str]:
    """The ids of all tasks, or of one family's.

    >>> list_tasks("reasoning")[:2]
    ['reasoning/chain-sum-v1', 'reasoning/countdown-v1']
    """
    return [id for id, task in every_task().items() if family in (None, task.family)]


def get_task(id: str) -> ControlTask | LanguageTask:
    """The task of that id; an unknown one raises UnknownId with the nearest."""
    registry = LANGUAGE_TASKS if id.startswith("reasoning/") else TASKS
    return registry[id]
