"""Intervals of 12 algorithms on 30 tasks with 10 seeds, four statistics, beside rliable in the same run.

make bench
"""

import resource
import time
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from rliable import library, metrics

from gnomon.evaluation.improvement import improvements
from gnomon.evaluation.intervals import bootstrap_estimates
from gnomon.evaluation.profiles import Profile
from gnomon.evaluation.rliable_mode import rliable_intervals
from gnomon.evaluation.statistics import STATISTICS

pytestmark = [pytest.mark.perf, pytest.mark.filterwarnings("ignore::FutureWarning")]
SCORES = {f"algorithm {k}": np.random.default_rng(k).normal(50, 20, (10, 30)) for k in range(12)}
FUNCTIONS = {name: statistic.compute for name, statistic in STATISTICS.items()}
RESAMPLES = 50_000
THRESHOLDS = np.linspace(0, 100, 81)


def seconds(call: Callable[[], object]) -> float:
    """Processor time, so that a neighbour on the machine does not count."""
    begun = time.process_time()
    call()
    return time.process_time() - begun


def four(scores: np.ndarray) -> np.ndarray:
    """Rliable's four."""
    gap = metrics.aggregate_optimality_gap(scores, 100)
    return np.array(
        [metrics.aggregate_iqm(scores), metrics.aggregate_mean(scores), metrics.aggregate_median(scores), gap]
    )


def report(name: str, ours: float, theirs: float, benchmark) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{name}: {ours:.2f} s, rliable {theirs:.0f} s, {theirs / ours:.0f} times as fast; {memory:.0f} MB at most")
    benchmark.extra_info.update(seconds=ours, rliable=theirs, ratio=theirs / ours, megabytes=memory)
    benchmark.pedantic(lambda: None)


def rliable_seconds(resamples: int) -> float:
    """Of one algorithm, as many resamples; rliable's time is proportional to both."""
    first = dict(list(SCORES.items())[:1])
    return seconds(lambda: library.get_interval_estimates(first, four, reps=resamples))


def test_own_stream(benchmark) -> None:
    ours = seconds(lambda: [bootstrap_estimates(FUNCTIONS, s, resamples=RESAMPLES) for s in SCORES.values()])
    report("four statistics, own stream", ours, 12 * 10 * rliable_seconds(RESAMPLES // 10), benchmark)


def test_rliables_stream(benchmark) -> None:
    ours = seconds(lambda: rliable_intervals(SCORES, list(FUNCTIONS), seed=0, resamples=RESAMPLES))
    report("four statistics, rliable's numbers", ours, 12 * 10 * rliable_seconds(RESAMPLES // 10), benchmark)


def test_improvement_of_all_pairs(benchmark) -> None:
    """Rliable is timed on one pair with 50 resamples; there are 66 pairs with 2,000."""
    pair = {"pair": list(SCORES.values())[:2]}
    func = lambda x, y: np.array([metrics.probability_of_improvement(x, y)])  # noqa: E731
    theirs = seconds(lambda: library.get_interval_estimates(pair, func, reps=50))
    ours = seconds(lambda: improvements(SCORES, resamples=2_000))
    pairs = len(list(combinations(SCORES, 2)))
    report("probability of improvement, 66 pairs", ours, theirs * pairs * 2_000 / 50, benchmark)


def test_profiles(benchmark) -> None:
    first = dict(list(SCORES.items())[:1])
    theirs = seconds(lambda: library.create_performance_profile(first, THRESHOLDS, reps=500))
    profile = Profile(THRESHOLDS)
    ours = seconds(lambda: [profile.band(scores, 2_000) for scores in SCORES.values()])
    report("profiles with bands, 12 algorithms", ours, theirs * 12 * 2_000 / 500, benchmark)
