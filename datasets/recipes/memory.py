"""Memory data: policies that keep a part of what they were told, so that no one episode type shows the whole way."""

from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

_CEILING = "Everything is remembered. Cloning with a memory solves it: a ceiling check."
_PART = "One thing told is kept in an episode, the others are guessed: the way that uses all of them is to be stitched."

for _name, _things, _transitions in (("double-t-maze", 2, 50_000), ("dialogue", 3, 20_000)):
    for _kind, _keeps, _summary in (("expert", _things, _CEILING), ("forgetful", 1, _PART)):
        _recipe = Recipe(
            id=f"memory/{_name}/{_kind}-v1",
            summary=_summary,
            task=f"memory/{_name}-v1",
            policy=f"memory/{_name}",
            options={"keeps": _keeps, "noise": 0.15},
            transitions=_transitions,
            ranked=_kind == "forgetful",
        )
        RECIPES.add(_recipe.id, _recipe)
