"""What a reward teaches: a policy gradient by each reward, and what its completions then earn by the verifier."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from gnomon.baselines.visual import Recipe
from gnomon.baselines.visual.policy import VisualPolicy
from gnomon.baselines.visual.rewards import REWARDS
from gnomon.baselines.visual.training import OnUpdate, train
from gnomon.benchmarks.contracts import Item, Prompt, Sampling
from gnomon.benchmarks.visual import VISUAL_TASKS, file_of


@dataclass(frozen=True)
class Taught:
    """What a reward has taught.

    Attributes:
        reward: its name.
        paid: its mean on test items, one completion of each.
        verified: the mean score of the same completions by the item's verifier.
        forms: form → the probability that the policy gives it.
    """

    reward: str
    paid: float
    verified: float
    forms: dict[str, float]


def taught_by(reward: str, recipe: Recipe, on_update: OnUpdate = lambda _: None, items: int = 200) -> Taught:
    """Train by a reward and judge the first test items of the recipe's task; a clone would see no reward."""
    network = train(replace(recipe, reward=reward), on_update)
    asked = VISUAL_TASKS[recipe.task].items("test", items)
    texts = _written(VisualPolicy(network, {}), asked, recipe.seed)
    paid = fmean(REWARDS[reward](text, item) for text, item in zip(texts, asked, strict=True))
    verified = fmean(REWARDS["verifier"](text, item) for text, item in zip(texts, asked, strict=True))
    return Taught(reward, paid, verified, network.shares())


def _written(policy: VisualPolicy, items: Sequence[Item], seed: int) -> list[str]:
    prompts = [Prompt(item.id, item.task, item.level, item.prompt, file=file_of(item)) for item in items]
    return [row[0].text or "" for row in policy.generate(prompts, 1, seed, Sampling(1.0, 1.0, 0))]
