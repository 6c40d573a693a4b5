"""Choosing policies: expected online performance, the bandit, offline estimates, and the costs of online learning."""

from itertools import combinations, product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from gnomon.errors import UsageError
from gnomon.evaluation.selection.bandit import BanditRules, bandit_band, bandit_curve
from gnomon.evaluation.selection.expected_performance import (
    expected_online_performance,
    performance_band,
    ranked_online_performance,
)
from gnomon.evaluation.selection.online_learning import dip, online_regret
from gnomon.evaluation.selection.policy_selection import rank_correlation, regret_at_k

VALUES = np.array([3.0, 1.0, 7.0, 7.0, 2.0])
values_and_estimates = st.integers(2, 8).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 9), min_size=n, max_size=n) for _ in range(2)])
)


def test_expected_performance_is_the_mean_of_all_draws() -> None:
    budgets = [1, 2, 3]
    with_replacement = [np.mean([max(draw) for draw in product(VALUES, repeat=n)]) for n in budgets]
    without = [np.mean([max(draw) for draw in combinations(VALUES, n)]) for n in budgets]
    assert expected_online_performance(VALUES, budgets).tolist() == pytest.approx(with_replacement)
    assert expected_online_performance(VALUES, budgets, replacement=False).tolist() == pytest.approx(without)


def test_expected_performance_begins_at_the_mean_and_ends_at_the_best() -> None:
    curve = expected_online_performance(VALUES, range(1, 6), replacement=False)  # pyright: ignore[reportArgumentType]
    assert (curve[0], curve[-1]) == pytest.approx((4, 7))
    large = expected_online_performance(np.arange(5000.0), [1, 4000], replacement=False)
    assert large.tolist() == pytest.approx([2499.5, 4000 * 5001 / 4001 - 1])  # E[max rank] = n (N + 1) / (n + 1)


@pytest.mark.parametrize("budgets", [[0], [-1], [1.5], [], [[1]], [6]])
def test_budgets_that_are_none(budgets: list) -> None:
    with pytest.raises(UsageError, match="Budgets must be whole numbers from 1"):
        expected_online_performance(VALUES, budgets, replacement=False)


def test_offline_ranking_by_hand() -> None:
    """Deployed in the order 1, 3, 7; the tie of 3 and 1 is broken against the method."""
    curve = ranked_online_performance(np.array([3.0, 1.0, 7.0]), np.array([5.0, 5.0, 2.0]), [1, 2, 3])
    assert curve.tolist() == [1, 3, 7]


def test_a_band_around_expected_performance() -> None:
    values = np.random.default_rng(0).normal(50, 10, (20, 4))
    band = performance_band(values, [1, 5, 20])
    assert band.lower is not None
    assert band.upper is not None
    assert (band.lower < band.value).all()
    assert (band.value < band.upper).all()
    assert band.lower.tobytes() == performance_band(values, [1, 5, 20]).lower.tobytes()  # pyright: ignore[reportOptionalMemberAccess]


def returns(policies: int = 10, episodes: int = 60) -> np.ndarray:
    return np.linspace(20, 80, policies)[:, None] + np.random.default_rng(0).normal(0, 20, (policies, episodes))


def test_the_bandit_finds_the_best_policy_and_starts_with_any() -> None:
    scores = returns()
    curve = bandit_curve(scores, BanditRules(policies=10, pulls=400, trials=200))
    assert curve[0] == pytest.approx(scores.mean(), abs=5)
    assert curve[-1] == pytest.approx(scores.mean(1).max(), abs=1.5)
    assert len(curve) == 400


@given(st.floats(0.01, 100), st.floats(-1000, 1000))
def test_the_unit_of_the_return_does_not_matter(scale: float, shift: float) -> None:
    rules, scores = BanditRules(policies=4, pulls=30, trials=20), returns(5, 20)
    expected = bandit_curve(scores, rules) * scale + shift
    assert bandit_curve(scores * scale + shift, rules) == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_with_all_episodes_the_bandit_knows_the_truth() -> None:
    """Episodes are drawn without replacement, so that the mean of all of an arm's episodes is its value."""
    scores = returns(4, 5)
    curve = bandit_curve(scores, BanditRules(policies=4, pulls=20, trials=50))
    assert curve[-1] == pytest.approx(scores.mean(1).max())


def test_the_bandit_is_the_same_every_time_and_another_with_another_seed() -> None:
    rules = BanditRules(policies=5, pulls=20, trials=30)
    assert bandit_curve(returns(), rules, 1).tobytes() == bandit_curve(returns(), rules, 1).tobytes()
    assert bandit_curve(returns(), rules, 1).tobytes() != bandit_curve(returns(), rules, 2).tobytes()


def test_constant_returns_and_a_single_policy_are_played() -> None:
    assert bandit_curve(np.full((3, 4), 5.0), BanditRules(3, 12, trials=4)).tolist() == [5.0] * 12
    assert bandit_curve(returns(1, 9), BanditRules(1, 9, trials=2))[0] == pytest.approx(returns(1, 9).mean())


def test_more_trials_do_not_make_few_policies_certain() -> None:
    widths = []
    for trials in (100, 1000):
        band = bandit_band(returns(6, 30), BanditRules(3, 20, trials=trials), resamples=60)
        assert band.lower is not None
        assert band.upper is not None
        widths.append((band.upper - band.lower).mean())
    assert widths[1] > 0.7 * widths[0]


@pytest.mark.parametrize(
    "rules",
    [
        BanditRules(policies=0),
        BanditRules(policies=11),
        BanditRules(pulls=-5),
        BanditRules(pulls=481),
        BanditRules(trials=0),
        BanditRules(exploration=-1),
        BanditRules(exploration=float("nan")),
    ],
)
def test_rules_that_cannot_be_played(rules: BanditRules) -> None:
    with pytest.raises(UsageError, match="must be"):
        bandit_curve(returns(), rules)


@given(values_and_estimates)
def test_regret_shrinks_with_k_and_does_not_depend_on_the_order(pair: tuple[list[int], list[int]]) -> None:
    values, estimated = (np.array(numbers, float) for numbers in pair)
    regrets = [regret_at_k(values, estimated, k) for k in range(1, len(values) + 1)]
    assert regrets == sorted(regrets, reverse=True)
    assert regrets[-1] == 0
    assert regret_at_k(values[::-1], estimated[::-1]) == regrets[0]


@given(values_and_estimates)
def test_rank_correlation_is_scipys(pair: tuple[list[int], list[int]]) -> None:
    values, estimated = (np.array(numbers, float) for numbers in pair)
    if np.ptp(values) == 0 or np.ptp(estimated) == 0:
        with pytest.raises(UsageError, match="that differ"):
            rank_correlation(values, estimated)
    else:
        theirs, _ = scipy.stats.spearmanr(values, estimated)
        assert rank_correlation(values, estimated) == pytest.approx(theirs)


def test_regret_by_hand() -> None:
    values, estimated = np.array([10.0, 20.0, 50.0]), np.array([3.0, 2.0, 1.0])
    assert [regret_at_k(values, estimated, k, normalised=False) for k in (1, 2, 3)] == [40, 30, 0]
    assert regret_at_k(values, estimated, 2) == pytest.approx(0.75)


@pytest.mark.parametrize("k", [0, -1, 4])
def test_k_outside_the_policies(k: int) -> None:
    with pytest.raises(UsageError, match="k must be from 1 to 3"):
        regret_at_k(np.arange(3.0), np.arange(3.0), k)


def test_what_are_no_values_is_refused() -> None:
    for wrong in (np.array([1.0, np.nan]), np.zeros(0)):
        with pytest.raises(UsageError):
            regret_at_k(wrong, wrong)
        with pytest.raises(UsageError):
            expected_online_performance(wrong, [1])
        with pytest.raises(UsageError):
            online_regret(wrong)


def test_regret_and_dip_of_learning_online() -> None:
    """Training scores 80, 60, 100, 120 give away 0.2, 0.4, 0, −0.2; the dip is looked for in steps 1 … 100 of 1000."""
    assert online_regret(np.array([80.0, 60.0, 100.0, 120.0])) == pytest.approx(0.1)
    steps, scores = np.array([0, 50, 100, 101, 1000]), np.array([0.0, 55.0, 50.0, 10.0, 90.0])
    assert dip(70, steps, scores, 1000) == 20
    with pytest.raises(UsageError, match="No evaluation lies in the first tenth"):
        dip(70, steps[3:], scores[3:], 1000)
    with pytest.raises(UsageError, match="one score for each of the steps"):
        dip(70, steps, scores[1:], 1000)
