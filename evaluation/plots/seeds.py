"""Every seed on every dataset: nothing is averaged away."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gnomon.evaluation.plots import PLOTS, Choice, Plot, Row
from gnomon.evaluation.plots.canvas import (
    EXPERT,
    INK,
    MUTED,
    PALETTE,
    RANDOM,
    SCORE,
    distinct,
    name_rows,
    shorten,
    wrapped,
)
from gnomon.evaluation.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SPREAD = 0.26  # of the distance between two lines: how far dots reach up and down


def data(results: Results, _: Choice) -> list[Row]:
    """A row a run: its algorithm, dataset, seed and score."""
    return [
        {"dataset": dataset, "algorithm": r.algorithm.name, "seed": r.seed, "score": r.score}
        for dataset in results.datasets
        for r in results.records
        if r.dataset.id == dataset
    ]


def draw(rows: Sequence[Row]) -> "Figure":
    """A panel a dataset, a line an algorithm, a dot a seed from the top down in their order, a bar at the mean."""
    datasets, algorithms = distinct(rows, "dataset"), sorted(distinct(rows, "algorithm"), key=partial(_order, rows))
    figure, panels = wrapped(len(datasets), height=0.75 + 0.3 * len(algorithms), columns=2)
    for place, (axes, dataset) in enumerate(zip(panels, datasets, strict=True)):
        chosen = [row for row in rows if row["dataset"] == dataset]
        name_rows(axes, algorithms, with_labels=place % 2 == 0)
        for algorithm in distinct(chosen, "algorithm"):
            scores = [row["score"] for row in chosen if row["algorithm"] == algorithm]
            _draw_seeds(axes, scores, algorithms.index(algorithm))
        for mark in (RANDOM, EXPERT):
            axes.axvline(mark, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        axes.set(title=shorten(dataset), xlabel=SCORE)
    return figure


def _order(rows: Sequence[Row], algorithm: str) -> float:
    """The best first, by the mean of everything that it ran."""
    return -float(np.mean([row["score"] for row in rows if row["algorithm"] == algorithm]))


def _draw_seeds(axes: "Axes", scores: Sequence[float], y: int) -> None:
    count = len(scores)
    heights = [y + SPREAD * ((2 * place + 1) / count - 1) for place in range(count)]
    axes.plot(scores, heights, "o", color=PALETTE[0], alpha=0.75, markersize=4, markeredgewidth=0)
    mean = float(np.mean(scores))
    axes.plot([mean, mean], [y - SPREAD - 0.1, y + SPREAD + 0.1], color=INK, linewidth=1.6)


PLOTS.add("seeds", Plot("The score of every seed on every dataset.", data, draw))
