"""Our statistics against rliable and SciPy: equal definitions, and equal intervals on the same random numbers."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rliable import library, metrics

from gnomon.evaluation.improvement import probability_of_improvement
from gnomon.evaluation.intervals import (
    bootstrap_estimate,
    stratified_bootstrap,
    stratified_indices,
    student_estimate,
)
from gnomon.evaluation.statistics import STATISTICS

THEIRS = {
    "iqm": metrics.aggregate_iqm,
    "mean": metrics.aggregate_mean,
    "median": metrics.aggregate_median,
    "optimality-gap": lambda scores: 100 * metrics.aggregate_optimality_gap(scores / 100),
}
score_matrices = arrays(float, st.tuples(st.integers(1, 7), st.integers(1, 6)), elements=st.floats(-50, 150, width=32))


def test_every_statistic_has_an_oracle() -> None:
    assert list(STATISTICS) == sorted(THEIRS)
    assert STATISTICS.broken == {}


@pytest.mark.parametrize("name", sorted(THEIRS))
@given(scores=score_matrices)
def test_a_statistic_is_rliables(name: str, scores: np.ndarray) -> None:
    assert float(STATISTICS[name].compute(scores)) == pytest.approx(float(THEIRS[name](scores)), abs=1e-9)


@given(scores=score_matrices, shuffle=st.randoms(use_true_random=False))
def test_the_order_of_seeds_does_not_matter(scores: np.ndarray, shuffle) -> None:
    order = list(range(len(scores)))
    shuffle.shuffle(order)
    for statistic in STATISTICS.values():
        assert float(statistic.compute(scores)) == pytest.approx(float(statistic.compute(scores[order])))


@given(
    arrays(float, st.tuples(st.integers(1, 6), st.just(3)), elements=st.integers(0, 4).map(float)),
    arrays(float, st.tuples(st.integers(1, 6), st.just(3)), elements=st.integers(0, 4).map(float)),
)
def test_probability_of_improvement_is_rliables(mine: np.ndarray, theirs: np.ndarray) -> None:
    ours = float(probability_of_improvement(mine, theirs))
    assert ours == pytest.approx(float(metrics.probability_of_improvement(mine, theirs)))
    assert ours + float(probability_of_improvement(theirs, mine)) == pytest.approx(1)


@pytest.mark.parametrize("name", ["iqm", "mean", "median"])
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_interval_is_rliables_on_the_same_random_numbers(name: str) -> None:
    """Rliable draws from NumPy's global state, whatever `random_state` is given, one resample after another."""
    scores, resamples = np.random.default_rng(1).normal(50, 20, (5, 4)), 300
    np.random.seed(7)  # noqa: NPY002
    theirs = library.get_interval_estimates({"a": scores}, lambda x: np.array([THEIRS[name](x)]), reps=resamples)
    indices = np.random.RandomState(7).randint(0, 5, (resamples, 5, 4))
    ours = stratified_bootstrap(STATISTICS[name].compute, scores, indices=[indices])
    assert np.allclose(ours, theirs[1]["a"][:, 0], rtol=0, atol=1e-12)


def test_the_interval_is_scipys_within_the_noise_of_resampling() -> None:
    scores = np.random.default_rng(2).normal(50, 20, (6, 5))
    columns = tuple(scores.T)
    iqm = lambda *sample, axis: scipy.stats.trim_mean(np.concatenate(sample, axis), 0.25, axis)  # noqa: E731
    theirs = scipy.stats.bootstrap(
        columns,
        iqm,
        paired=False,
        vectorized=True,
        method="percentile",
        n_resamples=10_000,
        rng=np.random.default_rng(3),
    ).confidence_interval
    ours = bootstrap_estimate("iqm", STATISTICS["iqm"].compute, scores)
    assert (ours.lower, ours.upper) == pytest.approx(tuple(theirs), abs=0.6)


def test_an_interval_is_the_same_every_time_and_contains_the_value() -> None:
    scores = np.random.default_rng(4).normal(50, 20, (5, 3))
    first, second = (bootstrap_estimate("iqm", STATISTICS["iqm"].compute, scores) for _ in range(2))
    assert first == second
    assert first.lower is not None
    assert first.upper is not None
    assert first.lower < first.value < first.upper


def test_each_task_is_resampled_on_its_own() -> None:
    indices = stratified_indices(5, 3, 1000, np.random.default_rng(0))
    assert indices.shape == (1000, 5, 3)
    assert (indices.min(), indices.max()) == (0, 4)
    assert abs(np.corrcoef(indices[:, 0, 0], indices[:, 0, 1])[0, 1]) < 0.1


def test_students_interval_is_scipys() -> None:
    values = np.array([3.0, 5.0, 4.0, 8.0])
    ours = student_estimate(values)
    theirs = scipy.stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (ours.lower, ours.upper) == pytest.approx((theirs.low, theirs.high))


def test_students_interval_stays_inside_the_metrics_range() -> None:
    clipped = student_estimate(np.array([90.0, 100.0, 100.0]), bounds=(0, 100))
    assert clipped.upper == 100


@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0], [4.0, 4.0, 4.0, 4.0], [0.1] * 3, [-9.4972067039] * 10])
def test_too_few_or_equal_values_get_no_interval(values: list[float]) -> None:
    assert student_estimate(np.array(values)).lower is None
    assert bootstrap_estimate("iqm", STATISTICS["iqm"].compute, np.array(values)[:, None]).lower is None
