"""Items of language tasks: splits that cannot overlap, distinct problems, and the three views.

A problem belongs to the split that a hash of its canonical form names, whoever draws it and with whatever seed. So no
problem is in two splits, however many items are drawn. Each item has a stream of its own, keyed by task, level, split
and number: neighbouring seeds share nothing.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import count, islice
from random import Random
from typing import Any, NamedTuple

from gnomon.benchmarks.contracts import Item, LanguageTask, Solution, Split, View
from gnomon.benchmarks.seeds import Role, seed_of
from gnomon.benchmarks.verifiers import get_verifier
from gnomon.benchmarks.verifiers.answers import written
from gnomon.errors import UsageError

LEVELS = (1, 2, 3, 4, 5)
VIEWS: tuple[View, ...] = ("L1", "L2", "L3")
ROLES: dict[Split, Role] = {"train": "train", "validation": "validate", "test": "evaluate", "secret": "verify"}
PARTS: dict[Split, range] = {  # which first bytes of the hash belong to a split
    "train": range(128),
    "validation": range(128, 160),
    "test": range(160, 224),
    "secret": range(224, 256),
}
ATTEMPTS = 5_000  # draws without a new problem before a level counts as used up


def split_of(task: str, canonical: str) -> Split:
    """The one split that a problem belongs to: train (1/2), validation (1/8), test (1/4) or secret (1/8).

    >>> split_of("reasoning/chain-sum-v1", "+1 +2") == split_of("reasoning/chain-sum-v1", "+1 +2")
    True
    """
    byte = sha256(f"{task}\n{canonical}".encode()).digest()[0]
    return next(split for split, part in PARTS.items() if byte in part)


def draw_items(task: LanguageTask, split: Split, n: int, *, view: View, level: int | None, key: str) -> list[Item]:
    """The first `n` items of a split; see `LanguageTask.items`."""
    _refuse_wrong_calls(split, view, level, key)
    if n < 0:
        raise UsageError(f"n is {n}; ask for 0 items or more.")
    if view == "L3":
        return _items_of_related(task, split, n, level, key)
    check = get_verifier(task.verifier).check
    items = []
    for draw in islice(_distinct_problems(task, split, level, key), n):
        items.append(_item(task, split, view, draw))
        check(items[-1])
    return items


def _refuse_wrong_calls(split: Split, view: View, level: int | None, key: str) -> None:
    if split not in PARTS:
        raise UsageError(f"There is no split {split!r}; there are {', '.join(PARTS)}.")
    if view not in VIEWS:
        raise UsageError(f"There is no view {view!r}; there are {', '.join(VIEWS)}.")
    if level not in (None, *LEVELS):
        raise UsageError(f"There is no level {level!r}; levels are 1 to 5, or None for all of them.")
    if split == "train" and view != "L1":
        raise UsageError(f"Training items have the view L1 alone; ask another split for {view}.")
    if (split == "secret") != bool(key):
        raise UsageError("The secret split, and no other, needs a key: key='...'.")


def _items_of_related(task: LanguageTask, split: Split, n: int, level: int | None, key: str) -> list[Item]:
    """Items of the related tasks in turn, each in its own L1 view."""
    from gnomon.benchmarks.catalogue import get_language_task

    share = -(-n // len(task.related))
    columns = [get_language_task(id).items(split, share, level=level, key=key) for id in task.related]
    return [item for row in zip(*columns, strict=True) for item in row][:n]


class _Draw(NamedTuple):
    """A problem, the number of its item in its level, and what is left of the item's stream."""

    level: int
    number: int
    problem: Any
    canonical: str
    stream: Random


def _distinct_problems(task: LanguageTask, split: Split, wanted: int | None, key: str) -> Iterator[_Draw]:
    """Problems of the split, each once, the levels in turn; of one level those that it has among all of them."""
    seen: set[str] = set()
    used_up: set[int] = set()
    for number in count():
        for level in (level for level in LEVELS if level not in used_up):
            draw = _first_new(task, split, level, number, key, seen)
            if draw is None:
                _refuse_if_wanted(task, split, level, number, wanted)
                used_up.add(level)
                continue
            seen.add(draw.canonical)
            if wanted in (None, level):
                yield draw


def _refuse_if_wanted(task: LanguageTask, split: Split, level: int, number: int, wanted: int | None) -> None:
    if wanted in (None, level):
        raise UsageError(
            f"Level {level} of {task.id} has only about {number} distinct problems in its {split} split; "
            "ask for fewer items, or for a higher level."
        )


def _first_new(task: LanguageTask, split: Split, level: int, number: int, key: str, seen: set[str]) -> _Draw | None:
    """The first problem of an item's stream that belongs to the split and was not seen; None where there seems none."""
    stream = Random(seed_of(ROLES[split], f"{task.id}/{level}/{key}", number))  # noqa: S311  # no secret is drawn
    for _ in range(ATTEMPTS):
        problem = task.draw(stream, level)
        canonical = task.canonical(problem)
        if canonical not in seen and split_of(task.id, canonical) == split:
            return _Draw(level, number, problem, canonical, stream)
    return None


def _item(task: LanguageTask, split: Split, view: View, draw: _Draw) -> Item:
    """The problem in one of the wordings of the view, which the item's stream chooses."""
    wordings = task.templates if view == "L1" else task.unseen_templates
    template = list(wordings)[draw.stream.randrange(len(wordings))]
    solution = task.solve(draw.problem)
    return Item(
        id=f"{task.id}/{split}/{view}/{draw.level}-{draw.number}",
        task=task.id,
        split=split,
        view=view,
        level=draw.level,
        template=template,
        prompt="\n".join(filter(None, (wordings[template](draw.problem), task.instruction))),
        solution=_completion(solution) if task.instruction else solution.answer,
        answer=solution.answer,
        steps=solution.steps,
        arguments=solution.arguments,
        verifier=task.verifier,
        canonical=draw.canonical,
    )


def _completion(solution: Solution) -> str:
    """The steps, a line each, then the answer."""
    return "\n".join([*(step.text for step in solution.steps), written(solution.answer)])
