"""What a policy gradient can be paid by: the item's verifier, and three lenient rules as controls.

The controls are rules of the kind that published code has been seen to use, and that a policy can be paid by without
looking at the picture. They are here so that the difference can be measured, never to train a model that is ranked.
"""

from collections.abc import Callable

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import get_verifier
from gnomon.benchmarks.verifiers.answers import MARK, written

Reward = Callable[[str, Item], float]


def verifier(completion: str, item: Item) -> float:
    """The score by the item's own verifier."""
    return get_verifier(item.verifier)(completion, item)


def first_letter(completion: str, item: Item) -> float:
    """1 where what follows the mark begins with the first letter of the gold answer."""
    return float(completion.removeprefix(f"{MARK} ")[:1] == item.answer[:1])


def any_line(completion: str, item: Item) -> float:
    """1 where one of the answers, or the only one, is right."""
    return max(verifier(written(line.removeprefix(f"{MARK} ")), item) for line in completion.split("\n"))


def form(completion: str, item: Item) -> float:
    """1 where there is one answer on a line of its own, whatever it says."""
    return get_verifier("format")(completion, item)


REWARDS: dict[str, Reward] = {"verifier": verifier, "first-letter": first_letter, "any-line": any_line, "form": form}
