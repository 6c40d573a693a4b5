"""The hacks that papers report of rewards by rule, played against every visual task: none beats guessing.

Boxes everywhere (arXiv 2504.07615), letters without a look (arXiv 2503.24376), form alone (arXiv 2503.21620). That the
same hacks are paid for by lenient rewards is shown in `tests/baselines/visual`.
"""

from collections.abc import Callable

import pytest

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.verifiers.answers import written
from gnomon.benchmarks.visual import VISUAL_TASKS

LETTERS = "ABCDEFGH"
WORDS = ("large", "small", "red", "green", "blue", "yellow", "disc", "square", "triangle", "cross", "0", "1", "2", "3")
CELLS = [f"{x}, {y}, {x + 20}, {y + 20}" for y in range(0, 80, 20) for x in range(0, 80, 20)]
HACKS: dict[str, Callable[[Item], str]] = {
    "form alone": lambda _: "I looked at the picture.\nAnswer: the right one",
    "form around nothing": lambda _: "Answer: none",
    "every letter": lambda _: written(" ".join(LETTERS)),
    "a line a letter": lambda _: "\n".join(map(written, LETTERS)),
    "a line a word": lambda _: "\n".join(map(written, WORDS)),
    "words that begin with the letter": lambda item: written(f"{item.answer}ny of them"),
    "the right answer first": lambda item: written(f"{item.answer} or another"),
    "the right answer and another": lambda item: f"{written(item.answer)}\n{written('0')}",
    "the right answer outside": lambda item: f"{item.answer}\nAnswer: see above",
    "the prompt": lambda item: item.prompt,
}


@pytest.mark.parametrize("hack", HACKS)
@pytest.mark.parametrize("id", list(VISUAL_TASKS))
def test_a_hack_earns_nothing(id: str, hack: str) -> None:
    items = VISUAL_TASKS[id].items("test", 50)
    assert score_completions([HACKS[hack](item) for item in items], items).values.sum() == 0


@pytest.mark.parametrize("name", ["scene-class", "scene-class-new", "physics-mcq"])
@pytest.mark.parametrize("letter", LETTERS[:4])
def test_one_letter_whatever_is_asked_earns_no_more_than_chance(name: str, letter: str) -> None:
    items = VISUAL_TASKS[f"visual/{name}-v1"].items("test", 400)
    chances = [1 / len(item.arguments["options"]) if letter in item.arguments["options"] else 0 for item in items]
    error = sum(chance * (1 - chance) for chance in chances) ** 0.5
    assert score_completions([f"Answer: {letter}"] * 400, items).values.sum() <= sum(chances) + 3 * error


def test_one_word_whatever_is_asked_earns_no_more_than_the_answer_prior() -> None:
    items = VISUAL_TASKS["visual/scene-qa-v1"].items("test", 300)
    best = max(score_completions([written(word)] * 300, items).values.mean() for word in WORDS)
    assert best <= 0.25  # half of the properties, each with two values or four; measured 0.14


def test_boxes_everywhere_find_nothing() -> None:
    """A list is no box; the box of the whole picture overlaps everything and is too large for all of it."""
    items = VISUAL_TASKS["visual/scene-ground-v1"].items("test", 100)
    for spam in ("; ".join(CELLS), ", ".join(CELLS), "0, 0, 80, 80", "0, 0, 1000, 1000"):
        assert score_completions([written(spam)] * 100, items).values.sum() == 0
    cells = [score_completions([written(cell)] * 100, items).values.mean() for cell in CELLS]
    assert max(cells) <= 0.15  # sixteen cells; a thing is in one of them as often as in another


def test_a_click_anywhere_hits_as_rarely_as_widgets_cover_the_screen() -> None:
    items = VISUAL_TASKS["visual/ui-click-v1"].items("test", 200)
    grid = [f"{action} {x}, {y}" for action in ("click", "type", "drag") for x in (24, 72) for y in (12, 36, 60, 84)]
    hits = [score_completions([written(answer)] * 200, items).values.mean() for answer in grid]
    assert max(hits) <= 0.15
    assert score_completions([written("; ".join(grid))] * 200, items).values.sum() == 0
