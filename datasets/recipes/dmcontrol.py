"""Control-suite data after L2M (arXiv 2306.14884), which kept a million transitions of a SAC agent's training a task.

Random data is there for every task. The two replay kinds are ladders of the checkpoints of a training that ships with
this package (see `gnomon.datasets.policies.trained`), and are there for the tasks that have one: equal shares of evenly
spaced checkpoints from step 0 on, whole episodes, actions drawn as in the training.
"""

from collections.abc import Iterator

from gnomon.benchmarks.tasks.dmcontrol import NAMES
from gnomon.datasets.policies.trained import CARD, card_of, folder_of, ladder
from gnomon.datasets.recipe import Recipe, joined
from gnomon.datasets.recipes import RECIPES

REPLAY = {  # kind → transitions, and what the last checkpoint is
    "medium-replay": (200_000, "a third of the way from random to the best"),
    "full-replay": (1_000_000, "the end of the training"),
}


def recipes_of(name: str) -> Iterator[Recipe]:
    """The recipes of the task `dmcontrol/<name>-v1`: random, and replay where the checkpoints of a training ship."""
    task = f"dmcontrol/{name}-v1"
    yield Recipe(f"dmcontrol/{name}/random-v1", "Uniformly random actions.", task, "uniform", transitions=100_000)
    if (folder_of(task) / CARD).exists():
        yield from (_replay(name, task, kind) for kind in REPLAY)


def _replay(name: str, task: str, kind: str) -> Recipe:
    (transitions, end), steps = REPLAY[kind], card_of(task)["ladders"][kind]
    recipe = Recipe(
        f"dmcontrol/{name}/{kind}-v1",
        f"{len(steps)} checkpoints from step 0 to {end}, equal shares: a ladder, no literal replay buffer.",
        task,
        "trained",
        transitions=transitions,
    )
    return joined(recipe.id, recipe.summary, ladder(recipe, steps, lambda found: found.options(stochastic=True)))


for _name in NAMES:
    for _recipe in recipes_of(_name):
        RECIPES.add(_recipe.id, _recipe)
