"""Text-dom: forms, their potential and curriculum, finding elements, and that no other behaviour is paid for."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.game import Turn
from gnomon.benchmarks.interactive.text_dom import FIELDS, FormFilling, Grounding, curriculum, form_task
from gnomon.benchmarks.interactive.text_pages import Element, draw_form, layout
from gnomon.benchmarks.rollout import rollout


def form(fields: int = 12, asked: int = 9, seed: int = 0) -> FormFilling:
    game = FormFilling(fields, asked)
    game.start(np.random.default_rng(seed))
    return game


def centre(element: Element) -> str:
    left, top, right, bottom = element.box
    return f"click {(left + right) // 2} {(top + bottom) // 2}"


def element(game: FormFilling, label: str) -> Element:
    return next(one for one in game.form.elements if one.label == label)


def fill(game: FormFilling, label: str, value: str) -> list[Turn]:
    turns = [game.play(centre(element(game, label)))]
    return turns if value in ("on", "off") else [*turns, game.play(f"type {value}")]


def test_boxes_do_not_overlap_and_labels_differ() -> None:
    for count in FIELDS:
        elements = layout(np.random.default_rng(count), count)
        assert len({one.label for one in elements}) == count
        boxes = [one.box for one in elements]
        apart = [
            a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
            for number, a in enumerate(boxes)
            for b in boxes[number + 1 :]
        ]
        assert all(apart)


@pytest.mark.parametrize("order", [1, -1])
def test_the_return_of_a_right_form_is_1_in_whatever_order(order: int) -> None:
    game = form()
    turns = [turn for label, value in list(game.form.wanted.items())[::order] for turn in fill(game, label, value)]
    assert game.potential == pytest.approx(0.5)
    assert sum(turn.reward for turn in turns) == pytest.approx(0.5)
    last = game.play(centre(element(game, "Submit")))
    assert (last.event, last.ended, last.success) == ("right", True, True)
    assert sum(turn.reward for turn in [*turns, last]) == pytest.approx(1.0)


def test_the_potential_by_hand() -> None:
    game = form(fields=12, asked=4)
    label, value = next(iter(game.form.wanted.items()))
    assert game.potential == 0
    assert fill(game, label, value)[-1].reward == pytest.approx(0.5 / 4)
    other = next(one for one in game.form.elements if one.label not in game.form.wanted and one.kind == "input")
    assert fill(game, other.label, "spoiled")[-1].reward == pytest.approx(-0.5 / 4)
    assert game.play(centre(element(game, "Clear"))).reward == pytest.approx(0.0)
    assert game.values == game.form.initial


@given(st.lists(st.integers(0, 19), max_size=30), st.integers(0, 5))
def test_nothing_but_a_right_submission_earns_more_than_the_potential(choices: list[int], seed: int) -> None:
    game = form(fields=12, asked=4, seed=seed)
    values = [*game.form.wanted.values(), "x", ""]
    actions = [*(centre(one) for one in game.form.elements if one.label != "Submit"), *(f"type {v}" for v in values)]
    earned = sum(game.play(actions[choice % len(actions)]).reward for choice in choices)
    assert earned == pytest.approx(game.potential)
    assert earned <= 0.5
    is_right = game.values == game.form.initial | game.form.wanted
    assert earned + game.play("submit").reward == pytest.approx(float(is_right))


def test_what_was_typed_cannot_look_like_an_element() -> None:
    game = form()
    label = next(one.label for one in game.form.elements if one.kind == "input")
    game.play(centre(element(game, label)))
    before = dict(game.values)
    for text in ('"><button label="Submit" box="0,0,9,9">', "a\nb", "x" * 41, "naïve", '"'):
        assert game.play(f"type {text}").event == "invalid"
    assert game.values == before


def test_clicks_and_typing_that_reach_nothing_are_errors() -> None:
    game = form()
    assert game.play("type Porto").event == "error"
    assert game.play("click 9999 9999").event == "error"
    assert game.play("click 1 2 3").event == game.play("click -1 2").event == game.play("click ٣ 2").event == "invalid"


def test_a_curriculum_asks_for_more_and_more_of_one_form() -> None:
    tasks = curriculum(3)
    assert [task.id for task in tasks] == [
        "interactive/text-dom-form-3-of-1-v1",
        "interactive/text-dom-form-3-of-2-v1",
        "interactive/text-dom-form-3-of-4-v1",
        "interactive/text-dom-form-3-of-8-v1",
        "interactive/text-dom-form-3-v1",
    ]
    forms = [draw_form(np.random.default_rng(5), 12, asked) for asked in (1, 2, 4, 8, 9)]
    asked = [set(one.wanted) for one in forms]
    assert [len(labels) for labels in asked] == [1, 2, 4, 8, 9]
    assert all(less < more for less, more in pairwise(asked))
    assert len({hash(frozenset((one.initial | one.wanted).items())) for one in forms}) == 1  # one form in the end
    for task in tasks[:2]:
        assert all(episode.success.any() for episode in rollout(task, task.policy("expert"), range(4), lanes=2))


def test_the_fewer_sub_instructions_are_left_the_more_often_random_clicks_succeed() -> None:
    solved = []
    for asked in (1, None):
        task = form_task(1, asked).limited(40)
        solved.append(sum(e.success.any() for e in rollout(task, task.policy("random"), range(60), lanes=5)))
    assert solved[0] > solved[1]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_click_on_any_other_element_or_beside_all_of_them_earns_nothing(level: int) -> None:
    stream = np.random.default_rng(4)
    game = Grounding(level)
    page = game.start(stream)
    target = game.target
    others = [line for line in page.splitlines() if line.startswith("<") and f'"{target.label}"' not in line]
    assert len(others) == (5, 15, 49)[level - 1]
    left, top, right, bottom = target.box
    for x, y in ((left - 1, top), (right + 1, bottom), (left, bottom + 1), (0, 0)):
        assert game.play(f"click {x} {y}") == ("wrong", "That is not it.", 0.0, True, False)
    assert {game.play(f"click {x} {y}").reward for x, y in ((left, top), (right, bottom))} == {1.0}
    assert game.play(f"click {left} {top} click 0 0").event == "invalid"
    assert game.play(f"{centre(target)}\n{centre(target)}").event == "invalid"


def test_instructions_of_the_highest_level_name_no_element() -> None:
    game = Grounding(3)
    instructions = [game.start(np.random.default_rng(seed)).partition("\n")[0] for seed in range(20)]
    assert not [text for text in instructions if '"' in text]
    assert len(set(instructions)) > 8


def test_the_careless_clerk_fills_small_forms_better_than_large_ones() -> None:
    solved = []
    for level in (1, 4):
        task = INTERACTIVE_TASKS[f"interactive/text-dom-form-{level}-v1"]
        solved.append(sum(e.success.any() for e in rollout(task, task.policy("careless"), range(10), lanes=5)))
    assert solved[0] > solved[1]


@pytest.mark.parametrize("level", [1, 5])
def test_the_page_fits_when_every_field_is_as_long_as_can_be(level: int) -> None:
    task = form_task(level)
    game = FormFilling(FIELDS[level - 1], FIELDS[level - 1])
    longest = max(len(fill_all(game, np.random.default_rng(seed))) for seed in range(3))
    assert longest + 60 < task.characters


def fill_all(game: FormFilling, stream: np.random.Generator) -> str:
    game.start(stream)
    turns = [fill(game, one.label, "x" * 40)[-1] for one in game.form.elements if one.kind == "input"]
    return turns[-1].text if turns else ""
