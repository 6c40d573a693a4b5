"""How often an interval covers the truth, by simulation: the figures of docs/statistics.md."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.bootstrap import Compute, calibrated, distribution, drawn_from, percentiles
from gnomon.evaluation.comparison import Test, compare, samples
from gnomon.evaluation.intervals import LEVEL, student_estimate
from gnomon.evaluation.streams import keyed_stream

RESAMPLES = 1_000
TRUTH_SEEDS = 200_000  # of each task; the truth's own error is far below what is tabulated


@dataclass(frozen=True)
class Family:
    """A kind of scores: tasks whose centres lie evenly from `centre` − `spread` to `centre` + `spread`.

    Attributes:
        name: as tabulated.
        low_share: how many seeds fail, in 0 … 1; these score 60 points less than those that do not.
        noise: standard deviation within a mode, in score points.
    """

    name: str
    low_share: float
    noise: float
    spread: float

    def draw(self, seeds: int, tasks: int, stream: np.random.Generator) -> NDArray[np.float64]:
        """[seeds, tasks] scores of new seeds."""
        centres = 50 + (np.linspace(-self.spread, self.spread, tasks) if tasks > 1 else np.zeros(1))
        failed = stream.random((seeds, tasks)) < self.low_share
        modes = np.where(failed, -30, 30) if self.low_share else 0
        return centres + modes + stream.normal(0, self.noise, (seeds, tasks))


FAMILIES = (Family("normal", 0, 10, 30), Family("50:50", 0.5, 5, 10), Family("20:80", 0.2, 5, 10))
SEEDS = (3, 5, 10)
TASKS = (1, 4, 30)


@dataclass(frozen=True)
class Cell:
    """One line of the table: what is simulated."""

    family: Family
    tasks: int
    seeds: int

    def simulate(self, simulations: int, name: str) -> list[NDArray[np.float64]]:
        """So many studies of this size."""
        stream = keyed_stream("coverage", name, self.family.name, self.tasks, self.seeds)
        return [self.family.draw(self.seeds, self.tasks, stream) for _ in range(simulations)]


def cells() -> list[Cell]:
    """Every line of the table."""
    return [Cell(family, tasks, seeds) for family in FAMILIES for tasks in TASKS for seeds in SEEDS]


def coverage(cell: Cell, statistic: Compute, simulations: int) -> tuple[float, float]:
    """The share of simulated studies whose 95 % interval holds the truth: percentile (rliable's), calibrated (ours)."""
    truth = _truth(cell, statistic)
    plain, ours = 0, 0
    for study, scores in enumerate(cell.simulate(simulations, "interval")):
        draw = drawn_from(keyed_stream("coverage resamples", study))
        (drawn,) = distribution([statistic], [scores], [draw], RESAMPLES)
        plain += _holds(percentiles(drawn, LEVEL), truth)
        ours += _holds(calibrated(float(statistic(scores)), drawn, LEVEL, scores), truth)
    return plain / simulations, ours / simulations


def student_coverage(cell: Cell, simulations: int) -> float:
    """The share of simulated single tasks whose Student interval holds the mean; tied seeds count as a miss."""
    truth = _truth(cell, lambda scores: scores.mean((-2, -1)))
    estimates = [student_estimate(scores[:, 0]) for scores in cell.simulate(simulations, "interval")]
    return sum(e.lower is not None and _holds((e.lower, e.upper), truth) for e in estimates) / simulations  # pyright: ignore[reportArgumentType]


def false_discoveries(cell: Cell, statistic: Compute, algorithms: int, simulations: int, test: Test = "welch") -> float:
    """The share of simulated studies of equal algorithms in which any pair is called different at Holm's 5 %."""
    wrong = 0
    groups = cell.simulate(simulations * algorithms, "tests")
    for start in range(0, len(groups), algorithms):
        named = {f"{start + place}": scores for place, scores in enumerate(groups[start : start + algorithms])}
        wrong += any(pair.adjusted < 0.05 for pair in compare(samples(named, statistic, RESAMPLES), statistic, test))
    return wrong / simulations


def band_coverage(
    cell: Cell, band: Callable[[NDArray], tuple[NDArray, NDArray]], truth: NDArray, simulations: int
) -> float:
    """The share of simulated studies whose whole curve lies inside the band."""
    ends = [band(scores) for scores in cell.simulate(simulations, "bands")]
    return sum(bool(((lower <= truth) & (truth <= upper)).all()) for lower, upper in ends) / simulations


def _truth(cell: Cell, statistic: Compute) -> float:
    """The statistic of very many seeds, in parts that fit into memory."""
    stream = keyed_stream("truth", cell.family.name, cell.tasks)
    parts = [cell.family.draw(TRUTH_SEEDS // 10, cell.tasks, stream) for _ in range(10)]
    return float(np.mean([statistic(part) for part in parts]))


def _holds(ends: tuple[float, float], truth: float) -> bool:
    return ends[0] <= truth <= ends[1]
