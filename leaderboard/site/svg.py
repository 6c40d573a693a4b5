"""Figures as SVG text: pure functions from numbers to one `<svg>` element.

Across, positions are percentages of the width, so that a figure fills its column and its letters keep their size;
down, they are pixels. Colours and the place of the names come from `static/figures.css`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, log10
from xml.etree.ElementTree import Element, SubElement, tostring

from gnomon.evaluation.intervals import Estimate
from gnomon.leaderboard.site.text import number, shorten, span

TOP, PITCH, BOTTOM = 22, 38, 44  # pixels: above the first line, from line to line, for the axis
SPREAD = 8  # pixels: how far a line's dots reach up and down
MARKS = {0.0: "random", 100.0: "expert"}  # scores that have a meaning on every task
SHORT, LONG = 26, 40  # letters of a name, in a figure of short names and in one that has longer ones


@dataclass(frozen=True)
class Axis:
    """The range of a figure, with round ends."""

    ticks: tuple[float, ...]

    def place(self, value: float) -> str:
        """Where a value lies, in percent of the width."""
        low, high = self.ticks[0], self.ticks[-1]
        return f"{100 * (value - low) / (high - low):.2f}%"


@dataclass(frozen=True)
class Interval:
    """One line of an interval plot.

    Attributes:
        name, estimate: what is drawn.
        ranked: false where the algorithm's runs are incomplete.
        tier: lines of one tier that follow each other lie on one band; none draws no band.
    """

    name: str
    estimate: Estimate
    ranked: bool
    tier: int | None = None


@dataclass(frozen=True)
class Strip:
    """One line of a strip plot: the score of every seed, and their mean."""

    name: str
    seeds: tuple[int, ...]
    scores: tuple[float, ...]
    mean: Estimate


def axis_over(values: Sequence[float], ticks: int = 5) -> Axis:
    """An axis of about that many steps of 1, 2 or 5 times a power of ten that holds all values.

    >>> axis_over([3.0, 96.0]).ticks
    (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    >>> axis_over([7.0, 7.0]).ticks
    (6.0, 6.5, 7.0, 7.5, 8.0)
    """
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 1, high + 1
    step = _round_step((high - low) / ticks)
    first, last = floor(low / step), ceil(high / step)
    return Axis(tuple(round(index * step, 9) for index in range(first, last + 1)))


def _round_step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


def interval_plot(lines: Sequence[Interval], label: str) -> str:
    """`interval_figure` as text."""
    return tostring(interval_figure(lines, label), encoding="unicode")


def interval_figure(lines: Sequence[Interval], label: str, has_marks: bool = False) -> Element:
    """One line an algorithm: the estimate as a point, its interval as a bar, and a band behind those of one tier.

    Args:
        lines: from the top down.
        label: what a screen reader says.
        has_marks: whether 0 is the random policy and 100 the expert; they are marked where the axis reaches them.
    """
    axis = axis_over([end for line in lines for end in _ends(line.estimate)])
    figure = _figure([line.name for line in lines], label)
    _draw_bands(figure, [line.tier for line in lines])
    _draw_ticks(figure, axis, len(lines))
    if has_marks:
        _draw_marks(figure, axis, len(lines))
    for row, line in enumerate(lines):
        _draw_interval(figure, axis, line, row)
    return figure


def strip_plot(strips: Sequence[Strip], data_score: float | None, label: str) -> str:
    """One line an algorithm: a dot a seed, from the top down in the order of the seeds, and a bar at their mean.

    The score of the data itself is a dashed line; the random policy's 0 and the expert's 100 are marked.
    """
    reference = [] if data_score is None else [data_score]
    axis = axis_over([*MARKS, *reference, *(score for strip in strips for score in strip.scores)])
    figure = _figure([strip.name for strip in strips], label)
    _draw_ticks(figure, axis, len(strips))
    _draw_marks(figure, axis, len(strips))
    for row, strip in enumerate(strips):
        _draw_strip(figure, axis, strip, row)
    if data_score is not None:
        _draw_reference(figure, axis, data_score, len(strips))
    return tostring(figure, encoding="unicode")


def _ends(estimate: Estimate) -> list[float]:
    return [end for end in (estimate.value, estimate.lower, estimate.upper) if end is not None]


def _figure(names: Sequence[str], label: str) -> Element:
    height = TOP + PITCH * len(names) + BOTTOM
    kind = "plot long-names" if any(len(name) > SHORT for name in names) else "plot"
    return Element("svg", {"class": kind, "role": "img", "aria-label": label, "width": "100%", "height": str(height)})


def _draw_bands(figure: Element, tiers: Sequence[int | None]) -> None:
    row = 0
    for tier, lines in groupby(tiers):
        count = len(list(lines))
        if tier is not None:
            _draw_band(figure, tier, row, count)
        row += count


def _draw_band(figure: Element, tier: int, row: int, count: int) -> None:
    top, shade = TOP + PITCH * row + 2, "odd" if tier % 2 else "even"
    place = {"x": "0", "y": f"{top:g}", "width": "100%", "height": f"{PITCH * count - 4:g}", "rx": "4"}
    SubElement(figure, "rect", {"class": f"band {shade}", **place})
    _write(figure, "tier", "100%", top + (PITCH * count - 4) / 2, f"tier {tier}")


def _group(figure: Element, row: int, name: str, values: str, kind: str = "line") -> Element:
    group = SubElement(figure, "g", {"class": kind})
    SubElement(group, "title").text = f"{name}: {values}"
    is_long = "long-names" in figure.attrib["class"]
    _write(group, "name", "0", _middle(row), shorten(name, LONG if is_long else SHORT))
    return group


def _draw_ticks(figure: Element, axis: Axis, rows: int) -> None:
    bottom = TOP + PITCH * rows
    for tick in axis.ticks:
        _line(figure, "grid", axis.place(tick), TOP, axis.place(tick), bottom)
        _write(figure, "tick", axis.place(tick), bottom + 18, f"{tick:g}".replace("-", "−"))


def _draw_marks(figure: Element, axis: Axis, rows: int) -> None:
    bottom = TOP + PITCH * rows
    for score, meaning in MARKS.items():
        if not axis.ticks[0] <= score <= axis.ticks[-1]:
            continue
        _line(figure, "mark", axis.place(score), TOP, axis.place(score), bottom)
        _write(figure, "tick", axis.place(score), bottom + 33, meaning)


def _draw_interval(figure: Element, axis: Axis, line: Interval, row: int) -> None:
    estimate, y = line.estimate, _middle(row)
    values = f"{number(estimate.value)} {span(estimate)}"
    group = _group(figure, row, line.name, values, "line" if line.ranked else "line unranked")
    if estimate.lower is not None and estimate.upper is not None:
        _line(group, "interval", axis.place(estimate.lower), y, axis.place(estimate.upper), y)
    SubElement(group, "circle", {"class": "point", "cx": axis.place(estimate.value), "cy": f"{y:g}", "r": "4.5"})


def _draw_strip(figure: Element, axis: Axis, strip: Strip, row: int) -> None:
    y, mean = _middle(row), axis.place(strip.mean.value)
    group = _group(figure, row, strip.name, f"mean {number(strip.mean.value)} {span(strip.mean)}")
    for index, (seed, score) in enumerate(zip(strip.seeds, strip.scores, strict=True)):
        offset = SPREAD * ((2 * index + 1) / len(strip.seeds) - 1)
        dot = SubElement(group, "circle", {"cx": axis.place(score), "cy": f"{y + offset:.4g}", "r": "3"})
        SubElement(dot, "title").text = f"seed {seed}: {number(score)}"
    _line(group, "mean", mean, y - SPREAD - 2, mean, y + SPREAD + 2)


def _draw_reference(figure: Element, axis: Axis, data_score: float, rows: int) -> None:
    x = axis.place(data_score)
    _line(figure, "data", x, TOP - 6, x, TOP + PITCH * rows)
    _write(figure, "data", x, TOP - 11, f"the data {number(data_score)}")


def _line(parent: Element, kind: str, x1: str, y1: float, x2: str, y2: float) -> None:
    SubElement(parent, "line", {"class": kind, "x1": x1, "y1": f"{y1:g}", "x2": x2, "y2": f"{y2:g}"})


def _write(parent: Element, kind: str, x: str, y: float, text: str) -> None:
    SubElement(parent, "text", {"class": kind, "x": x, "y": f"{y:g}"}).text = text


def _middle(row: int) -> float:
    return TOP + PITCH * (row + 0.5)
