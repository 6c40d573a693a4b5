"""How many different solutions are found in several samples of one problem, as GFlowVLM asks (arXiv 2503.06514).

Of the tasks whose solved episodes end with a page that is the solution: `number-countdown` and `number-line`.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from gnomon.benchmarks.contracts import Policy
from gnomon.benchmarks.interactive import InteractiveTask
from gnomon.benchmarks.interactive.number_scripts import solutions_on
from gnomon.benchmarks.interactive.plays import Play, plays
from gnomon.errors import UsageError
from gnomon.evaluation.intervals import Estimate, student_estimate
from gnomon.evaluation.language.averages import SHARE


def sampled_plays(
    task: InteractiveTask, make: Callable[[int], Policy], seeds: Sequence[int], samples: int
) -> list[list[Play]]:
    """[seeds][samples] episodes: sample k of every problem is played by `make(k)`."""
    columns = [plays(task, make(sample), seeds) for sample in range(samples)]
    return [list(row) for row in zip(*columns, strict=True)]


def distinct_solutions(sampled: Sequence[Sequence[Play]]) -> Estimate:
    """Different solutions found in the samples of a problem, a mean over problems."""
    most = max(len(row) for row in sampled)
    return student_estimate(np.array([len(found) for found in _found(sampled)], np.float64), (0, most), "items")


def coverage(sampled: Sequence[Sequence[Play]]) -> Estimate:
    """The share of a problem's solutions that its samples found, a mean over problems; all are known by search."""
    shares = [
        len(found) / len(solutions_on(row[0].pages[0])) for found, row in zip(_found(sampled), sampled, strict=True)
    ]
    return student_estimate(np.array(shares), SHARE, "items")


def diversity(sampled: Sequence[Sequence[Play]]) -> Estimate | None:
    """The chance that two solved samples of a problem are different solutions, a mean over problems.

        1 − Σ c (c − 1) / (n (n − 1))        (Simpson 1949, Nature 163, the unbiased form)

    for c times each solution among n solved samples; over problems with two solved samples or more, None without any.
    """
    counts = [list(found.values()) for found in _found(sampled) if found.total() > 1]
    values = [1 - sum(c * (c - 1) for c in row) / (sum(row) * (sum(row) - 1)) for row in counts]
    return student_estimate(np.array(values), SHARE, "items") if values else None


def _found(sampled: Sequence[Sequence[Play]]) -> list[Counter[str]]:
    """Solution → how often, of each problem."""
    if any(play.seed != row[0].seed for row in sampled for play in row):
        raise UsageError("The samples of a row are of different problems; play them with one seed.")
    return [Counter(play.pages[-1].text for play in row if play.success) for row in sampled]
