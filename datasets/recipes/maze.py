"""Maze data: a planner that obeys the commanded goal, and one that wanders and does not look at it."""

from gnomon.benchmarks.tasks.maze import LAYOUTS
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

for _name in LAYOUTS:
    RECIPES.add(
        f"maze/{_name}/planner-v1",
        Recipe(
            id=f"maze/{_name}/planner-v1",
            summary="A way-point planner goes to the commanded goal. Behaviour cloning solves it: a ceiling check.",
            task=f"maze/{_name}-v1",
            policy="maze/planner",
            options={"noise": 0.5},
            ranked=False,
        ),
    )
    RECIPES.add(
        f"maze/{_name}/wander-v1",
        Recipe(
            id=f"maze/{_name}/wander-v1",
            summary="A planner goes to hidden random goals; the commanded goal is reached by chance, so cloning fails.",
            task=f"maze/{_name}-v1",
            policy="maze/wander",
            options={"noise": 0.5},
        ),
    )
