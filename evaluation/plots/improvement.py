"""The matrix of probabilities of improvement: how often a seed of the row beats a seed of the column."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnomon.errors import UsageError
from gnomon.evaluation.improvement import improvements
from gnomon.evaluation.plots import PLOTS, Choice, Plot, Row, matrices
from gnomon.evaluation.plots.canvas import HAIRLINE, INK, distinct, panels, shorten
from gnomon.evaluation.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 25  # algorithms in a matrix that can be read
CELL = 0.72  # inches


def data(results: Results, _: Choice) -> list[Row]:
    """A row a pair, both ways: the probability, its interval, how many seeds.

    Raises:
        UsageError: more algorithms than a matrix can be read with.
    """
    found = matrices(results)
    if len(found) > MOST:
        raise UsageError(f"A matrix of {len(found)} algorithms cannot be read: choose at most {MOST}.")
    pairs = improvements(found)
    return [
        {
            "algorithm": algorithm,
            "over": over,
            "probability": estimate.value,
            "lower": estimate.lower,
            "upper": estimate.upper,
            "seeds": estimate.n,
        }
        for algorithm in found
        for over in found
        if algorithm != over
        for estimate in [pairs[algorithm, over]]
    ]


def draw(rows: Sequence[Row]) -> "Figure":
    """A cell a pair: purple where the row is ahead, orange where the column is, white at ½."""
    names = distinct(rows, "algorithm")
    side = CELL * len(names)
    figure, ((axes,),) = panels(1, 1, height=side + 0.5, width=side + 2.2)
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(names) - 0.5, -0.5), aspect="equal")
    for row in rows:
        _draw_cell(axes, row, names.index(row["over"]), names.index(row["algorithm"]))
    axes.set_yticks(range(len(names)), list(map(shorten, names)))
    axes.set_xticks(range(len(names)), list(map(shorten, names)), rotation=35, ha="left", rotation_mode="anchor")
    axes.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("P(row beats column), 95 % interval")
    return figure


def _draw_cell(axes: "Axes", row: Row, x: int, y: int) -> None:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    colour = colormaps["PuOr"](0.5 + 0.5 * (row["probability"] - 0.5))  # its ends are too dark to write on
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor=HAIRLINE))
    known = row["lower"] is not None
    axes.text(x, y - 0.1 * known, f"{row['probability']:.2f}", ha="center", va="center", color=INK)
    if known:
        axes.text(x, y + 0.22, f"{row['lower']:.2f}–{row['upper']:.2f}", ha="center", va="center", fontsize=6.5)


PLOTS.add("improvement", Plot("How often a seed of one algorithm beats a seed of another, as a matrix.", data, draw))
