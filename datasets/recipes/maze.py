"""Maze data: a planner that obeys the commanded goal, and one that wanders and does not look at it."""

from gnomon.benchmarks.tasks.maze import LAYOUTS
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

_KINDS = {
    "planner": "A way-point planner goes to the commanded goal. Behaviour cloning solves it: a ceiling check.",
    "wander": "A planner goes to hidden random goals; the commanded goal is reached by chance, so cloning fails.",
}

for _name in LAYOUTS:
    for _kind, _summary in _KINDS.items():
        _recipe = Recipe(
            id=f"maze/{_name}/{_kind}-v1",
            summary=_summary,
            task=f"maze/{_name}-v1",
            policy=f"maze/{_kind}",
            options={"noise": 0.5},
            ranked=_kind == "wander",
        )
        RECIPES.add(_recipe.id, _recipe)
