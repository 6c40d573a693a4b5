"""Data of a scripted operator in kitchens that differ, in kinds after D5RL (arXiv 2408.08441). No human data is in it.

| kind         | what the operator does                                                                         |
| ------------ | ---------------------------------------------------------------------------------------------- |
| `expert`     | the four sub-tasks of the task in their order, varied and noisy                                |
| `suboptimal` | the four in random order; half of the attempts miss, the hand hesitates, twice the noise       |
| `play`       | five of seven sub-tasks in random order, whatever the task pays; some attempts miss            |
| `parts`      | half of the data the four of the task `standard`, the other half as in play: the four of the   |
|              | task `recombined` are never completed in one episode, and are to be recombined                 |

`parts` is the behaviour of one task with the rewards of another, so that data and task agree on what is paid.
"""

from dataclasses import replace
from typing import Any

from gnomon.datasets.recipe import Recipe, joined
from gnomon.datasets.recipes import RECIPES

EXPERT: dict[str, Any] = {"plan": "ordered", "noise": 1.0}
SUBOPTIMAL = {"plan": "shuffled", "noise": 2.0, "misses": 0.5, "hesitation": 0.02}
PLAY = {"plan": "play", "noise": 1.5, "misses": 0.15, "hesitation": 0.01}


def _recipe(task: str, kind: str, summary: str, transitions: int, options: dict[str, Any], **others: Any) -> Recipe:
    return Recipe(
        id=f"kitchen-diverse/{task}/{kind}-v1",
        summary=f"{summary} Scripted, no human data.",
        task=f"kitchen-diverse/{task}-v1",
        policy="kitchen-diverse/operator",
        options=options,
        transitions=transitions,
        **others,
    )


for _task in ("standard", "recombined"):
    for _new in (
        _recipe(_task, "expert", "An operator does the four sub-tasks in their order.", 20_000, EXPERT),
        _recipe(_task, "suboptimal", "An operator fumbles: random order, misses, hesitation.", 60_000, SUBOPTIMAL),
        _recipe(_task, "play", "An operator does any five of seven sub-tasks.", 100_000, PLAY),
    ):
        RECIPES.add(_new.id, _new)

_usual = _recipe("recombined", "usual", "", 50_000, {**EXPERT, "plan": "standard"})
_others = _recipe("recombined", "others", "", 50_000, {**PLAY, "plan": "parts"})
_parts = joined(
    "kitchen-diverse/recombined/parts-v1",
    "Half the four of `standard`, half any five of seven, never this task's four in one episode: to be recombined. "
    "Scripted, no human data.",
    [_usual, _others],
)
RECIPES.add(_parts.id, _parts)

_pixels = replace(
    _recipe("standard-pixels", "expert", "Pictures of an operator that does the four in their order.", 4_000, EXPERT),
    policy="kitchen-diverse/state-operator",
    lanes=2,  # a picture is large: 0.1 MB in memory
)
RECIPES.add(_pixels.id, _pixels)
