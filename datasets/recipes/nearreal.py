"""Near-real data: cautious controllers that do about three quarters as well as the best known, and as much
of a fifth again for validation. A recipe has seeds of its own, so that no validation episode is a training one.

`competent` data are of a checkpoint of SAC, as in NeoRL-2 (arXiv 2503.19267): the first that is three quarters of the
way from the random policy to the best of its training, which is not always the best that is known.
"""

from typing import Any

from gnomon.datasets.policies.trained import named
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES

VALIDATION = 0.2  # of the transitions


def _add(task: str, name: str, summary: str, policy: str, options: dict[str, Any], transitions: int = 100_000) -> None:
    """The recipe for training and the one for validation, both of whole episodes."""
    sizes = {name: transitions, f"{name}-validation": round(VALIDATION * transitions)}
    for kind, size in sizes.items():
        validation = kind.endswith("validation")
        recipe = Recipe(
            id=f"nearreal/{task}/{kind}-v1",
            summary=f"{summary} For validation." if validation else summary,
            task=f"nearreal/{task}-v1",
            policy=policy,
            options=options,
            transitions=size,
            ranked=not validation,
        )
        RECIPES.add(recipe.id, recipe)


_add(
    "pipeline",
    "cautious",
    "A slow proportional controller of the outlet, with normal noise of 0.1.",
    "nearreal/outlet-feedback",
    {"gain": 0.0075, "noise": 0.1},
)
_add(
    "glucose",
    "clinical",
    "Slight feedback around a high target and never more than a fifth above the basal rate, with noise.",
    "nearreal/insulin-feedback",
    {"level": "clinical", "noise": 0.05},
)
_GUIDANCE = {"level": "medium", "noise": 0.1}
_add("rocket", "guidance", "A guidance law of medium gains, with normal noise of 0.1.", "nearreal/guidance", _GUIDANCE)
_add(
    "rocket",
    "guidance-few",
    "A guidance law of medium gains, with normal noise of 0.1; about a hundred episodes.",
    "nearreal/guidance",
    _GUIDANCE,
    7_500,
)
_add(
    "friction-hopper",
    "linear",
    "Linear feedback from the middle of a search, with normal noise before its tanh.",
    "nearreal/linear",
    {"level": "medium", "noise": 0.1},
)
_add("spring", "pid", "Two separate PID controllers, whose actions depend on the history.", "nearreal/spring-pid", {})
_PLANNED = {"learns": False, "noise": 0.05}
_add(
    "fusion-surrogate",
    "planned",
    "The nominal map is asked for controls and the plasma is not looked at, with normal noise of 0.05.",
    "nearreal/inversion",
    _PLANNED,
)
_add(
    "fusion-surrogate",
    "planned-few",
    "The nominal map is asked for controls and the plasma is not looked at, with noise; twenty episodes.",
    "nearreal/inversion",
    _PLANNED,
    2_000,
)
_add(
    "safe-cheetah",
    "cautious",
    "The linear expert with 87 % of its torque and normal noise, well below the speed limit: no step violates it.",
    "nearreal/linear",
    {"level": "expert", "strength": 0.87, "noise": 0.1},
)
for _task in ("hopper-delayed", "hopper-masked", "halfcheetah-delayed", "halfcheetah-masked"):
    _add(
        _task,
        "linear",
        "Linear feedback from the middle of a search, with normal noise before its tanh.",
        "nearreal/linear",
        {"level": "medium", "noise": 0.1},
    )
for _task in ("pipeline", "rocket", "friction-hopper", "fusion-surrogate"):
    _add(
        _task,
        "competent",
        "A checkpoint of SAC, three quarters of the way from random to the best of its training, stochastic.",
        "trained",
        named(f"nearreal/{_task}-v1", "competent").options(stochastic=True),
    )
