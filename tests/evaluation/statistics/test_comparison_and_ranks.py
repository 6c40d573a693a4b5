"""Pairwise tests, ranks and tiers."""

from itertools import permutations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from gnomon.errors import ComparisonError, UsageError
from gnomon.evaluation.comparison import compare, holm, samples
from gnomon.evaluation.improvement import improvements
from gnomon.evaluation.ranks import ranking
from gnomon.evaluation.statistics import STATISTICS
from gnomon.evaluation.statistics.iqm import iqm
from gnomon.evaluation.statistics.mean import mean

STREAM = np.random.default_rng(0)
FOUR = {name: STREAM.normal(level, 3, (5, 4)) for name, level in {"a": 90, "b": 89, "c": 50, "d": 10}.items()}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_what_stepping_down_rejects(p: list[float]) -> None:
    """Holm 1979: the smallest p is held against 5 % / k, the next against 5 % / (k − 1), until one is not below it."""
    order, rejected = sorted(range(len(p)), key=p.__getitem__), set()
    for step, place in enumerate(order):
        if p[place] * (len(p) - step) >= 0.05:
            break
        rejected.add(place)
    assert {place for place, adjusted in enumerate(holm(p)) if adjusted < 0.05} == rejected


def test_holm_is_statsmodels() -> None:
    p = [0.01, 0.04, 0.03, 0.005, 0.5, 0.03]
    assert holm(p) == pytest.approx(list(multipletests(p, method="holm")[1]))  # pyright: ignore[reportArgumentType]


def test_of_the_mean_of_one_task_welchs_test_is_scipys() -> None:
    one, other = np.random.default_rng(1).normal(50, 10, 20), np.random.default_rng(2).normal(58, 20, 15)
    (ours,) = compare(samples({"x": one[:, None], "y": other[:, None]}, mean, 50_000), mean)
    _, theirs = scipy.stats.ttest_ind(one, other, equal_var=False)
    assert ours.p == pytest.approx(theirs, rel=0.03)
    assert ours.difference == pytest.approx(one.mean() - other.mean())


def test_of_one_task_the_permutation_test_is_scipys() -> None:
    one, other = np.array([1.0, 2.0, 3.5, 4.0]), np.array([3.0, 5.0, 6.0, 7.0])
    (ours,) = compare(samples({"x": one[:, None], "y": other[:, None]}, mean), mean, "permutation")
    theirs = scipy.stats.permutation_test((one, other), lambda x, y: x.mean() - y.mean(), n_resamples=100)
    assert ours.p == pytest.approx(theirs.pvalue, abs=0.01)


def test_seeds_that_never_vary_are_not_certain() -> None:
    """Three seeds at 100 against three at 0 can be dealt in 20 ways, and two of them look like this: p = 0.1."""
    scores = {"x": np.full((3, 1), 100.0), "y": np.zeros((3, 1))}
    (pair,) = compare(samples(scores, mean), mean)
    assert pair.p == pytest.approx(0.1, abs=0.01)
    assert compare(samples({"x": np.ones((3, 1)), "y": np.ones((3, 1))}, mean), mean)[0].p == 1


def test_a_pair_does_not_depend_on_the_others_nor_on_the_order() -> None:
    alone = compare(samples({name: FOUR[name] for name in "ab"}, iqm), iqm)[0]
    reordered = {(p.algorithm, p.over): p for p in compare(samples(dict(reversed(FOUR.items())), iqm), iqm)}
    assert reordered["b", "a"].p == pytest.approx(alone.p, rel=1e-12)
    pair = improvements({name: FOUR[name] for name in "ab"})["a", "b"]
    for order in permutations(FOUR):
        assert improvements({name: FOUR[name] for name in order}, resamples=10_000)["a", "b"].value == pair.value
    mirrored = improvements(dict(reversed(FOUR.items())))["a", "b"]
    assert (mirrored.lower, mirrored.upper) == pytest.approx((pair.lower, pair.upper), abs=1e-12)


def test_an_algorithm_with_two_seeds_takes_no_interval_from_the_others() -> None:
    found = improvements(FOUR | {"few": np.zeros((2, 4))})
    assert found["a", "few"].lower is None
    assert found["a", "b"] == improvements(FOUR)["a", "b"]


def test_ranks_intervals_and_tiers() -> None:
    """A and b cannot be told apart; c and d can, from all."""
    rows = ranking(FOUR, STATISTICS["iqm"])
    assert [(row.algorithm, row.tier, row.best_rank, row.worst_rank) for row in rows] == [
        ("a", 1, 1, 2),
        ("b", 1, 1, 2),
        ("c", 2, 3, 3),
        ("d", 3, 4, 4),
    ]
    assert [row.rank for row in rows] == [1, 2, 3, 4]
    assert sum(row.probability_best for row in rows) == pytest.approx(1)
    assert rows[0].probability_best > rows[1].probability_best > 0
    assert rows[3].probability_best == 0


def test_where_less_is_better_the_ranking_is_turned_around() -> None:
    rows = ranking(FOUR, STATISTICS["optimality-gap"])
    assert [row.algorithm for row in rows] == ["a", "b", "c", "d"]
    assert rows[0].value < rows[3].value


def test_equals_share_a_rank_and_the_chance_of_being_best() -> None:
    rows = ranking({"y": np.full((3, 2), 5.0), "x": np.full((3, 2), 5.0)}, STATISTICS["mean"])
    assert [(row.algorithm, row.rank, row.tier, row.probability_best) for row in rows] == [
        ("x", 1, 1, 0.5),
        ("y", 1, 1, 0.5),
    ]


def test_a_ranking_is_the_same_in_any_order() -> None:
    orders = [ranking({name: FOUR[name] for name in order}, STATISTICS["iqm"]) for order in ("abcd", "dcba", "bdac")]
    assert orders[0] == orders[1] == orders[2]
    assert ranking({}, STATISTICS["iqm"]) == []


def test_other_tasks_and_unknown_tests_are_refused() -> None:
    with pytest.raises(ComparisonError, match="run on the same tasks"):
        ranking({"x": np.zeros((3, 2)), "y": np.zeros((3, 1))}, STATISTICS["iqm"])
    with pytest.raises(UsageError, match="no test 'guess'"):
        compare(samples(FOUR, iqm), iqm, "guess")  # pyright: ignore[reportArgumentType]
