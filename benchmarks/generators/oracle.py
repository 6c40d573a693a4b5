"""Oracle: writes the gold solution of each item, which it draws again from the item's id: the scripted expert."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from gnomon.benchmarks.catalogue import get_language_task
from gnomon.benchmarks.contracts import Completion, Item, Prompt, Sampling
from gnomon.benchmarks.generators import GENERATORS, GeneratorKind
from gnomon.errors import UsageError


class _Place(NamedTuple):
    """Where an item comes from: a level of a split and view of a task, and its number there."""

    task: str
    split: str
    view: str
    level: int
    number: int


class Oracle:
    """See the file's first line; every sample is the same. Items of a secret split cannot be drawn from their ids."""

    facts: Mapping[str, str] = {"reads": "the truth"}

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        places = [_place_of(prompt.item) for prompt in prompts]
        most = {place[:4]: 0 for place in places}
        for place in places:
            most[place[:4]] = max(most[place[:4]], place.number + 1)
        texts = [_items(*place[:4], most[place[:4]])[place.number].solution for place in places]
        return [[Completion(text, len(text), ended=True)] * n for text in texts]


def _place_of(id: str) -> _Place:
    """What the id of an item says.

    >>> _place_of("visual/ui-click-v1/test/L2/3-14")
    _Place(task='visual/ui-click-v1', split='test', view='L2', level=3, number=14)
    """
    task, split, view, number = id.rsplit("/", 3)
    if split == "secret":
        raise UsageError("The oracle draws items again from their ids, which those of a secret split do not allow.")
    level, _, place = number.partition("-")
    return _Place(task, split, view, int(level), int(place))


@cache
def _items(task: str, split: str, view: str, level: int, count: int) -> list[Item]:
    return get_language_task(task).items(split, count, view=view, level=level)  # pyright: ignore[reportArgumentType]


GENERATORS.add(
    "oracle",
    GeneratorKind(
        summary="The gold solution of every item: what a perfect model earns.",
        make=lambda _: Oracle(),
        prompts_at_once=1_000,
        sees_prompts=False,
    ),
)
