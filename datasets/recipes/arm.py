"""Data of scripted policies of the arm, after D5RL's noisy bin sorting (arXiv 2408.08441). No human data is in it.

The shares of objects that are brought to their own bin (1, 0.8, 0.5, 0.2) are those of D5RL's prototype. Two amounts of
noise (see `gnomon.datasets.policies.arm_hand.Noise`):

|       | action | pick    | drop                                | an object that was missed |
| ----- | ------ | ------- | ----------------------------------- | ------------------------- |
| usual | 0.1    | 4 mm    | 10 mm                               | is left                   |
| noisy | 0.3    | 8 mm    | 20 mm into a bin, 25 mm onto a plate | is left                   |
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

TRANSITIONS = {"sorting": 100_000, "pick-place": 40_000, "drawer": 40_000}
RANDOM_TRANSITIONS = 20_000
SHARES = {"always-right": 1.0, "mostly-right": 0.8, "half-right": 0.5, "mostly-wrong": 0.2}
USUAL = {"attempts": 1, "action": 0.1, "pick": 0.004}
NOISY = {"attempts": 1, "action": 0.3, "pick": 0.008}
FAILING = {"attempts": 1, "action": 0.3, "pick": 0.015}


def recipes() -> Iterator[Recipe]:
    """All of the family."""
    for name in TRANSITIONS:
        yield Recipe(
            f"arm/{name}/random-v1",
            "Uniformly random actions.",
            f"arm/{name}-v1",
            "uniform",
            transitions=RANDOM_TRANSITIONS,
            ranked=False,
        )
    for kind, share in SHARES.items():
        says = f"Each object goes to its own bin with probability {share:g}, else to the other; scripted, no human data"
        yield _scripted("sorting", kind, f"{says}.", USUAL | {"drop": 0.01, "right": share}, ranked=share < 1)
        yield _scripted("sorting", f"{kind}-noisy", f"{says}, much noise.", NOISY | {"drop": 0.02, "right": share})
    yield _scripted("pick-place", "scripted", f"{_PLATE}; a ceiling check.", USUAL | {"drop": 0.01}, ranked=False)
    yield _scripted("pick-place", "noisy", f"{_PLATE}, much noise.", NOISY | {"drop": 0.025})
    yield _scripted("pick-place", "failures", f"{_PLATE}, which mostly fails.", FAILING | {"drop": 0.04})
    yield _scripted("drawer", "scripted", f"{_DRAWER}; a ceiling check.", USUAL, ranked=False)
    yield _scripted("drawer", "noisy", f"{_DRAWER}, much noise.", NOISY)
    yield _scripted("drawer", "failures", f"{_DRAWER}, which mostly fails.", FAILING | {"pick": 0.025})


_PLATE = "The cube is brought onto the plate at the first try or not at all; scripted, no human data"
_DRAWER = "The drawer is pulled open at the first try or not at all; scripted, no human data"


def _scripted(name: str, kind: str, summary: str, options: Mapping[str, Any], ranked: bool = True) -> Recipe:
    id, task = f"arm/{name}/{kind}-v1", f"arm/{name}-v1"
    return Recipe(id, summary, task, f"arm/{name}", options, TRANSITIONS[name], ranked=ranked)


for _recipe in recipes():
    RECIPES.add(_recipe.id, _recipe)
