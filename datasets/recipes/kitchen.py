"""Kitchen data of a scripted operator, in three kinds after D4RL (arXiv 2004.07219). No human data is in it."""

from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

_KINDS = {  # name → plan of the operator, transitions, summary
    "complete": (
        "four",
        4_000,
        "A scripted operator, varied and noisy, does all four sub-tasks in their order, in few episodes.",
    ),
    "partial": (
        "partial",
        137_000,
        "A scripted operator does the four sub-tasks in a quarter of the episodes, in the others any of seven.",
    ),
    "mixed": (
        "mixed",
        137_000,
        "A scripted operator does some of seven sub-tasks, never all four in an episode: to be stitched.",
    ),
}

for _kind, (_plan, _transitions, _summary) in _KINDS.items():
    _recipe = Recipe(
        id=f"kitchen/four/{_kind}-v1",
        summary=f"{_summary} No human data.",
        task="kitchen/four-v1",
        policy="kitchen/operator",
        options={"plan": _plan, "noise": 1.0},
        transitions=_transitions,
    )
    RECIPES.add(_recipe.id, _recipe)
