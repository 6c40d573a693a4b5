"""Power: how many seeds a difference needs to be found, and which difference so many seeds can find.

Two algorithms are compared by a two-sided t-test of their mean over tasks: n seeds a task each, a standard deviation σ
over the seeds of a task, m tasks. The test has ν = 2 m (n − 1) and noncentrality effect / (σ √(2 / (n m))) (Cohen 1988,
Statistical Power Analysis; for seeds, Colas, Sigaud and Oudeyer 2018, arXiv 1806.08295).
"""

import math
from dataclasses import dataclass

from gnomon.errors import UsageError

POWER = 0.8
LEVEL = 0.05
MOST_SEEDS = 1_000_000


@dataclass(frozen=True)
class Plan:
    """A study of two algorithms: with so many seeds, a difference of `effect` is found with probability `power`."""

    effect: float
    seeds: int
    power: float


def plan(
    deviation: float,
    effect: float | None = None,
    seeds: int | None = None,
    power: float = POWER,
    tasks: int = 1,
    comparisons: int = 1,
) -> Plan:
    """What is missing of effect, seeds and power: without seeds, the least number of them; without effect, the least.

    The arguments are those of `power_of`.
    """
    if effect is None and seeds is None:
        raise UsageError("Power needs an effect, or a number of seeds, or both.")
    if effect is None:
        assert seeds is not None
        effect = detectable_effect(deviation, seeds, power, tasks, comparisons)
    elif seeds is None:
        seeds = seeds_needed(effect, deviation, power, tasks, comparisons)
    return Plan(effect, seeds, power_of(effect, deviation, seeds, tasks, comparisons))


def power_of(effect: float, deviation: float, seeds: int, tasks: int = 1, comparisons: int = 1) -> float:
    """The probability that the test finds the difference.

    Args:
        effect: the true difference of the two means, in score points.
        deviation: standard deviation over the seeds of one task, in score points.
        seeds: of each task and algorithm, at least 2.
        tasks: how many.
        comparisons: how many tests are made together; each gets 5 % / comparisons, Holm's first and hardest step.

    Raises:
        UsageError: an argument that is no such number.
    """
    from scipy.special import stdtrit
    from scipy.stats import nct

    _check(effect=effect, deviation=deviation, tasks=tasks, comparisons=comparisons)
    if seeds < 2:
        raise UsageError(f"Power needs at least 2 seeds a task, not {seeds}.")
    degrees = 2 * tasks * (seeds - 1)
    noncentrality = effect / (deviation * math.sqrt(2 / (seeds * tasks)))
    critical = -float(stdtrit(degrees, LEVEL / comparisons / 2))
    found = float(nct.sf(critical, degrees, noncentrality) + nct.cdf(-critical, degrees, noncentrality))
    return 1.0 if math.isnan(found) else min(found, 1.0)  # SciPy has no value for a noncentrality of many hundreds


def seeds_needed(effect: float, deviation: float, power: float = POWER, tasks: int = 1, comparisons: int = 1) -> int:
    """The least number of seeds a task and algorithm at which `power_of` is at least `power`.

    >>> seeds_needed(effect=10, deviation=10)  # Cohen's d = 1: 17 a group (Cohen 1988, table 2.4.1)
    17

    Raises:
        UsageError: an argument that is no such number, or more than a million seeds.
    """
    _check(power=power)
    if power >= 1:
        raise UsageError(f"No number of seeds gives a power of {power}: ask for less than 1.")
    low, high = 1, 2
    while power_of(effect, deviation, high, tasks, comparisons) < power:
        if high >= MOST_SEEDS:
            raise UsageError(f"A difference of {effect} with a deviation of {deviation} needs over {MOST_SEEDS} seeds.")
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = power_of(effect, deviation, middle, tasks, comparisons) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


def detectable_effect(
    deviation: float, seeds: int, power: float = POWER, tasks: int = 1, comparisons: int = 1
) -> float:
    """The least difference, in score points, that so many seeds find with probability `power`."""
    from scipy.optimize import brentq

    _check(power=power, deviation=deviation)
    if power >= 1:
        raise UsageError(f"No difference is found with a power of {power}: ask for less than 1.")
    lower, upper = deviation * 1e-6, deviation
    while power_of(upper, deviation, seeds, tasks, comparisons) < power:
        upper *= 2
    return float(brentq(lambda effect: power_of(effect, deviation, seeds, tasks, comparisons) - power, lower, upper))  # pyright: ignore[reportArgumentType]


def _check(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (math.isfinite(number) and number > 0):
            raise UsageError(f"Power needs a positive {name}, not {number}.")
