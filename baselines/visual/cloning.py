"""Behavioural cloning: the cross-entropy of the gold answer, and of the form in which it is to be written."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor, tensor

from gnomon.baselines.visual.forms import FORMS
from gnomon.benchmarks.contracts import Item

if TYPE_CHECKING:
    from gnomon.baselines.visual.policy import PolicyNetwork

LINE = list(FORMS).index("line")


def cloning_loss(network: "PolicyNetwork", items: Sequence[Item]) -> Tensor:
    """−log π(gold answer) − log π(line), the mean over items."""
    answers, forms = network.of_items(items)
    gold = tensor([network.answer_network.index_of(item.answer) for item in items])
    return -answers.gather(1, gold[:, None]).mean() - forms[LINE]
