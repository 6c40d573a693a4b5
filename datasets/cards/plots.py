"""The pictures of a card, as SVG text: how returns and lengths are spread, and where the observations lie.

The background is transparent and the text a grey that reads on white and on black.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.datasets import columns
from gnomon.datasets.cards.episodes import knows_success
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures.coverage import CELL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREY = "#7b7b7b"
COLOURS = {"with success": "#2a9d74", "without success": "#d98a2b", "episodes": "#3f7fbf"}
BINS = 40
FEW = 10  # bins up to this number are bars apart from each other
DARKEST = 0.25  # of the colour map: below, it cannot be told from a black page
PADDING = 0.1  # inches; the reader's font may be wider than ours
SETTINGS = {
    "svg.hashsalt": "gnomon",  # ids of the drawing's parts do not change from run to run
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "text.color": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "legend.frameon": False,
    "savefig.transparent": True,
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """An SVG drawing and the sentence that says what it shows."""

    svg: str
    caption: str


def draw(dataset: Dataset) -> dict[str, Picture]:
    """Name → picture; one that does not apply, or would show nothing finite, is absent. Equal data, equal bytes."""
    lengths = np.diff(dataset.columns["offsets"])
    drawn = {
        "returns": _histogram(dataset, columns.returns(dataset.columns), "return", "Return of the episodes"),
        "lengths": _histogram(dataset, lengths, "length (steps)", "Length of the episodes"),
        "observations": _density(dataset) if dataset.manifest.task else None,
    }
    return {name: picture for name, picture in drawn.items() if picture}


def _histogram(dataset: Dataset, values: NDArray, label: str, title: str) -> Picture | None:
    finite = np.isfinite(values)
    if not finite.any():
        return None
    groups = {name: values[chosen & finite] for name, chosen in _groups(dataset).items() if (chosen & finite).any()}
    with _axes(height=2.9) as (axes, svg):
        _draw_bars(axes, groups, _edges(values[finite]))
        axes.set(xlabel=label, ylabel="episodes")
    counts = ", ".join(f"{len(group):,} {name}" for name, group in groups.items())
    return Picture(svg.getvalue(), f"{title}: {counts}.")


def _draw_bars(axes: "Axes", groups: Mapping[str, NDArray], edges: NDArray[np.float64]) -> None:
    """Stacked bars, one colour a group; a few bars stand apart from each other."""
    from matplotlib.ticker import MaxNLocator

    colours, few = [COLOURS[name] for name in groups], len(edges) <= FEW
    width = 0.6 if few else 1.0
    axes.hist(list(groups.values()), edges.tolist(), stacked=True, color=colours, label=list(groups), rwidth=width)
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
    if few:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlim(edges[0] - 0.4, edges[-1] + 0.4)
    if len(groups) > 1:
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(groups))


def _groups(dataset: Dataset) -> Mapping[str, NDArray[np.bool_]]:
    """Which episodes have which colour: those with success and those without, where that is known."""
    reached = columns.successes(dataset.columns)
    if not knows_success(dataset):
        return {"episodes": np.ones_like(reached)}
    return {"with success": reached, "without success": ~reached}


def _edges(values: NDArray) -> NDArray[np.float64]:
    """Edges of bins over the range of the values; whole numbers, or one number, lie in the middle of theirs."""
    low, high = float(values.min()), float(values.max())
    if low == high or (values == np.round(values)).all():
        width = max(1, int(np.ceil((high - low + 1) / BINS)))
        return np.arange(low, high + width + 1, width) - 0.5
    return np.linspace(low, high, BINS + 1)


def _density(dataset: Dataset) -> Picture | None:
    """Where the observations lie, in the first two numbers of `position`, else of the first part with two."""
    part = _plane(dataset.task)
    if part is None:
        return None
    first = dataset.task.observation[part].start
    plane = dataset.columns["observations"][:, first : first + 2].astype(np.float64)
    plane = plane[np.isfinite(plane).all(1)]
    return _density_of(plane, part) if len(plane) and np.ptp(plane, axis=0).min() > 0 else None


def _plane(task: ControlTask) -> str | None:
    wide = [name for name, part in task.observation.items() if part.stop - part.start >= 2]
    return "position" if "position" in wide else next(iter(wide), None)


def _density_of(plane: NDArray[np.float64], part: str) -> Picture:
    cell = CELL if part == "position" else np.ptp(plane, axis=0).max() / BINS
    edges = [np.arange(plane[:, axis].min(), plane[:, axis].max() + cell, cell) for axis in (0, 1)]
    counts, _ = np.histogramdd(plane, edges)
    ratio = float(np.clip(len(edges[1]) / len(edges[0]), 0.3, 1.3))
    with _axes(height=0.6 + 3.7 * ratio) as (axes, svg):
        _draw_counts(axes, counts, [end for side in edges for end in (side[0], side[-1])])
        axes.set(xlabel=f"{part}[0]", ylabel=f"{part}[1]")
    share = float((counts > 0).mean())
    return Picture(svg.getvalue(), f"Where the observations lie: {part} in cells of {cell:.3g}, {share:.0%} visited.")


def _draw_counts(axes: "Axes", counts: NDArray[np.float64], extent: list[float]) -> None:
    """Colours on a logarithmic scale, with a bar that explains them; what was not visited stays empty."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap, LogNorm

    image = axes.imshow(
        np.where(counts > 0, counts, np.nan).T,
        origin="lower",
        extent=(extent[0], extent[1], extent[2], extent[3]),
        cmap=ListedColormap(colormaps["viridis"](np.linspace(DARKEST, 1, 256))),
        norm=LogNorm(counts[counts > 0].min(), counts.max() + 1),
        interpolation="none",
    )
    bar = axes.figure.colorbar(image, label="observations")
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]


@contextmanager
def _axes(height: float) -> "Iterator[tuple[Axes, StringIO]]":
    """Yield axes to draw on, and a buffer that holds the SVG text when the block ends; the height is in inches."""
    from matplotlib import style
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    svg = StringIO()
    with style.context(["default", SETTINGS]):
        figure = Figure(figsize=(5.2, height), layout=ConstrainedLayoutEngine(w_pad=PADDING, h_pad=PADDING))
        yield figure.add_subplot(), svg
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
