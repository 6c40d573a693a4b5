"""Scenes of coloured shapes in which nothing is commoner than anything else, so that pixels alone tell no answer.

Every colour and every shape stands in a scene equally often, half of the things are large, and every quarter of the
picture holds equally many. So a linear model of pixels sums up to the same in all scenes of a size, whatever is asked.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from gnomon.benchmarks.media.canvas import (
    ALL_STYLES,
    Box,
    Mask,
    Pixels,
    blank,
    box_around,
    disc,
    paint,
    polygon,
    rectangle,
)
from gnomon.benchmarks.media.png import png_of

SIDE, CELL = 80, 20  # pixels of a picture and of each of its 4 × 4 cells
COLOURS = {"red": (214, 48, 49), "green": (32, 160, 84), "blue": (42, 98, 214), "orange": (240, 146, 24)}
SHAPES = ("disc", "square", "triangle", "cross")
RADII = {"small": 5, "large": 8}
THINGS = {1: 4, 2: 8, 3: 8, 4: 12, 5: 16}  # level → things in a scene


class Thing(NamedTuple):
    """One shape; its centre is in pixels."""

    size: str
    colour: str
    shape: str
    x: int
    y: int

    @property
    def cell(self) -> tuple[int, int]:
        return self.x // CELL, self.y // CELL


Scene = tuple[Thing, ...]


def draw_scene(stream: Random, level: int) -> Scene:
    """A balanced scene of 4 to 16 things, each in a cell of its own, in the order of their cells."""
    count = THINGS[level]
    sizes, colours, shapes = (_shuffled(stream, values, count) for values in (tuple(RADII), tuple(COLOURS), SHAPES))
    cells = sorted(_cells(stream, count))
    return tuple(
        Thing(size, colour, shape, *_centre(stream, cell, RADII[size]))
        for size, colour, shape, cell in zip(sizes, colours, shapes, cells, strict=True)
    )


def _shuffled(stream: Random, values: tuple[str, ...], count: int) -> list[str]:
    """Each value equally often, in any order."""
    listed = list(values) * (count // len(values))
    stream.shuffle(listed)
    return listed


def _cells(stream: Random, count: int) -> Iterator[tuple[int, int]]:
    """Column and row of cells, equally many in every quarter of the picture."""
    for left, top in ((0, 0), (2, 0), (0, 2), (2, 2)):
        quarter = [(left + column, top + row) for column in range(2) for row in range(2)]
        yield from stream.sample(quarter, count // 4)


def _centre(stream: Random, cell: tuple[int, int], radius: int) -> tuple[int, int]:
    low, high = radius + 1, CELL - radius - 2
    return CELL * cell[0] + stream.randint(low, high), CELL * cell[1] + stream.randint(low, high)


def written_scene(scene: Scene) -> str:
    """The things with their cells: where exactly in its cell a thing stands does not change the problem."""
    return "; ".join(f"{thing.size} {thing.colour} {thing.shape} {thing.cell}" for thing in scene)


def mask_of(pixels: Pixels, thing: Thing) -> Mask:
    """The pixels of a thing."""
    x, y, radius = thing.x, thing.y, RADII[thing.size]
    match thing.shape:
        case "disc":
            return disc(pixels, (x, y), radius)
        case "square":
            return rectangle(pixels, (x - radius + 1, y - radius + 1, x + radius, y + radius))
        case "triangle":
            return polygon(pixels, [(x, y - radius), (x + radius, y + radius), (x - radius, y + radius)])
        case _:
            arm = radius // 3
            across = rectangle(pixels, (x - radius, y - arm, x + radius + 1, y + arm + 1))
            return across | rectangle(pixels, (x - arm, y - radius, x + arm + 1, y + radius + 1))


def box_of_thing(thing: Thing) -> Box:
    """The smallest box around a thing, of the same pixels in every style."""
    return box_around(mask_of(blank(SIDE, SIDE, ALL_STYLES["flat"]), thing))


def render_scene(scene: Scene, renderer: str) -> bytes:
    """The picture of a scene, PNG."""
    style = ALL_STYLES[renderer]
    pixels = blank(SIDE, SIDE, style)
    for thing in scene:
        paint(pixels, mask_of(pixels, thing), COLOURS[thing.colour], style)
    return png_of(pixels)
