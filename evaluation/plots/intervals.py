"""Interval plot: every statistic of every algorithm that has run on all datasets, a panel a statistic."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnomon.evaluation.aggregate import estimates
from gnomon.evaluation.plots import PLOTS, Choice, Plot, Row, matrices
from gnomon.evaluation.plots.canvas import PALETTE, distinct, name_rows, wrapped
from gnomon.evaluation.results import Results
from gnomon.evaluation.statistics import STATISTICS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def data(results: Results, choice: Choice) -> list[Row]:
    """A row a statistic and algorithm: value, interval, how many seeds; the best IQM first."""
    wanted = [choice.statistic] if choice.statistic else list(STATISTICS)
    labels = {name: STATISTICS[name].label for name in wanted}
    found = {algorithm: estimates(results, algorithm, results.datasets) for algorithm in matrices(results)}
    return [
        {
            "algorithm": algorithm,
            "statistic": name,
            "label": label,
            "lower_is_better": STATISTICS[name].lower_is_better,
            "value": estimate.value,
            "lower": estimate.lower,
            "upper": estimate.upper,
            "seeds": estimate.n,
        }
        for name, label in labels.items()
        for algorithm, by_name in found.items()
        for estimate in [by_name[name]]
    ]


def draw(rows: Sequence[Row]) -> "Figure":
    """A line an algorithm, a panel a statistic: a point, and a bar for the interval."""
    statistics, algorithms = distinct(rows, "statistic"), distinct(rows, "algorithm")
    figure, panels = wrapped(len(statistics), height=0.75 + 0.27 * len(algorithms), columns=2)
    for place, (axes, statistic) in enumerate(zip(panels, statistics, strict=True)):
        chosen = [row for row in rows if row["statistic"] == statistic]
        name_rows(axes, algorithms, with_labels=place % 2 == 0)
        for row in chosen:
            _draw_interval(axes, row, algorithms.index(row["algorithm"]))
        axes.set_title(chosen[0]["label"] + (" (lower is better)" if chosen[0]["lower_is_better"] else ""))
        axes.margins(x=0.06)
        axes.set_xlabel("score points")
    return figure


def _draw_interval(axes: "Axes", row: Row, y: int) -> None:
    if row["lower"] is not None:
        axes.hlines(y, row["lower"], row["upper"], color=PALETTE[0], alpha=0.35, linewidth=7)
    axes.plot([row["value"]], [y], "o", color=PALETTE[0], markersize=5)


PLOTS.add("intervals", Plot("Statistics over all datasets with their intervals, a line an algorithm.", data, draw))
