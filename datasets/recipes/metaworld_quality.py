"""Meta-World data of several qualities, beside those of `recipes/metaworld.py`, which have a noise of 0.3.

| kind          | what acts                                                                                      |
| ------------- | ---------------------------------------------------------------------------------------------- |
| `steady`      | the scripted expert, with noise of 0.05: without any, some actions would never vary            |
| `noisy`       | the scripted expert, with normal noise of 0.6 on its actions                                   |
| `failures`    | the scripted expert with noise of 0.3, which forgets its task within 25 steps and goes on at   |
|               | random: what is begun well, and hardly ever ends well                                          |
| `replay-like` | five parts of equal size, from random actions through failures and noise to the steady expert: |
|               | the qualities that a replay buffer would hold, but there was no training                       |

L2M (arXiv 2306.14884) has the literal replay buffers of SAC agents in their place, two million transitions a task.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gnomon.benchmarks.tasks.metaworld import NAMES
from gnomon.datasets.recipe import Recipe, joined
from gnomon.datasets.recipes import RECIPES

TRANSITIONS = 20_000
LITTLE_NOISE, NOISE, MUCH_NOISE = 0.05, 0.3, 0.6
LATEST_LAPSE = 25  # steps; a scripted expert needs about 50 to 100


def recipes_of(name: str) -> Iterator[Recipe]:
    """The four recipes of the task `metaworld/<name>-v1`."""

    def recipe(kind: str, summary: str, policy: str, ranked: bool = True, **options: Any) -> Recipe:
        id, task = f"metaworld/{name}/{kind}-v1", f"metaworld/{name}-v1"
        return Recipe(id, summary, task, policy, options, TRANSITIONS, lanes=5, ranked=ranked)

    def scripted(kind: str, summary: str, noise: float, ranked: bool = True) -> Recipe:
        return recipe(kind, summary, "metaworld/scripted", ranked, noise=noise)

    yield (
        steady := scripted(
            "steady", "The scripted expert with hardly any noise: a ceiling check.", LITTLE_NOISE, ranked=False
        )
    )
    yield (noisy := scripted("noisy", "The scripted expert with normal noise of 0.6 on its actions.", MUCH_NOISE))
    yield (
        failures := recipe(
            "failures",
            "The scripted expert with noise, which forgets its task within 25 steps and goes on at random.",
            "metaworld/lapsing",
            latest=LATEST_LAPSE,
            noise=NOISE,
        )
    )
    random, usual = recipe("random", "", "uniform"), scripted("usual", "", NOISE)
    yield joined(
        f"metaworld/{name}/replay-like-v1",
        "Random actions, failures, and three amounts of noise, a fifth each: qualities of a replay buffer, not one.",
        [replace(part, transitions=TRANSITIONS // 5) for part in (random, failures, noisy, usual, steady)],
    )


for _name in NAMES:
    for _recipe in recipes_of(_name):
        RECIPES.add(_recipe.id, _recipe)
