"""Our statistics against rliable and SciPy: equal definitions, and equal intervals on the same random numbers."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rliable import library, metrics

from gnomon.errors import UsageError
from gnomon.evaluation.bootstrap import distribution, drawn_from, percentiles
from gnomon.evaluation.improvement import improvements, probability_of_improvement
from gnomon.evaluation.intervals import LEVEL
from gnomon.evaluation.profiles import Profile
from gnomon.evaluation.rliable_mode import GlobalDraws, rliable_improvement, rliable_intervals, rliable_profiles
from gnomon.evaluation.statistics import STATISTICS
from gnomon.evaluation.statistics.iqm import iqm, iqm_exact

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")
THEIRS: dict[str, Callable] = {
    "iqm": metrics.aggregate_iqm,
    "mean": metrics.aggregate_mean,
    "median": metrics.aggregate_median,
    "optimality-gap": lambda scores: metrics.aggregate_optimality_gap(scores, 100),
}
THRESHOLDS = np.linspace(0, 100, 41)
score_matrices = arrays(float, st.tuples(st.integers(1, 7), st.integers(1, 6)), elements=st.floats(-50, 150, width=32))


def studies(*seeds: int) -> dict[str, np.ndarray]:
    """Algorithms with so many seeds on four tasks."""
    stream = np.random.default_rng(1)
    return {f"algorithm {place}": stream.normal(50, 40, (count, 4)) for place, count in enumerate(seeds)}


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


@given(score_matrices)
def test_the_two_interquartile_means_agree_where_a_quarter_is_whole(scores: np.ndarray) -> None:
    four_times = np.repeat(scores, 4, axis=0)
    assert float(iqm(four_times)) == pytest.approx(float(iqm_exact(scores)), abs=1e-9)
    assert float(iqm_exact(four_times)) == pytest.approx(float(iqm_exact(scores)), abs=1e-9)


@given(
    arrays(float, st.tuples(st.integers(1, 6), st.just(3)), elements=st.integers(0, 4).map(float)),
    arrays(float, st.tuples(st.integers(1, 6), st.just(3)), elements=st.integers(0, 4).map(float)),
)
def test_probability_of_improvement_is_rliables(mine: np.ndarray, theirs: np.ndarray) -> None:
    ours = float(probability_of_improvement(mine, theirs))
    assert ours == pytest.approx(float(metrics.probability_of_improvement(mine, theirs)))
    assert ours + float(probability_of_improvement(theirs, mine)) == pytest.approx(1)


def test_intervals_are_rliables_bit_for_bit() -> None:
    """Rliable draws from NumPy's global state, one resample and one algorithm after another; two blocks of ours."""
    scores, names = studies(5, 7, 8, 1), sorted(THEIRS)
    np.random.seed(7)  # noqa: NPY002
    every = lambda matrix: np.array([THEIRS[name](matrix) for name in names])  # noqa: E731
    _, theirs = library.get_interval_estimates(scores, every, reps=1500)
    ours = rliable_intervals(scores, names, seed=7, resamples=1500)
    for algorithm in scores:
        assert np.array_equal(ours[algorithm], theirs[algorithm]), algorithm


@pytest.mark.parametrize("of_averages", [False, True])
def test_profiles_are_rliables_bit_for_bit(of_averages: bool) -> None:
    scores, profile = studies(5, 10), Profile(THRESHOLDS, of_averages)
    np.random.seed(3)  # noqa: NPY002
    values, theirs = library.create_performance_profile(scores, THRESHOLDS, not of_averages, reps=200)
    ours = rliable_profiles(scores, profile, seed=3, resamples=200)
    for algorithm, matrix in scores.items():
        assert np.array_equal(profile.compute(matrix), values[algorithm])
        assert np.array_equal(ours[algorithm], theirs[algorithm])


def test_intervals_of_improvement_are_rliables_bit_for_bit() -> None:
    one, other, third = studies(5, 7, 10).values()
    pairs = {"a": (one, other), "b": (other, third)}
    np.random.seed(5)  # noqa: NPY002
    func = lambda x, y: np.array([metrics.probability_of_improvement(x, y)])  # noqa: E731
    _, theirs = library.get_interval_estimates({name: list(pair) for name, pair in pairs.items()}, func, reps=150)
    ours = rliable_improvement(pairs, seed=5, resamples=150)
    assert {name: ends.ravel().tolist() for name, ends in theirs.items()} == {n: list(ends) for n, ends in ours.items()}


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_the_global_draws_are_numpys(seed: int, sizes: list[int]) -> None:
    draws, state = GlobalDraws(seed), np.random.RandomState(seed)
    for seeds in sizes:
        assert np.array_equal(draws(3, seeds, 2), state.choice(seeds, (3, seeds, 2)))


def test_a_seed_that_rliable_cannot_have() -> None:
    with pytest.raises(UsageError, match="from 0 to 2³² − 1, not -1"):
        GlobalDraws(-1)


def test_the_bootstrap_is_scipys_within_the_noise_of_resampling() -> None:
    """SciPy's bootstrap of one sample a task is the stratified bootstrap; 50,000 resamples of either."""
    scores = np.random.default_rng(2).normal(50, 20, (6, 5))
    trimmed = lambda *sample, axis: scipy.stats.trim_mean(np.concatenate(sample, axis), 0.25, axis)  # noqa: E731
    theirs = scipy.stats.bootstrap(
        tuple(scores.T),
        trimmed,
        paired=False,
        vectorized=True,
        method="percentile",
        n_resamples=50_000,
        batch=5_000,
        rng=np.random.default_rng(3),
    ).confidence_interval
    (drawn,) = distribution([iqm], [scores], [drawn_from(np.random.default_rng(4))], 50_000)
    assert percentiles(drawn, LEVEL) == pytest.approx(tuple(theirs), abs=0.25)


def test_the_fast_improvement_is_the_slow_one_on_the_same_draws() -> None:
    """Counts · wins · counts against comparing every resampled pair of seeds."""
    from gnomon.evaluation.intervals import interval_estimate
    from gnomon.evaluation.streams import keyed_stream

    scores = studies(4, 6)
    (one, mine), (other, theirs) = scores.items()
    draws = [drawn_from(keyed_stream("bootstrap", name)) for name in scores]
    (drawn,) = distribution([probability_of_improvement], [mine, theirs], draws, 2_500)
    value = float(probability_of_improvement(mine, theirs))
    slow = interval_estimate("probability of improvement", value, drawn, mine, theirs, bounds=(0, 1))
    fast = improvements(scores, resamples=2_500)[one, other]
    assert (fast.lower, fast.upper, fast.value) == pytest.approx((slow.lower, slow.upper, slow.value), abs=1e-12)
