"""Intervals: golden values, when there is none, and that equal scores give equal bytes."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.proportion import proportion_confint

from gnomon.errors import UsageError
from gnomon.evaluation.bootstrap import blocks, degrees_of_freedom, drawn_from, stretch
from gnomon.evaluation.intervals import (
    Estimate,
    bootstrap_estimate,
    bootstrap_estimates,
    item_estimate,
    student_estimate,
    wilson,
)
from gnomon.evaluation.statistics import STATISTICS
from gnomon.evaluation.statistics.iqm import iqm
from gnomon.evaluation.statistics.mean import mean

FUNCTIONS = {name: statistic.compute for name, statistic in STATISTICS.items()}
SCORES = np.random.default_rng(4).normal(50, 20, (5, 3))


def ends(estimate: Estimate) -> tuple[float, float]:
    assert estimate.lower is not None
    assert estimate.upper is not None
    return estimate.lower, estimate.upper


def test_an_interval_is_the_same_every_time_and_contains_the_value() -> None:
    first, second = (bootstrap_estimate("iqm", iqm, SCORES) for _ in range(2))
    assert first == second
    assert ends(first)[0] < first.value < ends(first)[1]


def test_an_interval_does_not_depend_on_the_statistics_beside_it() -> None:
    assert bootstrap_estimates(FUNCTIONS, SCORES)["iqm"] == bootstrap_estimate("iqm", iqm, SCORES)


def test_each_task_is_resampled_on_its_own() -> None:
    drawn = drawn_from(np.random.default_rng(0))(1000, 5, 3).astype(float)
    assert drawn.shape == (1000, 5, 3)
    assert (drawn.min(), drawn.max()) == (0, 4)
    assert abs(np.corrcoef(drawn[:, 0, 0], drawn[:, 0, 1])[0, 1]) < 0.1


def test_the_stretch_by_hand() -> None:
    """√(3/2) · t(0.975; ν) / z(0.975): ν = 2 where one task varies, 4 where two vary alike; t from a printed table."""
    alone, alike = np.array([[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]]), np.array([[1.0, 7.0], [2.0, 8.0], [3.0, 9.0]])
    assert (degrees_of_freedom(alone), degrees_of_freedom(alike)) == pytest.approx((2, 4))
    assert stretch(0.95, alone) == pytest.approx(np.sqrt(1.5) * 4.302653 / 1.959964, rel=1e-6)
    assert stretch(0.95, alike) == pytest.approx(np.sqrt(1.5) * 2.776445 / 1.959964, rel=1e-6)


def test_degrees_of_freedom_are_welchs() -> None:
    """Variances 14/3 and 49/3 of 4 and 3 seeds: (7/6 + 49/9)² / ((7/6)²/3 + (49/9)²/2)."""
    one, other = np.array([[3.0], [5.0], [4.0], [8.0]]), np.array([[1.0], [9.0], [4.0]])
    assert degrees_of_freedom(one, other) == pytest.approx(
        (7 / 6 + 49 / 9) ** 2 / ((7 / 6) ** 2 / 3 + (49 / 9) ** 2 / 2)
    )


def test_of_the_mean_of_one_task_the_calibrated_interval_is_nearly_students() -> None:
    values = np.random.default_rng(0).normal(50, 10, 30)
    ours, students = bootstrap_estimate("mean", mean, values[:, None]), student_estimate(values)
    assert ends(ours) == pytest.approx(ends(students), abs=0.4)


def test_blocks_cover_every_resample_once() -> None:
    assert [len(range(*block.indices(2500))) for block in blocks(2500)] == [1000, 1000, 500]
    assert len(blocks(3, 0)) == 3


def test_students_interval_is_scipys() -> None:
    values = np.array([3.0, 5.0, 4.0, 8.0])
    theirs = scipy.stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert ends(student_estimate(values)) == pytest.approx((theirs.low, theirs.high))


def test_intervals_stay_inside_the_metrics_range() -> None:
    high = np.array([[90.0], [100.0], [100.0]])
    assert student_estimate(high[:, 0], bounds=(0, 100)).upper == 100
    assert bootstrap_estimate("mean", mean, high, bounds=(0, 100)).upper == 100


@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0], [4.0, 4.0, 4.0, 4.0], [0.1] * 3, [-9.4972067039] * 10])
def test_too_few_or_equal_values_get_no_interval(values: list[float]) -> None:
    assert student_estimate(np.array(values)).lower is None
    assert bootstrap_estimate("iqm", iqm, np.array(values)[:, None]).lower is None


@pytest.mark.parametrize("scores", [np.zeros((0, 2)), np.zeros(3), np.full((3, 2), np.nan), np.full((3, 2), np.inf)])
def test_what_are_no_scores_is_refused(scores: np.ndarray) -> None:
    with pytest.raises(UsageError, match="Scores must be"):
        bootstrap_estimate("mean", mean, scores)


@given(arrays(float, st.tuples(st.integers(3, 6), st.integers(1, 4)), elements=st.floats(-1e3, 1e3, width=32)))
def test_any_finite_scores_have_estimates(scores: np.ndarray) -> None:
    for estimate in bootstrap_estimates(FUNCTIONS, scores, resamples=50).values():
        assert np.isfinite(estimate.value)
        assert estimate.lower is None or estimate.lower <= estimate.value + 1e-6
        assert estimate.upper is None or estimate.upper >= estimate.value - 1e-6


@pytest.mark.parametrize(("successes", "trials"), [(0, 20), (20, 20), (7, 20), (3, 3)])
def test_wilsons_interval_is_statsmodels(successes: int, trials: int) -> None:
    assert wilson(successes, trials) == pytest.approx(proportion_confint(successes, trials, method="wilson"))


def test_of_a_fixed_model_the_unit_is_the_item() -> None:
    """Ten samples of an item are averaged, and do not make ten items."""
    samples = np.random.default_rng(0).integers(0, 2, (30, 10)).astype(float)
    estimate = item_estimate(samples)
    assert (estimate.unit, estimate.n, estimate.method) == ("items", 30, "Student")
    assert ends(estimate) == pytest.approx(ends(student_estimate(samples.mean(1))))
    assert item_estimate(samples[:, 0]).method == "Wilson"
    assert item_estimate(np.ones(20)).upper == 1
    assert ends(item_estimate(np.ones(20)))[0] < 0.9
