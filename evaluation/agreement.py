"""Agreement with the literature: do our scores order two algorithms on a dataset as published ones do on its model?

`published_scores.json` has, under the id of each of our datasets, the scores that were published on the dataset that it
stands for. The data, the budget and the scale differ, so that only the sign of a difference is compared. A cell is a
pair of algorithms on a dataset; where Welch's 95 % interval of our difference covers zero, the cell says nothing and is
undecided. Cells of one dataset are not independent, so the interval of the share is by resampling datasets.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.intervals import LEAST_UNITS, LEVEL, RESAMPLES
from gnomon.evaluation.results import Results
from gnomon.evaluation.streams import keyed_stream

FILE = Path(__file__).with_name("published_scores.json")
Verdict = Literal["same", "opposite", "undecided"]
Published = Mapping[str, tuple[float, float]]  # algorithm → mean and deviation over seeds


@dataclass(frozen=True)
class Cell:
    """One pair of algorithms on one dataset; differences are `algorithm` less `over`, in each side's own points.

    Attributes:
        published: difference of the published means.
        ours, lower, upper: difference of our means, with its 95 % interval.
    """

    dataset: str
    algorithm: str
    over: str
    published: float
    ours: float
    lower: float
    upper: float

    @property
    def verdict(self) -> Verdict:
        """Whether our sign is the published one."""
        if self.lower <= 0 <= self.upper:
            return "undecided"
        return "same" if self.ours * self.published > 0 else "opposite"


@dataclass(frozen=True)
class Agreement:
    """How many cells have the published sign.

    Attributes:
        same, opposite, undecided: numbers of cells.
        lower, upper: 95 % percentile interval of the share, over resampled datasets; none where fewer than three have a
            decided cell.
    """

    same: int
    opposite: int
    undecided: int
    lower: float | None
    upper: float | None

    @property
    def share(self) -> float | None:
        """Of the decided cells, those with the published sign."""
        decided = self.same + self.opposite
        return self.same / decided if decided else None


@cache
def literature() -> dict[str, Any]:
    """Name of a publication → its source, number of seeds and scores by our dataset and algorithm."""
    return json.loads(FILE.read_text())


def cells(results: Results) -> list[Cell]:
    """Every pair that both sides have run on a dataset, ours with at least three seeds."""
    return [
        cell
        for publication in literature().values()
        for dataset, published in publication["scores"].items()
        for cell in _cells(results, dataset, published)
    ]


def _cells(results: Results, dataset: str, published: Published) -> Iterator[Cell]:
    known = [name for name in published if len(results.scores.get((name, dataset), ())) >= LEAST_UNITS]
    for over, algorithm in combinations(known, 2):
        ours, reach = difference(results.scores[algorithm, dataset], results.scores[over, dataset])
        theirs = published[algorithm][0] - published[over][0]
        yield Cell(dataset, algorithm, over, theirs, ours, ours - reach, ours + reach)


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, float]:
    """The difference of two means, and half the width of Welch's 95 % interval (Welch 1947, Biometrika 34).

    >>> difference(np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 0.0]))[0]
    2.0
    """
    from scipy.special import stdtrit

    parts = [scores.var(ddof=1) / len(scores) for scores in (one, other)]
    squared = [part**2 / (len(scores) - 1) for part, scores in zip(parts, (one, other), strict=True)]
    degrees = sum(parts) ** 2 / sum(squared) if sum(squared) else np.inf
    reach = stdtrit(degrees, (1 + LEVEL) / 2) * np.sqrt(sum(parts))
    return float(one.mean() - other.mean()), float(reach)


def agreement(found: Sequence[Cell]) -> Agreement:
    """The counts over cells, with an interval of the share by resampling their datasets."""
    counts = defaultdict[str, dict[Verdict, int]](lambda: {"same": 0, "opposite": 0, "undecided": 0})
    for cell in found:
        counts[cell.dataset][cell.verdict] += 1
    verdicts = np.array([[one["same"], one["opposite"], one["undecided"]] for one in counts.values()]).reshape(-1, 3)
    same, opposite, undecided = (int(count) for count in verdicts.sum(0))
    return Agreement(same, opposite, undecided, *_interval(verdicts[:, :2]))


def _interval(decided: NDArray[np.int64]) -> tuple[float | None, float | None]:
    """Of the share of the first column, over resampled rows."""
    if np.count_nonzero(decided.any(1)) < LEAST_UNITS:
        return None, None
    drawn = keyed_stream("agreement").integers(len(decided), size=(RESAMPLES, len(decided)))
    counts = decided[drawn].sum(1)
    shares = (counts[:, 0] / np.maximum(counts.sum(1), 1))[counts.sum(1) > 0]
    lower, upper = np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(lower), float(upper)
