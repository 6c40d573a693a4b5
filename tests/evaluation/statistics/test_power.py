"""Power: against statsmodels, by simulation, and on the command line."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import TTestIndPower
from typer.testing import CliRunner

from gnomon.errors import UsageError
from gnomon.evaluation.cli import results
from gnomon.evaluation.power import detectable_effect, plan, power_of, seeds_needed


@pytest.mark.parametrize(("effect", "seeds"), [(0.2, 400), (0.5, 64), (0.8, 26), (1.0, 17)])
def test_seeds_needed_are_cohens(effect: float, seeds: int) -> None:
    """Sample sizes of two groups for a power of 0.8, two-sided 5 % (Cohen 1988, table 2.4.1; 393 at 0.2 is exact)."""
    assert seeds_needed(effect, deviation=1) == pytest.approx(seeds, abs=7 if effect == 0.2 else 0)


@pytest.mark.parametrize(("effect", "seeds", "comparisons"), [(1.0, 5, 1), (2.0, 3, 1), (0.7, 30, 6), (1.5, 10, 66)])
def test_power_is_statsmodels(effect: float, seeds: int, comparisons: int) -> None:
    theirs = TTestIndPower().power(effect, seeds, 0.05 / comparisons)
    assert power_of(10 * effect, 10, seeds, comparisons=comparisons) == pytest.approx(theirs, abs=1e-6)


def test_more_tasks_are_a_smaller_error_and_more_degrees_of_freedom() -> None:
    """With m tasks the mean's error is that of m times the seeds: simulated two-sample t on m · n values a side."""
    stream = np.random.default_rng(0)
    one, other = stream.normal(0, 10, (2, 4000, 5, 4))
    difference = one.mean((1, 2)) + 8 - other.mean((1, 2))
    pooled = np.sqrt((one.var(1, ddof=1).mean(1) + other.var(1, ddof=1).mean(1)) / 2)
    from scipy.stats import t

    found = np.abs(difference / (pooled * np.sqrt(2 / 20))) > t.ppf(0.975, 32)
    assert power_of(8, 10, 5, tasks=4) == pytest.approx(found.mean(), abs=0.03)


@given(st.floats(0.5, 50), st.integers(2, 200), st.integers(1, 20))
def test_the_detectable_effect_is_just_detected(deviation: float, seeds: int, tasks: int) -> None:
    effect = detectable_effect(deviation, seeds, tasks=tasks)
    assert power_of(effect, deviation, seeds, tasks) == pytest.approx(0.8, abs=1e-6)
    assert seeds_needed(effect * 1.0001, deviation, tasks=tasks) <= seeds


def test_extremes_have_a_power() -> None:
    assert power_of(1e6, 1, 100) == 1
    assert seeds_needed(1e6, 1) == 2
    with pytest.raises(UsageError, match="needs over 1000000 seeds"):
        seeds_needed(1e-6, 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"effect": -1.0, "deviation": 1.0}, "a positive effect, not -1"),
        ({"effect": 1.0, "deviation": 0.0}, "a positive deviation, not 0"),
        ({"effect": 1.0, "deviation": float("nan")}, "a positive deviation, not nan"),
        ({"effect": 1.0, "deviation": 1.0, "power": 1.0}, "ask for less than 1"),
        ({"effect": 1.0, "deviation": 1.0, "seeds": 1}, "at least 2 seeds"),
        ({"effect": 1.0, "deviation": 1.0, "tasks": -3}, "a positive tasks, not -3"),
        ({"deviation": -1.0, "seeds": 5}, "a positive deviation, not -1"),
        ({"deviation": 1.0}, "an effect, or a number of seeds"),
    ],
)
def test_what_is_no_plan_is_one_sentence(arguments: dict[str, float], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        plan(**arguments)  # pyright: ignore[reportArgumentType]


def test_the_command_answers_what_is_asked() -> None:
    run = CliRunner().invoke(results, ["power", "--deviation", "10", "--effect", "10", "--json"])
    assert json.loads(run.stdout)[0]["seeds"] == 17
    run = CliRunner().invoke(results, ["power", "--deviation", "10", "--seeds", "17"])
    assert "9.9" in run.stdout
