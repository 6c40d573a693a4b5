"""Scores against the quality and the coverage of the data, in the manner of "A Dataset Perspective on Offline RL".

Schweighofer et al. 2022 (arXiv 2111.04714), figures 4 and 5: which algorithm succeeds is told by trajectory quality TQ
and state-action coverage SACo. Drawn is the logarithmic lSACo, since coverage of continuous data spans many decades.
A rank correlation over the datasets stands beside each algorithm (Spearman's).
"""

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from gnomon.datasets.report import read_report
from gnomon.datasets.store import load_dataset
from gnomon.errors import DatasetError
from gnomon.evaluation.plots import PLOTS, Choice, Plot, Row
from gnomon.evaluation.plots.canvas import EXPERT, MUTED, RANDOM, SCORE, distinct, legend, looks, panels
from gnomon.evaluation.results import Results
from gnomon.evaluation.selection.policy_selection import rank_correlation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MEASURES = {"tq": "trajectory quality TQ", "lsaco": "state-action coverage lSACo"}
MARKERS = "osD^vP"


def data(results: Results, _: Choice) -> list[Row]:
    """A row a dataset and algorithm: the mean score, and what was measured of the data.

    Raises:
        DatasetError: a dataset is not here, or was not measured.
    """
    measured = {dataset: _measured(dataset) for dataset in results.datasets}
    return [
        {"algorithm": algorithm, "dataset": dataset, "score": float(scores.mean()), **measured[dataset]}
        for (algorithm, dataset), scores in sorted(results.scores.items())
    ]


def _measured(id: str) -> dict[str, float | None]:
    quality: dict[str, Any] = read_report(load_dataset(id)).get("quality", {})
    if not quality:
        raise DatasetError(f"The quality of {id} was not measured: run gnomon datasets quality {id}.")
    return {"tq": quality["tq"], "lsaco": (quality["saco"] or {}).get("lsaco")}


def draw(rows: Sequence[Row]) -> "Figure":
    """A panel a measure, a dot a dataset and algorithm, and beside each algorithm's its rank correlation."""
    styles = looks(distinct(rows, "algorithm"))
    figure, (line,) = panels(1, len(MEASURES), height=3.0)
    for axes, (measure, title) in zip(line, MEASURES.items(), strict=True):
        for (algorithm, style), marker in zip(styles.items(), cycle(MARKERS)):
            chosen = [row for row in rows if row["algorithm"] == algorithm]
            _draw_algorithm(axes, chosen, measure, style["color"], marker)
        for mark in (RANDOM, EXPERT):
            axes.axhline(mark, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        axes.set(xlabel=title, ylabel=SCORE)
        axes.legend(loc="best", fontsize=7, title="rank correlation", title_fontsize=7)
    legend(figure, styles)
    return figure


def _draw_algorithm(axes: "Axes", rows: Sequence[Row], measure: str, colour: str, marker: str) -> None:
    known = sorted((row[measure], row["score"]) for row in rows if row[measure] is not None)
    if known:
        at, scores = zip(*known, strict=True)
        axes.scatter(at, scores, s=22, color=colour, marker=marker, alpha=0.8, label=_correlation(at, scores))


def _correlation(one: Sequence[float], other: Sequence[float]) -> str:
    """Spearman's ρ in words; a dash where there is none."""
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return "–"
    return f"{rank_correlation(np.array(one), np.array(other)):+.2f}"


PLOTS.add("quality", Plot("Scores against trajectory quality and state-action coverage of the data.", data, draw))
