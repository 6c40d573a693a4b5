"""Performance profiles: the share of runs above each score, with a band for the whole profile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.plots import PLOTS, Choice, Plot, Row, matrices
from gnomon.evaluation.plots.canvas import EXPERT, RANDOM, SCORE, distinct, legend, looks, panels, shade
from gnomon.evaluation.profiles import Profile
from gnomon.evaluation.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = 200


def data(results: Results, _: Choice) -> list[Row]:
    """A row an algorithm and threshold: the share of runs above it, its simultaneous band, how many seeds."""
    found = matrices(results)
    profile = Profile(_thresholds(np.concatenate([matrix.ravel() for matrix in found.values()])))
    return [
        {
            "algorithm": algorithm,
            "threshold": float(threshold),
            "share": float(band.value[place]),
            "lower": None if band.lower is None else float(band.lower[place]),
            "upper": None if band.upper is None else float(band.upper[place]),
            "seeds": band.n,
        }
        for algorithm, matrix in found.items()
        for band in [profile.band(matrix)]
        for place, threshold in enumerate(profile.thresholds)
    ]


def _thresholds(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """From a little below every score to above, in steps of equal size; from random to expert at least."""
    low, high = min(RANDOM, float(scores.min())), max(EXPERT, float(scores.max()))
    return np.linspace(np.floor(low) - 1, np.ceil(high) + 1, STEPS + 1)


def draw(rows: Sequence[Row]) -> "Figure":
    """A line an algorithm."""
    styles = looks(distinct(rows, "algorithm"))
    figure, ((axes,),) = panels(1, 1, height=3.2, width=5.6)
    for algorithm, style in styles.items():
        chosen = [row for row in rows if row["algorithm"] == algorithm]
        thresholds = [row["threshold"] for row in chosen]
        axes.step(thresholds, [row["share"] for row in chosen], where="post", linewidth=1.6, **style)
        shade(axes, thresholds, chosen, style["color"], len(styles), step="post")
    axes.grid(axis="y")
    axes.set_xlim(rows[0]["threshold"], rows[-1]["threshold"])
    axes.set_ylim(-0.02, 1.02)
    axes.set(xlabel=SCORE.replace("score", "score τ"), ylabel="share of runs with score > τ")
    legend(figure, styles)
    return figure


PLOTS.add("profiles", Plot("Performance profiles: the share of runs above each score, with bands.", data, draw))
