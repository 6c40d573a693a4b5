"""UI click: which action, and where, does an instruction ask for on a screen? After UI-R1 (arXiv 2503.21620).

Every quarter of the screen holds equally many widgets, so that pixels without the instruction do not tell the place.
"""

from itertools import product
from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import Solution, Step
from gnomon.benchmarks.media.canvas import (
    ALL_STYLES,
    STYLES,
    UNSEEN_STYLES,
    Box,
    Colour,
    Mask,
    Pixels,
    Point,
    Style,
    blank,
    paint,
    rectangle,
)
from gnomon.benchmarks.media.font import HEIGHT, width_of, writing
from gnomon.benchmarks.media.png import png_of
from gnomon.benchmarks.reasoning import ends_with_answer
from gnomon.benchmarks.visual import VISUAL_TASKS, VisualTask

SIDE, CELL_WIDTH, CELL_HEIGHT = 96, 48, 24  # pixels of a screen and of each of its 2 × 4 cells
KINDS = ("button", "box", "field", "slider")
ACTIONS = {"button": "click", "box": "click", "field": "type", "slider": "drag"}
COLOUR: Colour = (70, 120, 190)
SYLLABLES = "BA CO DE FU GI HO KA LU ME NO PI RA SO TU VE ZI".split()
WIDGETS = {1: 4, 2: 4, 3: 8, 4: 8, 5: 8}  # level → widgets on a screen


class Widget(NamedTuple):
    """One widget: the box that reacts to a click; its label stands in it, or on the right of a small box."""

    kind: str
    label: str
    box: Box


class Problem(NamedTuple):
    """A screen and the widget that is meant; no other has its kind and its label."""

    widgets: tuple[Widget, ...]
    meant: int


def draw(stream: Random, level: int) -> Problem:
    """4 to 8 widgets; from level 2 labels are alike, from level 4 each stands on two kinds of widget."""
    count = WIDGETS[level]
    labels = _labels(stream, count // 2 if level >= 4 else count, alike=level in (2, 3, 5))
    named = [(kind, label) for label in labels for kind in stream.sample(KINDS, count // len(labels))]
    stream.shuffle(named)
    cells = sorted(cell for cells in _quarters() for cell in stream.sample(cells, count // 4))
    widgets = tuple(
        Widget(kind, label, _box(stream, kind, label, cell)) for (kind, label), cell in zip(named, cells, strict=True)
    )
    return Problem(widgets, stream.randrange(count))


def _labels(stream: Random, count: int, *, alike: bool) -> list[str]:
    """Invented words of two syllables; alike ones have the first of them, or the second, in common."""
    firsts = stream.sample(SYLLABLES, 2 if alike else count)
    seconds = stream.sample(SYLLABLES, count // 2 if alike else count)
    pairs = product(firsts, seconds) if alike else zip(firsts, seconds, strict=True)
    return [one + other for one, other in pairs]


def _quarters() -> list[list[tuple[int, int]]]:
    """The cells, column and row, of each quarter of the screen."""
    return [[(column, top), (column, top + 1)] for column in (0, 1) for top in (0, 2)]


def _box(stream: Random, kind: str, label: str, cell: tuple[int, int]) -> Box:
    """Where a widget stands in its cell: a box of 9 pixels before its label, or a frame around the label."""
    wide = width_of(label)
    width, height, used = (9, 9, wide + 12) if kind == "box" else (wide + 8, 13, wide + 8)
    left = CELL_WIDTH * cell[0] + stream.randint(2, CELL_WIDTH - used - 2)
    top = CELL_HEIGHT * cell[1] + stream.randint(2, CELL_HEIGHT - height - 2)
    return left, top, left + width, top + height


def canonical(problem: Problem) -> str:
    """Kinds and labels in the order of the cells: where exactly a widget stands in its cell does not matter."""
    listed = [f"{kind} {label} {box[0] // CELL_WIDTH} {box[1] // CELL_HEIGHT}" for kind, label, box in problem.widgets]
    return f"{problem.meant} of {listed}"


def solve(problem: Problem) -> Solution:
    """The middle of the widget; the answer may lie on any of its pixels."""
    kind, label, (x1, y1, x2, y2) = problem.widgets[problem.meant]
    place = f"{(x1 + x2) // 2}, {(y1 + y2) // 2}"
    step = Step("find", f"The {kind} {label} reaches from {x1}, {y1} to {x2 - 1}, {y2 - 1}.", place)
    arguments = {"box": f"{x1}, {y1}, {x2 - 1}, {y2 - 1}", "scene": problem}
    return Solution(f"{ACTIONS[kind]} {place}", (step,), arguments)


def render(problem: Problem, renderer: str) -> bytes:
    """The screen, PNG."""
    style = ALL_STYLES[renderer]
    pixels = blank(SIDE, SIDE, style)
    for widget in problem.widgets:
        _paint_widget(pixels, widget, style)
    return png_of(pixels)


def _paint_widget(pixels: Pixels, widget: Widget, style: Style) -> None:
    x1, y1, x2, y2 = widget.box
    inner = rectangle(pixels, (x1 + 1, y1 + 1, x2 - 1, y2 - 1))
    match widget.kind:
        case "button":
            paint(pixels, rectangle(pixels, widget.box), COLOUR, style)
        case "slider":
            pixels[rectangle(pixels, (x1, y2 - 2, x2, y2 - 1))] = COLOUR
            pixels[rectangle(pixels, (x1 + 4, y2 - 4, x1 + 7, y2))] = COLOUR
        case _:
            pixels[rectangle(pixels, widget.box) & ~inner] = style.ink
    corner = (x2 + 3, y1 + 2) if widget.kind == "box" else (x1 + 4, (y1 + y2 - HEIGHT) // 2 - (widget.kind == "slider"))
    pixels[_margin(pixels, widget.label, corner)] = style.paper
    pixels[writing(pixels, widget.label, corner)] = style.ink


def _margin(pixels: Pixels, label: str, corner: Point) -> Mask:
    """The pixels around a label, kept free so that it can be read on dots as well."""
    x, y = corner
    return rectangle(pixels, (x - 1, y - 1, x + width_of(label) + 1, y + HEIGHT + 1))


def _wording(problem: Problem) -> str:
    kind, label, _ = problem.widgets[problem.meant]
    return {
        "button": f"Press the button {label}.",
        "box": f"Tick the box {label}.",
        "field": f"Write your name into the field {label}.",
        "slider": f"Move the slider {label}.",
    }[kind]


VISUAL_TASKS.add(
    "visual/ui-click-v1",
    VisualTask(
        id="visual/ui-click-v1",
        summary="The kind of action, and the place of the widget, that an instruction asks for on a small screen.",
        verifier="action",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates=dict.fromkeys(STYLES, _wording),
        unseen_templates=dict.fromkeys(UNSEEN_STYLES, _wording),
        related=("visual/scene-ground-v1",),
        instruction=ends_with_answer("click, type or drag, a space, and x, y in pixels from the upper left corner"),
        cites=("lu2025uir1",),
        render=render,
    ),
)
