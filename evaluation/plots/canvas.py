"""What all plots share: colours, panels, names, and settings that give equal bytes for equal data."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

from gnomon.errors import UsageError
from gnomon.evaluation.plots import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Format = Literal["svg", "png"]

# Okabe and Ito (2008), Color Universal Design, without the yellow, which cannot be seen on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)))
INK, MUTED, HAIRLINE = "#222222", "#6a6a6a", "#e4e4e4"
WIDTH = 7.2  # inches: two columns of a paper
MOST_PANELS = 60
FEW = 4  # bands that can lie over each other
LONGEST_NAME = 34  # characters
RANDOM, EXPERT = 0.0, 100.0  # scores that mean the same on every task
SCORE = "score (0 is random, 100 the expert)"

SETTINGS = {
    "svg.hashsalt": "gnomon",  # ids of the drawing's parts do not change from run to run
    "svg.fonttype": "path",  # the same letters on every machine
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "font.family": "DejaVu Sans",  # matplotlib brings it along
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "grid.color": HAIRLINE,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 200,
}  # fmt: skip


@contextmanager
def settings() -> Iterator[None]:
    """Draw and save inside this block."""
    from matplotlib import style

    with style.context(["default", SETTINGS]):
        yield


def saved(figure: "Figure", format: Format) -> bytes:
    """The bytes of a figure, without dates and versions."""
    buffer = BytesIO()
    nothing = {"Date": None, "Creator": None} if format == "svg" else {"Software": None}
    figure.savefig(buffer, format=format, metadata=nothing)
    return buffer.getvalue()


def panels(rows: int, columns: int, height: float, width: float = WIDTH) -> "tuple[Figure, list[list[Axes]]]":
    """A figure of so many panels, each `height` inches high.

    Raises:
        UsageError: more than anyone could read.
    """
    from matplotlib.figure import Figure

    if rows * columns > MOST_PANELS:
        raise UsageError(f"That would be {rows * columns} panels: choose fewer datasets or metrics.")
    figure = Figure(figsize=(width, rows * height + 0.3), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False).tolist()


def wrapped(count: int, height: float, columns: int) -> "tuple[Figure, list[Axes]]":
    """A figure of `count` panels in rows of at most `columns`."""
    across = min(count, columns)
    figure, grid = panels(ceil(count / across), across, height)
    axes = [one for line in grid for one in line]
    for unused in axes[count:]:
        unused.set_axis_off()
    return figure, axes[:count]


def looks(algorithms: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Algorithm → colour and dashes of its line; no two are alike.

    Raises:
        UsageError: there are more than can be told apart.
    """
    most = len(PALETTE) * len(DASHES)
    if len(algorithms) > most:
        raise UsageError(f"{len(algorithms)} lines cannot be told apart: choose at most {most} algorithms.")
    return {
        name: {"color": PALETTE[place % len(PALETTE)], "linestyle": DASHES[place // len(PALETTE)]}
        for place, name in enumerate(algorithms)
    }


def legend(figure: "Figure", styles: dict[str, dict[str, Any]]) -> None:
    """Name the lines above the panels."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], linewidth=2, **style) for style in styles.values()]
    blank = ["name"] * len(styles)  # a label that begins with _ would be left out; a text may be anything
    columns = _columns([0.6 + 0.075 * len(shorten(name)) for name in styles], figure.get_figwidth())
    figure.set_figheight(figure.get_figheight() + 0.2 * ceil(len(styles) / columns))
    made = figure.legend(handles, blank, loc="outside upper left", ncols=columns, handlelength=2.4)
    for text, name in zip(made.get_texts(), styles, strict=True):
        text.set_text(shorten(name))


def _columns(widths: Sequence[float], room: float) -> int:
    """The most columns, at most four, in which entries of these widths fit, filled from the top down."""
    for columns in range(min(4, len(widths)), 1, -1):
        rows = ceil(len(widths) / columns)
        if sum(max(widths[start : start + rows]) for start in range(0, len(widths), rows)) <= room:
            return columns
    return 1


def shade(axes: "Axes", at: Sequence[float], rows: Sequence[Row], colour: str, among: int, step: Any = None) -> None:
    """The band of a curve, where it has one; paler among many."""
    if rows[0]["lower"] is not None:
        lower, upper = ([row[end] for row in rows] for end in ("lower", "upper"))
        alpha = 0.18 if among <= FEW else 0.08
        axes.fill_between(at, lower, upper, step=step, color=colour, alpha=alpha, linewidth=0)


def name_rows(axes: "Axes", names: Sequence[str], with_labels: bool = True) -> None:
    """One line of the panel a name, from the top down; the labels are left out where a neighbour has them."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), list(map(shorten, names)) if with_labels else [""] * len(names))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def shorten(name: str) -> str:
    """A name that fits, the last character an ellipsis where it did not.

    >>> shorten("a" * 40)[-2:]
    'a…'
    """
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def distinct(rows: Sequence[Any], key: str) -> list[Any]:
    """The values of a key, in the order in which they appear."""
    return list(dict.fromkeys(row[key] for row in rows))
