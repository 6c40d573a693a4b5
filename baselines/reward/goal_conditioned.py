"""Goal-conditioned: Bradley and Terry's loss, and states that are like the later states of good solutions.

In the spirit of arXiv 2407.13887, whose abstract says what is pulled together and pushed apart; the formulas are ours:

    L = L_BT + λ · mean(−log σ(κ cos(s⁺, g⁺)) − log σ(−κ cos(s⁻, g⁻)))

s is the state at the end of a line, g that at the end of a later line of the same completion; + of the chosen, − of the
rejected one. A state is the network's last hidden layer. The reward is that of Bradley and Terry; the score of a step
is κ cos(state, goal), the goal being the mean last state of chosen training completions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gnomon.baselines.reward import REWARD_BASELINES
from gnomon.baselines.reward.characters import (
    BATCH,
    Recipe,
    Text,
    laid_out,
    preference_loss,
    texts_of,
    trained,
)
from gnomon.benchmarks.reward_models import RewardModel
from gnomon.datasets.preferences.drawing import Pair

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.benchmarks.character_model import CharacterModel

WEIGHT, SHARPNESS = 0.5, 5.0  # λ and κ
GOALS = 512  # chosen completions whose last states make the goal


class GoalConditionedModel:
    """A trained transformer, and the state that good solutions end in."""

    def __init__(self, model: "CharacterModel", goal: "Tensor", recipe: Recipe) -> None:
        self._model, self._goal = model, goal
        told = {**asdict(recipe), "loss": "goal-conditioned", "weight": WEIGHT, "sharpness": SHARPNESS}
        self.facts: Mapping[str, str] = {name: str(value) for name, value in told.items()}

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> NDArray[np.float64]:
        texts = [(prompt, tuple(text.split("\n"))) for prompt, text in zip(prompts, completions, strict=True)]
        rows = [rewards for rewards, _ in self._lines(texts)]
        return np.array([row[-1] for row in rows])

    def score_steps(self, prompts: Sequence[str], steps: Sequence[Sequence[str]]) -> list[NDArray[np.float64]]:
        texts = [(prompt, tuple(lines)) for prompt, lines in zip(prompts, steps, strict=True)]
        return [values for _, values in self._lines(texts)]

    def _lines(self, texts: Sequence[Text]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Of every text the reward and the likeness to the goal at the end of each line."""
        import torch

        found = list[tuple[NDArray[np.float64], NDArray[np.float64]]]()
        with torch.no_grad():
            for first in range(0, len(texts), BATCH):
                rewards, states, ends = _read(self._model, texts[first : first + BATCH])
                values = SHARPNESS * torch.cosine_similarity(states, self._goal, dim=-1)
                rows = zip(rewards.double().numpy(), values.double().numpy(), ends.sum(1).tolist(), strict=True)
                found += [(reward[:lines], value[:lines]) for reward, value, lines in rows]
        return found


class GoalConditioned:
    """The learner."""

    summary = "A character-level transformer whose states are drawn to where good solutions lead; minutes."

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def train(self, pairs: Sequence[Pair], seed: int) -> RewardModel:
        """See `gnomon.baselines.reward.characters.trained`."""
        model = trained(self.recipe, pairs, seed, _loss)
        return GoalConditionedModel(model, _goal(model, pairs[:GOALS]), self.recipe)


def _read(model: "CharacterModel", texts: Sequence[Text]) -> "tuple[Tensor, Tensor, Tensor]":
    """[B, lines] the rewards and [B, lines, width] the states at the ends of lines, and which lines there are."""
    from gnomon.benchmarks.character_model import END

    codes, places, there = laid_out(texts, model.shape.context)
    kept = list["Tensor"]()
    hook = model.last.register_forward_hook(lambda *call: kept.append(call[2]))
    try:
        rewards = model(codes)[0][..., END].gather(1, places)
    finally:
        hook.remove()
    return rewards, kept[0].gather(1, places[..., None].expand(-1, -1, model.shape.width)), there


def _loss(recipe: Recipe, model: "CharacterModel", batch: Sequence[Pair]) -> "Tensor":
    rewards, states, ends = _read(model, texts_of(batch))
    return preference_loss(rewards, ends, recipe.centring) + WEIGHT * contrast(states, ends)


def contrast(states: "Tensor", ends: "Tensor") -> "Tensor":
    """The mean over completions of −log σ(±κ cos(state, later state)), over all earlier and later lines of each.

    Args:
        states: [2 · pairs, lines, width] of the chosen ones, then of the rejected ones.
        ends: [2 · pairs, lines] which lines there are; a completion of one line counts nothing.
    """
    import torch
    from torch.nn import functional

    unit = functional.normalize(states, dim=-1)
    likeness = SHARPNESS * unit @ unit.transpose(1, 2)
    sign = torch.ones(len(states), 1, 1)
    sign[len(states) // 2 :] = -1
    later = (ends[:, :, None] & ends[:, None, :]).triu(1).float()
    each = -(functional.logsigmoid(sign * likeness) * later).sum((1, 2)) / later.sum((1, 2)).clamp(min=1)
    return each.mean()


def _goal(model: "CharacterModel", pairs: Sequence[Pair]) -> "Tensor":
    """[width] the mean of the normalised last states of chosen completions."""
    import torch
    from torch.nn import functional

    total = torch.zeros(model.shape.width)
    with torch.no_grad():
        for first in range(0, len(pairs), BATCH):
            texts = [(pair.prompt, pair.chosen.lines) for pair in pairs[first : first + BATCH]]
            _, states, ends = _read(model, texts)
            last = states[torch.arange(len(texts)), ends.sum(1) - 1]
            total += functional.normalize(last, dim=-1).sum(0)
    return total / len(pairs)


REWARD_BASELINES.add("goal-conditioned", GoalConditioned(Recipe(loss="bradley-terry")))
