"""Ant mazes: a planner above a trained ant goes to the commanded goal, between cells picked by hand or any cells."""

from gnomon.benchmarks.tasks.antmaze import HORIZONS
from gnomon.datasets.policies.antmaze import SKILL
from gnomon.datasets.policies.trained import named
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

_KINDS = {
    "play": ("-play", "An ant under a way-point planner goes from one hand-picked cell to another."),
    "diverse": ("", "An ant under a way-point planner goes from any cell to any other."),
}

for _name in HORIZONS:
    for _kind, (_variant, _summary) in _KINDS.items():
        _recipe = Recipe(
            id=f"antmaze/{_name}/{_kind}-v1",
            summary=_summary,
            task=f"antmaze/{_name}{_variant}-v1",
            policy="antmaze/navigator",
            options=named(SKILL, "expert").options(noise=0.2),
            transitions=500_000,
        )
        RECIPES.add(_recipe.id, _recipe)
