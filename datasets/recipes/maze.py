"""Maze data: a planner that obeys the commanded goal, and one that wanders and does not look at it."""

from gnomon.benchmarks.tasks.maze import LAYOUTS, STITCHED
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

_KINDS = {
    "planner": "A way-point planner goes to the commanded goal. Behaviour cloning solves it: a ceiling check.",
    "wander": "A planner goes to hidden random goals; the commanded goal is reached by chance, so cloning fails.",
}
_STITCH = "Goals of at most four cells away, reached; to be judged on goals of six and more, which none reaches."


def _add(id: str, summary: str, task: str, kind: str, ranked: bool = True) -> None:
    recipe = Recipe(id=id, summary=summary, task=task, policy=f"maze/{kind}", options={"noise": 0.5}, ranked=ranked)
    RECIPES.add(recipe.id, recipe)


for _name in LAYOUTS:
    for _kind, _summary in _KINDS.items():
        _add(f"maze/{_name}/{_kind}-v1", _summary, f"maze/{_name}-v1", _kind, ranked=_kind == "wander")
    _add(f"maze/{_name}-dense/wander-v1", _KINDS["wander"], f"maze/{_name}-dense-v1", "wander")
for _name in STITCHED:
    _add(f"maze/{_name}/stitch-v1", _STITCH, f"maze/{_name}-near-v1", "planner")
