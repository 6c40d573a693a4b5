"""Locomotion data in the six kinds of D4RL (arXiv 2004.07219), collected by checkpoints of our own trainings.

Actions are drawn as in the training (the tanh stays), and episodes are whole. The two replay kinds are ladders: equal
shares of evenly spaced checkpoints from step 0 on, so they hold what a replay buffer holds without being the literal
one. `hopper/medium` comes from three trainings, a third each.
"""

from dataclasses import replace

from gnomon.benchmarks.tasks.locomotion import BODIES
from gnomon.datasets.policies.ant_forward import TRAINED_ON
from gnomon.datasets.policies.trained import card_of, ladder, named
from gnomon.datasets.recipe import Recipe, joined
from gnomon.datasets.recipes import RECIPES

MILLION = 1_000_000
TRAININGS = {"hopper": (0, 1, 2)}  # seeds whose medium policies make the medium data; elsewhere the first alone
POLICIES = {"locomotion/ant-v1": (TRAINED_ON, "locomotion/ant-forward")}  # what it was trained on, and as what it acts
SUMMARIES = {
    "random": "Uniformly random actions.",
    "medium": "A policy a third of the way from random to expert, stochastic.",
    "expert": "The best checkpoint of a training, stochastic.",
    "medium-replay": "{count} checkpoints from step 0 to medium, equal shares: a ladder, no literal replay buffer.",
    "full-replay": "{count} checkpoints from step 0 to the end, equal shares: a ladder, no literal replay buffer.",
    "medium-expert": "The medium data and the expert data, one behind the other.",
}


def _recipe(body: str, kind: str, transitions: int = MILLION) -> Recipe:
    return Recipe(
        f"locomotion/{body}/{kind}-v1", SUMMARIES[kind], f"locomotion/{body}-v1", transitions=transitions, lanes=10
    )


def _trained(recipe: Recipe, name: str, seed: int = 0) -> Recipe:
    task, policy = POLICIES.get(recipe.task, (recipe.task, "trained"))
    return replace(recipe, policy=policy, options=named(task, name, seed).options(stochastic=True))


def _joined(recipe: Recipe, parts: list[Recipe]) -> Recipe:
    return joined(recipe.id, recipe.summary, parts)


def _medium(body: str) -> Recipe:
    recipe, seeds = _recipe(body, "medium"), TRAININGS.get(body, (0,))
    parts = [replace(_trained(recipe, "medium", seed), transitions=MILLION // len(seeds)) for seed in seeds]
    return _joined(recipe, parts) if len(parts) > 1 else parts[0]


def _ladder(body: str, kind: str, transitions: int) -> Recipe:
    recipe = _recipe(body, kind, transitions)
    task, policy = POLICIES.get(recipe.task, (recipe.task, "trained"))
    steps = card_of(task)["ladders"][kind]
    parts = ladder(replace(recipe, policy=policy), steps, lambda found: found.options(stochastic=True), task)
    return _joined(replace(recipe, summary=recipe.summary.format(count=len(parts))), parts)


def _recipes(body: str) -> list[Recipe]:
    medium, expert = _medium(body), _trained(_recipe(body, "expert"), "expert")
    return [
        replace(_recipe(body, "random"), policy="uniform"),
        medium,
        expert,
        _ladder(body, "medium-replay", 200_000),
        _ladder(body, "full-replay", MILLION),
        _joined(_recipe(body, "medium-expert"), [*(medium.parts or [medium]), expert]),
    ]


for _body in BODIES:
    for _one in _recipes(_body):
        RECIPES.add(_one.id, _one)
