"""The recipes: each file of this folder is a family of datasets and registers its recipes when it is imported."""

from gnomon.datasets.recipe import Recipe
from gnomon.registry import Registry

RECIPES: Registry[Recipe] = Registry("dataset", __name__)


def list_datasets(task: str | None = None, ranked: bool | None = None) -> list[str]:
    """The ids of the datasets that can be built, or of one task's, or of the ranked ones."""
    return [id for id, recipe in RECIPES.items() if task in (None, recipe.task) and ranked in (None, recipe.ranked)]
