"""Recipes of logs of mixed quality, one an interactive task: all its scripts in equal parts."""

from dataclasses import asdict, dataclass
from functools import cache, cached_property

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.files import hash_of

EPISODES = 100  # of each script


@dataclass(frozen=True)
class LogRecipe:
    """How a log is collected.

    Attributes:
        id: `interactive/NAME/mixed-vN`. A change of the data is a change of N.
        task: id of the interactive task.
        scripts: of the task, in the order of the rows.
        episodes: of each script.
    """

    id: str
    task: str
    scripts: tuple[str, ...]
    episodes: int = EPISODES

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all of it."""
        return hash_of(asdict(self))


@cache
def log_recipes() -> dict[str, LogRecipe]:
    """Id → recipe, in the order of the tasks.

    >>> log_recipes()["interactive/text-dom-form-2/mixed-v1"].scripts
    ('careless', 'expert', 'random')
    """
    made = [
        LogRecipe(f"{id.removesuffix('-v1')}/mixed-v1", id, tuple(sorted(task.scripts)))
        for id, task in INTERACTIVE_TASKS.items()
    ]
    return {recipe.id: recipe for recipe in made}
