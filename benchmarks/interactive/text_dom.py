"""Text-dom: fill a form by clicking at coordinates and typing, and find the element that is meant.

The form is after "Learning to Navigate the Web" (arXiv 1812.09195): up to 100 elements, an instruction made of
sub-instructions, a curriculum in how many of them are left to do (`form_task(…, asked=k)`), and a reward that is the
difference of a potential. Finding an element is UI grounding with the reward of UI-R1 (arXiv 2503.21620): a click
inside the right box.
"""

import re
from functools import partial

import numpy as np

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS, InteractiveTask, interactive_task
from gnomon.benchmarks.interactive.game import Turn
from gnomon.benchmarks.interactive.text_pages import Element, draw_form, layout, whole_instruction
from gnomon.benchmarks.interactive.text_scripts import CarelessClerk, Clerk, Finder, RandomClicks, RandomFinder

FIELDS = (2, 5, 12, 35, 100)  # of a form, at each level
ELEMENTS = (6, 16, 50)  # of a page to find one on
POTENTIAL = 0.5  # of a form with every asked field right; less than the 1 for submitting it
_CLICK = re.compile(r"click ([0-9]{1,4}) ([0-9]{1,4})")
_TYPE = re.compile(r"type ([A-Za-z0-9 @.-]{0,40})")  # no quotes or brackets: a value cannot look like an element
FORM_COMMANDS = "Commands, one a turn: click X Y; type TEXT (replaces what the clicked field holds); submit"
ORDINALS = ("first", "second", "third", "fourth", "fifth")


class FormFilling:
    """The game of a form of some size.

    The potential is 0.5 · (asked fields that are right − other fields that were changed) / asked fields; the reward of
    a turn is its difference, and 1 more for a right submission. The end has potential 0, so no order of turns earns
    more than another (Ng, Harada and Russell 1999): the return is 1 after a right submission, 0 after a wrong one, and
    at most 0.5 without one.
    """

    def __init__(self, fields: int, asked: int) -> None:
        self._fields, self._asked = fields, asked

    def start(self, stream: np.random.Generator) -> str:
        self.form = draw_form(stream, self._fields, self._asked)
        self.values, self._focus = dict(self.form.initial), ""
        return self._page()

    def play(self, action: str) -> Turn:
        before = self.potential
        if action == "submit":
            return self._submitted(before)
        click, typed = _CLICK.fullmatch(action), _TYPE.fullmatch(action)
        if click is None and typed is None:
            return Turn("invalid", self._page())
        if click is not None:
            element = element_at(self.form.elements, int(click[1]), int(click[2]))
            if element is not None and element.label == "Submit":
                return self._submitted(before)
            is_done = self._clicked(element)
        else:
            assert typed is not None
            is_done = self._typed(typed[1].strip())
        return Turn("done" if is_done else "error", self._page(), self.potential - before)

    @property
    def potential(self) -> float:
        wanted, initial = self.form.wanted, self.form.initial
        right = sum(self.values[label] == value for label, value in wanted.items())
        spoiled = sum(self.values[label] != value for label, value in initial.items() if label not in wanted)
        return POTENTIAL * (right - spoiled) / len(wanted)

    def _submitted(self, before: float) -> Turn:
        if self.values == self.form.initial | self.form.wanted:
            return Turn("right", "Thank you.", 1 - before, ended=True, success=True)
        return Turn("wrong", "The form is not what was asked for.", -before, ended=True)

    def _clicked(self, element: Element | None) -> bool:
        self._focus = element.label if element is not None and element.kind == "input" else ""
        if element is not None and element.kind == "checkbox":
            self.values[element.label] = "off" if self.values[element.label] == "on" else "on"
        if element is not None and element.label == "Clear":
            self.values = dict(self.form.initial)
        return element is not None

    def _typed(self, text: str) -> bool:
        if self._focus:
            self.values[self._focus] = text
        return bool(self._focus)

    def _page(self) -> str:
        asked = [_sub_instruction(label, value) for label, value in self.form.wanted.items()]
        lines = [element.line(self.values.get(element.label, "")) for element in self.form.elements]
        focus = f'Clicked field: "{self._focus}"' if self._focus else "Clicked field: none"
        return "\n".join([" ".join([*asked, "Submit."]), FORM_COMMANDS, focus, *lines])


class Grounding:
    """The game of finding one element on a page: named (level 1), by its neighbour (2), or by its place (3)."""

    def __init__(self, level: int) -> None:
        self._level = level

    def start(self, stream: np.random.Generator) -> str:
        elements = layout(stream, ELEMENTS[self._level - 1])
        by = (_by_name, _by_neighbour, _by_place)[self._level - 1]
        self.target, wording = by(elements, stream)
        lines = [element.line("off" if element.kind == "checkbox" else "") for element in elements]
        return "\n".join([f"Click {wording}.", "Command: click X Y", *lines])

    def play(self, action: str) -> Turn:
        click = _CLICK.fullmatch(action)
        if click is None:
            return Turn("invalid", "Write: click X Y")
        if self.target.holds(int(click[1]), int(click[2])):
            return Turn("right", "That is it.", 1.0, ended=True, success=True)
        return Turn("wrong", "That is not it.", ended=True)


def element_at(elements: tuple[Element, ...], x: int, y: int) -> Element | None:
    """The element whose box holds a point; boxes do not overlap."""
    return next((element for element in elements if element.holds(x, y)), None)


def _sub_instruction(label: str, value: str) -> str:
    """What is asked of one field, in words.

    >>> _sub_instruction("home city", "Porto 7"), _sub_instruction("home phone", "on")
    ('Set "home city" to "Porto 7".', 'Tick "home phone".')
    """
    if value in ("on", "off"):
        return f'{"Tick" if value == "on" else "Untick"} "{label}".'
    return f'Set "{label}" to "{value}".'


def _by_name(elements: list[Element], stream: np.random.Generator) -> tuple[Element, str]:
    target = elements[stream.integers(len(elements))]
    return target, f'the element "{target.label}"'


def _by_neighbour(elements: list[Element], stream: np.random.Generator) -> tuple[Element, str]:
    rows = len(elements) // 2
    row, column = int(stream.integers(rows - 1)), int(stream.integers(2))
    upper, lower = elements[column * rows + row], elements[column * rows + row + 1]
    if stream.random() < 0.5:
        return lower, f'the element directly below "{upper.label}"'
    return upper, f'the element directly above "{lower.label}"'


def _by_place(elements: list[Element], stream: np.random.Generator) -> tuple[Element, str]:
    rows, column = len(elements) // 2, int(stream.integers(2))
    number = int(stream.integers(len(ORDINALS)))
    inputs = [one for one in elements[column * rows : (column + 1) * rows] if one.kind == "input"]
    side, end = ("left", "right")[column], ("top", "bottom")[stream.integers(2)]
    target = inputs[number] if end == "top" else inputs[-1 - number]
    return target, f"the {ORDINALS[number]} input from the {end} in the {side} column"


def form_task(level: int, asked: int | None = None) -> InteractiveTask:
    """Forms of a level; with `asked` the first so many sub-instructions are left to do, and the others are done.

    Args:
        level: 1 to 5: forms of 2, 5, 12, 35 or 100 fields.
        asked: from 1; the whole instruction, four fifths of the fields, where it is None.
    """
    fields = FIELDS[level - 1]
    left = min(asked or whole_instruction(fields), whole_instruction(fields))
    return interactive_task(
        name=f"text-dom-form-{level}-v1" if asked is None else f"text-dom-form-{level}-of-{left}-v1",
        summary=f"Fill in {left} fields of a form of {fields} by clicking, typing and submitting.",
        level=level,
        turns=2 * left + 4,
        game=partial(FormFilling, fields, left),
        scripts={"expert": Clerk, "careless": CarelessClerk, "random": RandomClicks},
        characters=512 + 160 * fields,
        cites=("gur2018learning", "bai2024digirl"),
    )


def curriculum(level: int) -> list[InteractiveTask]:
    """The forms of a level with 1, 2, 4, … sub-instructions left to do, and at last all of them."""
    whole = whole_instruction(FIELDS[level - 1])
    steps = [2**power for power in range(whole.bit_length()) if 2**power < whole]
    return [*(form_task(level, asked) for asked in steps), form_task(level)]


for _level in range(1, 6):
    _task = form_task(_level)
    INTERACTIVE_TASKS.add(_task.id, _task)

for _level, _how in ((1, "its name"), (2, "its neighbour"), (3, "its place in a column")):
    _task = interactive_task(
        name=f"text-dom-find-{_level}-v1",
        summary=f"Click the one of {ELEMENTS[_level - 1]} elements that is told by {_how}.",
        level=_level,
        turns=2,  # one click; the other turn is for who writes no command at first
        game=partial(Grounding, _level),
        scripts={"expert": Finder, "random": RandomFinder},
        characters=512 + 80 * ELEMENTS[_level - 1],
        cites=("gur2018learning", "lu2025uir1"),
    )
    INTERACTIVE_TASKS.add(_task.id, _task)
