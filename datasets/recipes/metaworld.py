"""Meta-World data: the scripted expert of each task, with noise on its actions."""

from gnomon.benchmarks.tasks.metaworld import NAMES
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

for _name in NAMES:
    _recipe = Recipe(
        id=f"metaworld/{_name}/scripted-v1",
        summary="The scripted expert with normal noise of 0.3 on its actions.",
        task=f"metaworld/{_name}-v1",
        policy="metaworld/scripted",
        options={"noise": 0.3},
        transitions=20_000,
        lanes=5,
    )
    RECIPES.add(_recipe.id, _recipe)
