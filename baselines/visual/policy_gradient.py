"""A policy gradient of a reward, with the mean reward of an item's own samples as the baseline.

    advantage  A = (r − mean r) / (std r + 10⁻⁶) over the samples of one item    (GRPO, arXiv 2402.03300, section 4.1)
    loss       −mean A · (log π(answer) + log π(form)) − entropy weight · H(π of answers)    (REINFORCE)

Every batch is drawn anew and used for one update, so that the ratio of GRPO is 1 and nothing is clipped; there is no
reference policy, as training begins from random weights.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gnomon.baselines.visual.forms import FORMS
from gnomon.baselines.visual.rewards import REWARDS, Reward
from gnomon.benchmarks.contracts import Item

if TYPE_CHECKING:
    from gnomon.baselines.visual import Recipe
    from gnomon.baselines.visual.policy import PolicyNetwork

SMALL = 1e-6


def policy_gradient_loss(
    network: "PolicyNetwork", items: Sequence[Item], recipe: "Recipe", stream: torch.Generator
) -> tuple[Tensor, Tensor]:
    """The loss of a batch, and [items, samples] the rewards of what was drawn for it from the stream."""
    answers, forms = network.of_items(items)
    shape = len(items), recipe.samples
    drawn = torch.multinomial(answers.detach().exp(), recipe.samples, replacement=True, generator=stream)
    shaped = torch.multinomial(forms.detach().exp(), shape[0] * shape[1], replacement=True, generator=stream)
    shaped = shaped.view(shape)
    rewards = _rewards(items, network.answer_network.answers, drawn, shaped, REWARDS[recipe.reward])
    chances = answers.gather(1, drawn) + forms[shaped]
    entropy = -(answers.exp() * answers).sum(1).mean()
    return -(advantages(rewards) * chances).mean() - recipe.entropy * entropy, rewards


def advantages(rewards: Tensor) -> Tensor:
    """[items, samples] how much better each sample is than the others of its item; 0 where all are alike.

    >>> advantages(torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])).round(decimals=2).tolist()
    [[1.5, -0.5, -0.5, -0.5], [0.0, 0.0, 0.0, 0.0]]
    """
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + SMALL)


def _rewards(items: Sequence[Item], answers: Sequence[str], drawn: Tensor, shaped: Tensor, reward: Reward) -> Tensor:
    """[items, samples] float32; what is written twice for one item is judged once."""
    forms = list(FORMS.values())
    rows: list[list[float]] = []
    for item, numbers, kinds in zip(items, drawn.tolist(), shaped.tolist(), strict=True):
        texts = [forms[kind](answers[number], answers) for number, kind in zip(numbers, kinds, strict=True)]
        paid = {text: reward(text, item) for text in set(texts)}
        rows.append([paid[text] for text in texts])
    return torch.tensor(rows)
