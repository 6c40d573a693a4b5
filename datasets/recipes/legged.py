"""A quadruped's data after D5RL (arXiv 2408.08441): speeds that were not walked, a course, and mazes to be stitched.

Random data is there for every task. The others are collected by trainings that ship with this package (see
`gnomon.datasets.policies.trained`), and are there once those are published:

| dataset                     | collected by                                          | judged on                     |
| --------------------------- | ----------------------------------------------------- | ----------------------------- |
| `TASK/full-replay`          | the training on the task                              | the task; of run-to: hiking   |
| `walk-075/interpolate`      | those at 0.5 and 1.0 m/s, half each                   | 0.75 m/s                      |
| `walk-125/extrapolate`      | the same                                              | 1.25 m/s                      |
| `walk-025/extrapolate`      | the same                                              | 0.25 m/s                      |
| `maze-NAME-near/navigator`  | the runner to goals, told way-points, with noise      | far cells of the maze         |

A replay is a ladder: equal shares of evenly spaced checkpoints from step 0 on, whole episodes, actions drawn as in the
training. Speeds differ in the reward alone, so what was trained at one speed is stepped at the speed that is judged,
and its rewards are those of the speed that is judged.
"""

from collections.abc import Iterator

from gnomon.benchmarks.tasks.legged import MAZES, SPEEDS
from gnomon.datasets.policies.legged import SKILL
from gnomon.datasets.policies.trained import CARD, card_of, folder_of, ladder, named
from gnomon.datasets.recipe import Recipe, joined
from gnomon.datasets.recipes import RECIPES

LADDER = "full-replay"
TRANSITIONS = 500_000
SOURCES = ("legged/walk-050-v1", "legged/walk-100-v1")  # whose trainings walk at other speeds
TRANSFERS = {"075": "interpolate", "125": "extrapolate", "025": "extrapolate"}  # speed that is judged → kind
NAMES = (
    *(f"walk-{speed}" for speed in SPEEDS),
    "run-to",
    "hiking",
    *(f"maze-{maze}{kind}" for maze in MAZES for kind in ("", "-near")),
)


def is_published(task: str) -> bool:
    """Whether a training on the task ships with this package."""
    return (folder_of(task) / CARD).exists()


def recipes() -> Iterator[Recipe]:
    """Every recipe whose behaviour policies are there."""
    yield from (_random(name) for name in NAMES)
    yield from (_replay(name) for name in NAMES if is_published(f"legged/{name}-v1"))
    if all(is_published(task) for task in SOURCES):
        yield from (_transfer(speed, kind) for speed, kind in TRANSFERS.items())
    if is_published(SKILL):
        yield from (_navigated(maze) for maze in MAZES)


def _random(name: str) -> Recipe:
    return Recipe(f"legged/{name}/random-v1", "Uniformly random actions.", f"legged/{name}-v1", "uniform")


def _replay(name: str) -> Recipe:
    task = f"legged/{name}-v1"
    recipe = Recipe(f"legged/{name}/{LADDER}-v1", "", task, "trained", transitions=TRANSITIONS)
    steps = card_of(task)["ladders"][LADDER]
    summary = f"{len(steps)} checkpoints from step 0 to the end, equal shares: a ladder, no literal replay buffer."
    return joined(recipe.id, summary, ladder(recipe, steps, lambda found: found.options(stochastic=True)))


def _transfer(speed: str, kind: str) -> Recipe:
    parts = [part for source in SOURCES for part in _from_elsewhere(speed, kind, source)]
    summary = f"The trainings at 0.5 and 1.0 m/s, half each; to be judged at {SPEEDS[speed]:g} m/s, which neither knew."
    return joined(f"legged/walk-{speed}/{kind}-v1", summary, parts)


def _from_elsewhere(speed: str, kind: str, source: str) -> list[Recipe]:
    """The ladder of a training, stepped at the speed that is judged; its id keeps the random parts of two apart."""
    part = Recipe(
        f"legged/walk-{speed}/{kind}-{source.partition('/')[2]}",
        "",
        f"legged/walk-{speed}-v1",
        "legged/trained-elsewhere",
        transitions=TRANSITIONS // len(SOURCES),
    )
    steps = card_of(source)["ladders"][LADDER]
    return ladder(part, steps, lambda found: found.options(stochastic=True, trained_on=source), source)


def _navigated(maze: str) -> Recipe:
    return Recipe(
        f"legged/maze-{maze}-near/navigator-v1",
        "Goals of at most four cells away; to be judged on goals of six and more, which none reaches.",
        f"legged/maze-{maze}-near-v1",
        "legged/navigator",
        options=named(SKILL, "expert").options(noise=0.1),
        transitions=TRANSITIONS,
    )


for _recipe in recipes():
    RECIPES.add(_recipe.id, _recipe)
