"""A rasteriser of whole numbers: shapes as masks of pixels, and the styles in which a renderer fills them.

A pixel belongs to a shape or not; there is no smoothing, no float and no font of the system, so that a picture is the
same on every machine. Coordinates are pixels, x to the right and y down; a box `x1, y1, x2, y2` ends before x2 and y2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]  # [height, width]
Pixels = NDArray[np.uint8]  # [height, width, 3] red, green, blue
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
Point = tuple[int, int]


@dataclass(frozen=True)
class Style:
    """How a renderer draws.

    Attributes:
        paper: the background.
        ink: of what has no colour of its own, such as writing.
        fill: `solid`; `edge`, the outline alone; `dots`, every other pixel.
    """

    paper: Colour
    ink: Colour
    fill: Literal["solid", "edge", "dots"]


STYLES = {  # the renderers of training
    "flat": Style((244, 244, 238), (30, 30, 34), "solid"),
    "dark": Style((22, 24, 32), (232, 232, 236), "solid"),
    "outline": Style((255, 255, 255), (60, 60, 66), "edge"),
}
UNSEEN_STYLES = {"dotted": Style((206, 214, 190), (20, 44, 30), "dots")}
ALL_STYLES = STYLES | UNSEEN_STYLES


def blank(width: int, height: int, style: Style) -> Pixels:
    """An empty picture."""
    return np.full((height, width, 3), style.paper, np.uint8)


def paint(pixels: Pixels, mask: Mask, colour: Colour, style: Style) -> None:
    """Fill a mask in a style, in place."""
    pixels[_filled(mask, style.fill)] = colour


def _filled(mask: Mask, fill: str) -> Mask:
    if fill == "solid":
        return mask
    if fill == "dots":
        x, y = grid(mask.shape[1], mask.shape[0])
        return mask & ((x + y) % 2 == 0)
    padded = np.pad(mask, 1)
    inside = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inside


@cache
def grid(width: int, height: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The x, [1, width], and the y, [height, 1], of every pixel."""
    return np.arange(width, dtype=np.int32)[None, :], np.arange(height, dtype=np.int32)[:, None]


def rectangle(pixels: Pixels, box: Box) -> Mask:
    """The pixels of a box."""
    mask = np.zeros(pixels.shape[:2], np.bool_)
    mask[max(box[1], 0) : max(box[3], 0), max(box[0], 0) : max(box[2], 0)] = True
    return mask


def disc(pixels: Pixels, centre: Point, radius: int) -> Mask:
    """The pixels no farther than `radius` from the centre."""
    x, y = grid(pixels.shape[1], pixels.shape[0])
    return (x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= radius * radius


def polygon(pixels: Pixels, corners: Sequence[Point]) -> Mask:
    """The pixels of a convex polygon, its edge included; corners clockwise as seen on the screen."""
    x, y = grid(pixels.shape[1], pixels.shape[0])
    mask = np.ones(pixels.shape[:2], np.bool_)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        mask &= (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= 0
    return mask


def segment(pixels: Pixels, start: Point, end: Point, squared_width: int = 1) -> Mask:
    """The pixels whose squared distance to a line from `start` to `end` is at most `squared_width`."""
    x, y = grid(pixels.shape[1], pixels.shape[0])
    (x1, y1), (x2, y2) = start, end
    across, along = x2 - x1, y2 - y1
    length = across * across + along * along
    reached = across * (x - x1) + along * (y - y1)
    distance = across * (y - y1) - along * (x - x1)
    return (distance * distance <= squared_width * length) & (reached >= 0) & (reached <= length)


def box_around(mask: Mask) -> Box:
    """The smallest box that holds a mask which is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
