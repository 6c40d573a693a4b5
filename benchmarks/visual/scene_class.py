"""Scene class: one labelled example of each of 4 to 8 invented glyphs, and one more drawing of one of them: which?

A glyph class is a set of strokes between the nine points of a square. Each drawing moves the points, so that two
drawings of a class differ. A hash parts the classes into base and new: training has base classes, and the task
`scene-class-new` has those that training never had: a base-to-new split as in CLS-RL (arXiv 2503.16188).
"""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from itertools import combinations
from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import Solution, Step
from gnomon.benchmarks.media.canvas import (
    ALL_STYLES,
    STYLES,
    UNSEEN_STYLES,
    Pixels,
    Point,
    Style,
    blank,
    paint,
    segment,
)
from gnomon.benchmarks.media.font import writing
from gnomon.benchmarks.media.png import png_of
from gnomon.benchmarks.reasoning import ends_with_answer
from gnomon.benchmarks.visual import VISUAL_TASKS, VisualTask

LETTERS = "ABCDEFGH"
CELL, COLUMNS, SPACING = 24, 4, 7  # pixels of a glyph's cell, cells a row, pixels between two points
WIDTH, HEIGHT = CELL * COLUMNS, CELL * 3 + 14
STROKES = tuple(
    (one, other)
    for one, other in combinations(range(9), 2)
    if max(abs(one % 3 - other % 3), other // 3 - one // 3) == 1
)  # between neighbours, along the sides or across
BASE = range(176)  # first bytes of the hashes of base classes

GlyphClass = tuple[int, ...]  # numbers of strokes, ascending


class Drawing(NamedTuple):
    """A class as it is drawn once: how far each of the nine points is moved."""

    strokes: GlyphClass
    moves: tuple[Point, ...]


class Problem(NamedTuple):
    """An example of each candidate, in the order of their letters, and the drawing that is asked for."""

    examples: tuple[Drawing, ...]
    query: Drawing


def is_base(strokes: GlyphClass) -> bool:
    """Whether training may have the class.

    >>> is_base((0, 1, 2, 3)) == is_base((0, 1, 2, 3))
    True
    """
    return sha256(repr(strokes).encode()).digest()[0] in BASE


def draw(stream: Random, level: int, base: bool) -> Problem:
    """`level` + 3 classes; points move by 1 pixel from level 2, by 2 from level 4; classes are alike from level 3."""
    candidates = [_class(stream, base)]
    while len(candidates) < level + 3:
        new = _neighbour(stream, candidates[0], base) if level >= 3 else _class(stream, base)
        if new not in candidates:
            candidates.append(new)
    stream.shuffle(candidates)
    examples = tuple(_drawing(stream, strokes, level // 2) for strokes in candidates)
    return Problem(examples, _drawing(stream, stream.choice(candidates), level // 2))


def _class(stream: Random, base: bool) -> GlyphClass:
    while True:
        strokes = tuple(sorted(stream.sample(range(len(STROKES)), 5)))
        if is_base(strokes) == base:
            return strokes


def _neighbour(stream: Random, strokes: GlyphClass, base: bool) -> GlyphClass:
    """A class that differs in two strokes."""
    while True:
        kept = stream.sample(strokes, 3)
        others = stream.sample([one for one in range(len(STROKES)) if one not in strokes], 2)
        new = tuple(sorted(kept + others))
        if is_base(new) == base:
            return new


def _drawing(stream: Random, strokes: GlyphClass, most: int) -> Drawing:
    moves = tuple((stream.randint(-most, most), stream.randint(-most, most)) for _ in range(9))
    return Drawing(strokes, moves)


def canonical(problem: Problem) -> str:
    """The candidates in any order and the class asked for: drawings and letters do not change the problem."""
    return f"{problem.query.strokes} of {sorted(example.strokes for example in problem.examples)}"


def solve(problem: Problem) -> Solution:
    letters = LETTERS[: len(problem.examples)]
    place = next(n for n, example in enumerate(problem.examples) if example.strokes == problem.query.strokes)
    step = Step("compare", f"The lowest glyph has the strokes of glyph {letters[place]}.", letters[place])
    return Solution(letters[place], (step,), {"options": list(letters), "scene": problem})


def render(problem: Problem, renderer: str) -> bytes:
    """The examples in rows of four, each above its letter, and the drawing that is asked for below them."""
    style = ALL_STYLES[renderer]
    pixels = blank(WIDTH, HEIGHT, style)
    for place, (letter, example) in enumerate(zip(LETTERS, problem.examples, strict=False)):
        left, top = CELL * (place % COLUMNS), (CELL + 7) * (place // COLUMNS)
        _paint_glyph(pixels, example, (left, top), style)
        pixels[writing(pixels, letter, (left + 11, top + CELL))] = style.ink
    _paint_glyph(pixels, problem.query, ((WIDTH - CELL) // 2, HEIGHT - CELL), style)
    return png_of(pixels)


def _paint_glyph(pixels: Pixels, drawing: Drawing, corner: Point, style: Style) -> None:
    cell = pixels[corner[1] : corner[1] + CELL, corner[0] : corner[0] + CELL]
    points = [_place(number, move) for number, move in enumerate(drawing.moves)]
    for stroke in drawing.strokes:
        one, other = STROKES[stroke]
        paint(cell, segment(cell, points[one], points[other], 2), style.ink, style)


def _place(number: int, move: Sequence[int]) -> Point:
    return 5 + SPACING * (number % 3) + move[0], 5 + SPACING * (number // 3) + move[1]


def _wording(problem: Problem) -> str:
    letters = LETTERS[: len(problem.examples)]
    return (
        f"The picture has one example of each of {len(letters)} kinds of glyph, with the letters {', '.join(letters)} "
        "below them, and one glyph more at the bottom, without a letter. Of which kind is that one?"
    )


for name, base, related in (("scene-class", True, "scene-class-new"), ("scene-class-new", False, "scene-class")):
    VISUAL_TASKS.add(
        f"visual/{name}-v1",
        VisualTask(
            id=f"visual/{name}-v1",
            summary=f"Name the kind of a glyph by one example of each of 4 to 8 {'base' if base else 'new'} kinds.",
            verifier="choice",
            draw=partial(draw, base=base),
            canonical=canonical,
            solve=solve,
            templates=dict.fromkeys(STYLES, _wording),
            unseen_templates=dict.fromkeys(UNSEEN_STYLES, _wording),
            related=(f"visual/{related}-v1",),
            instruction=ends_with_answer("one letter"),
            render=render,
        ),
    )
