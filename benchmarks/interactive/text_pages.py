"""Pages of text with coordinates: fields, boxes to tick and buttons in two columns, as a text DOM."""

from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

import numpy as np

QUALIFIERS = "home work billing delivery school holiday former second mother partner".split()
NOUNS = "city street phone name email county country company team room".split()
LABELS = [" ".join(pair) for pair in product(QUALIFIERS, NOUNS)]
WORDS = "Porto Lima Oslo Turin Quito Accra Delhi Cairo Sofia Perth Kyoto Malmo Basel Tunis".split()
COLUMN, ROW, HEIGHT = 320, 36, 24  # pixels: width of a column, from row to row, of an element

Kind = Literal["input", "checkbox", "button"]


class Element(NamedTuple):
    """One element; the box is left, top, right, bottom in pixels, all inside."""

    kind: Kind
    label: str
    box: tuple[int, int, int, int]

    def holds(self, x: int, y: int) -> bool:
        """Whether a point is in the box."""
        left, top, right, bottom = self.box
        return left <= x <= right and top <= y <= bottom

    def line(self, value: str) -> str:
        """The element as a line of the text DOM."""
        held = "" if self.kind == "button" else f' value="{value}"'
        return f'<{self.kind} label="{self.label}" box="{",".join(map(str, self.box))}"{held}>'


@dataclass(frozen=True)
class Form:
    """A form and what is asked of it.

    Attributes:
        elements: in the order of the page: down the left column, then down the right one, then the buttons.
        initial: label → value at first; `on` or `off` of a box to tick.
        wanted: label → value, of what the instruction asks for.
    """

    elements: tuple[Element, ...]
    initial: dict[str, str]
    wanted: dict[str, str]


def layout(stream: np.random.Generator, count: int) -> list[Element]:
    """`count` fields and boxes to tick with different labels, in two columns of one height, or almost."""
    labels = [LABELS[place] for place in stream.permutation(len(LABELS))[:count]]
    rows = -(-count // 2)
    elements = []
    for number, label in enumerate(labels):
        left = 20 + COLUMN * (number // rows) + int(stream.integers(20))
        top = 40 + ROW * (number % rows)
        kind: Kind = "checkbox" if stream.random() < 0.25 else "input"
        width = HEIGHT if kind == "checkbox" else int(stream.integers(120, 280))
        elements.append(Element(kind, label, (left, top, left + width, top + HEIGHT)))
    return elements


def draw_form(stream: np.random.Generator, count: int, asked: int) -> Form:
    """A form of `count` elements, four fifths of which belong to the whole instruction.

    Of these the first `asked` in a random order are asked for, and the others have the right value from the start, so
    that forms of one stream with more and more asked are a curriculum.
    """
    fields = layout(stream, count)
    initial = {field.label: _first_value(stream, field) for field in fields}
    targets = {field.label: _other_value(stream, field, initial[field.label]) for field in fields}
    whole = [fields[place].label for place in stream.permutation(count)[: whole_instruction(count)]]
    initial |= {label: targets[label] for label in whole[asked:]}
    top = 40 + ROW * (1 + -(-count // 2))
    buttons = [
        Element("button", "Submit", (20, top, 120, top + HEIGHT)),
        Element("button", "Clear", (20 + COLUMN, top, 120 + COLUMN, top + HEIGHT)),
    ]
    wanted = {field.label: targets[field.label] for field in fields if field.label in whole[:asked]}
    return Form((*fields, *buttons), initial, wanted)


def whole_instruction(count: int) -> int:
    """How many of `count` elements the whole instruction is about: four fifths, at least two.

    >>> [whole_instruction(count) for count in (2, 5, 100)]
    [2, 4, 80]
    """
    return max(2, count * 4 // 5)


def _first_value(stream: np.random.Generator, element: Element) -> str:
    if element.kind == "checkbox":
        return ("off", "on")[stream.integers(2)]
    return "" if stream.random() < 0.7 else _words(stream)


def _other_value(stream: np.random.Generator, element: Element, first: str) -> str:
    if element.kind == "checkbox":
        return "off" if first == "on" else "on"
    value = _words(stream)
    return value if value != first else f"{value}0"


def _words(stream: np.random.Generator) -> str:
    return f"{WORDS[stream.integers(len(WORDS))]} {stream.integers(100)}"
