"""Learning curves: training metrics over updates, a panel a metric and dataset, with bands for whole curves."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gnomon.evaluation.bands import curve_band
from gnomon.evaluation.plots import PLOTS, Choice, Plot, Row
from gnomon.evaluation.plots.canvas import distinct, legend, looks, panels, shade, shorten
from gnomon.evaluation.record import Record
from gnomon.evaluation.results import Results
from gnomon.evaluation.statistics.mean import mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def data(results: Results, choice: Choice) -> list[Row]:
    """A row an algorithm, dataset, metric and update: the mean over seeds, its simultaneous band, how many seeds.

    Updates at which a seed reported nothing, or nothing finite, are left out.
    """
    return [
        row
        for algorithm, dataset in results.scores
        for records in [[r for r in results.records if (r.algorithm.name, r.dataset.id) == (algorithm, dataset)]]
        for metric in _metrics(records)
        if choice.metric in (None, metric)
        for row in _rows(records, metric)
    ]


def _metrics(records: Sequence[Record]) -> list[str]:
    return sorted({name for record in records for point in record.curve for name in point.metrics})


def _rows(records: Sequence[Record], metric: str) -> Iterator[Row]:
    curves = [_finite_points(record, metric) for record in records]
    updates = sorted(set.intersection(*map(set, curves)))
    if not updates:
        return
    band = curve_band(np.array([[[curve[update] for update in updates]] for curve in curves]), mean)
    for place, update in enumerate(updates):
        yield {
            "algorithm": records[0].algorithm.name,
            "dataset": records[0].dataset.id,
            "metric": metric,
            "update": update,
            "mean": float(band.value[place]),
            "lower": None if band.lower is None else float(band.lower[place]),
            "upper": None if band.upper is None else float(band.upper[place]),
            "seeds": band.n,
        }


def _finite_points(record: Record, metric: str) -> dict[int, float]:
    points = {point.update: point.metrics.get(metric) for point in record.curve}
    return {update: value for update, value in points.items() if value is not None}


def draw(rows: Sequence[Row]) -> "Figure":
    """A line an algorithm, a column a dataset, a line of panels a metric."""
    datasets, metrics, styles = distinct(rows, "dataset"), distinct(rows, "metric"), looks(distinct(rows, "algorithm"))
    figure, grid = panels(len(metrics), len(datasets), height=2.1, width=max(5.2, 3.3 * len(datasets)))
    for line, metric in zip(grid, metrics, strict=True):
        for axes, dataset in zip(line, datasets, strict=True):
            chosen = [row for row in rows if (row["metric"], row["dataset"]) == (metric, dataset)]
            drawn = distinct(chosen, "algorithm")
            for algorithm in drawn:
                points = [row for row in chosen if row["algorithm"] == algorithm]
                _draw_curve(axes, points, styles[algorithm], len(drawn))
            _label(axes, metric, dataset, is_first=axes is line[0], is_top=line is grid[0], is_last=line is grid[-1])
    legend(figure, styles)
    return figure


def _draw_curve(axes: "Axes", rows: Sequence[Row], style: dict, among: int) -> None:
    updates = [row["update"] for row in rows]
    axes.plot(updates, [row["mean"] for row in rows], linewidth=1.6, marker="." if len(rows) == 1 else "", **style)
    shade(axes, updates, rows, style["color"], among)


def _label(axes: "Axes", metric: str, dataset: str, is_first: bool, is_top: bool, is_last: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.grid(axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(_updates))
    axes.set_title(shorten(dataset) if is_top else "")
    axes.set_ylabel(metric if is_first else "")
    axes.set_xlabel("updates" if is_last else "")


def _updates(value: float, _: int) -> str:
    """A number of updates, in thousands where that is shorter.

    >>> _updates(12_000, 0), _updates(500, 0), _updates(1_500_000, 0)
    ('12k', '500', '1.5M')
    """
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


PLOTS.add("curves", Plot("Training metrics over updates: mean over seeds with a band for the whole curve.", data, draw))
