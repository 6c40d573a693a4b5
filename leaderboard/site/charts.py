"""Charts of a number against another, as SVG text: across in percent of the width, down in pixels, as in `svg`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, tostring

from gnomon.leaderboard.site.svg import Axis, axis_over

TOP, HEIGHT, BOTTOM = 28, 190, 40  # pixels: above the axis, of the axis, below
MARGIN = 6  # percent of the width that is left free at both ends


@dataclass(frozen=True)
class Dot:
    """A point of a chart.

    Attributes:
        x, y: where.
        title: what it is.
        lower, upper: ends of its interval, where it has one.
        name: is written beside it.
        is_faint: whether it is drawn in the background.
    """

    x: float
    y: float
    title: str
    lower: float | None = None
    upper: float | None = None
    name: str = ""
    is_faint: bool = False


def chart(dots: Sequence[Dot], ticks: Sequence[tuple[float, str]], label: str, is_stepped: bool = False) -> str:
    """The dots, and a line through those that are not faint, from the left to the right.

    Args:
        dots: in the order of x, at least one.
        ticks: places across, and what is written there.
        label: what a screen reader says.
        is_stepped: whether the line holds its height until the next dot, and after the last.
    """
    axis = axis_over([end for dot in dots for end in (dot.y, dot.lower, dot.upper) if end is not None], 4)
    across = _Across(min(dot.x for dot in dots), max(dot.x for dot in dots))
    height = str(TOP + HEIGHT + BOTTOM)
    figure = Element("svg", {"class": "chart", "role": "img", "aria-label": label, "width": "100%", "height": height})
    _draw_axes(figure, axis, across, ticks)
    _draw_line(figure, axis, across, [dot for dot in dots if not dot.is_faint], is_stepped)
    for dot in dots:
        _draw_dot(figure, axis, across, dot)
    return tostring(figure, encoding="unicode")


@dataclass(frozen=True)
class _Across:
    low: float
    high: float

    def place(self, x: float) -> str:
        return f"{self.share(x):.2f}%"

    def share(self, x: float) -> float:
        width = self.high - self.low
        return MARGIN + (100 - 2 * MARGIN) * ((x - self.low) / width if width else 0.5)


def _down(axis: Axis, y: float) -> str:
    low, high = axis.ticks[0], axis.ticks[-1]
    return f"{TOP + HEIGHT * (high - y) / (high - low):.1f}"


def _draw_axes(figure: Element, axis: Axis, across: _Across, ticks: Sequence[tuple[float, str]]) -> None:
    for tick in axis.ticks:
        y = _down(axis, tick)
        SubElement(figure, "line", {"class": "grid", "x1": "0", "x2": "100%", "y1": y, "y2": y})
        _write(figure, "height", "0", y, f"{tick:g}".replace("-", "−"))
    for x, written in ticks:
        side = "" if len(ticks) > 2 else " first" if across.share(x) < 50 else " last" if across.share(x) > 50 else ""
        _write(figure, f"tick{side}", across.place(x), str(TOP + HEIGHT + 22), written)


def _draw_line(figure: Element, axis: Axis, across: _Across, dots: Sequence[Dot], is_stepped: bool) -> None:
    corners = [(dot.x, dot.y) for dot in dots]
    if is_stepped:
        ends = [*(dot.x for dot in dots[1:]), across.high]
        corners = [corner for dot, end in zip(dots, ends, strict=True) for corner in ((dot.x, dot.y), (end, dot.y))]
    for (x1, y1), (x2, y2) in pairwise(corners):
        place = {"x1": across.place(x1), "x2": across.place(x2), "y1": _down(axis, y1), "y2": _down(axis, y2)}
        SubElement(figure, "line", {"class": "path", **place})


def _draw_dot(figure: Element, axis: Axis, across: _Across, dot: Dot) -> None:
    group = SubElement(figure, "g", {"class": "line unranked" if dot.is_faint else "line"})
    SubElement(group, "title").text = dot.title
    x = across.place(dot.x)
    if dot.lower is not None and dot.upper is not None:
        ends = {"y1": _down(axis, dot.lower), "y2": _down(axis, dot.upper)}
        SubElement(group, "line", {"class": "interval", "x1": x, "x2": x, **ends})
    SubElement(group, "circle", {"class": "point", "cx": x, "cy": _down(axis, dot.y), "r": "4.5"})
    if dot.name:
        kind = "label" if across.share(dot.x) < 50 else "label before"
        _write(group, kind, x, f"{float(_down(axis, dot.y)) - 10:.1f}", dot.name)


def _write(parent: Element, kind: str, x: str, y: str, text: str) -> None:
    SubElement(parent, "text", {"class": kind, "x": x, "y": y}).text = text
