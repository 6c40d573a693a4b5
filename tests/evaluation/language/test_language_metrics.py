"""Metrics of language models against numbers worked out by hand, and against counting all subsets."""

from collections import Counter
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.errors import UsageError
from gnomon.evaluation.intervals import student_estimate
from gnomon.evaluation.language.averages import average_at_k, paired_difference
from gnomon.evaluation.language.passing import g_pass_at_k, mean_g_pass_at_k, pass_at_k
from gnomon.evaluation.language.rates import form_rates
from gnomon.evaluation.language.voting import majority_at_k

T_2 = 4.30265273  # Student's t at 0.975 with 2 degrees of freedom


def samples(right: int, n: int) -> list[bool]:
    return [True] * right + [False] * (n - right)


@pytest.mark.parametrize(
    ("right", "n", "k", "wanted"),
    [
        (3, 10, 4, 1 - 35 / 210),  # C(7, 4) = 35, C(10, 4) = 210
        (1, 8, 4, 0.5),
        (0, 8, 4, 0.0),
        (5, 8, 4, 1.0),  # three wrong samples cannot fill four places
        (2, 6, 1, 1 / 3),
        (1, 2, 1, 0.5),
    ],
)
def test_pass_at_k_by_hand(right: int, n: int, k: int, wanted: float) -> None:
    assert pass_at_k([samples(right, n)], k)[0] == pytest.approx(wanted, abs=1e-12)


def test_pass_at_k_is_unbiased_where_the_plug_in_is_not() -> None:
    p, n, k = 0.1, 16, 8
    chance = [comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1)]
    estimates = pass_at_k([samples(c, n) for c in range(n + 1)], k)
    assert np.dot(chance, estimates) == pytest.approx(1 - 0.9**8)  # 0.570
    assert np.dot(chance, 1 - (1 - np.arange(n + 1) / n) ** k) == pytest.approx(0.491, abs=5e-4)


def test_pass_at_k_does_not_overflow() -> None:
    assert pass_at_k([samples(1, 4096)], 2048)[0] == pytest.approx(0.5)


@pytest.mark.parametrize(("n", "k"), [(15, 8), (1, 1), (4, 0)])
def test_too_few_samples_are_refused(n: int, k: int) -> None:
    for metric in (pass_at_k, lambda correct, k: g_pass_at_k(correct, k, 0.5)):
        with pytest.raises(UsageError, match="needs at least"):
            metric([samples(1, n)], k)


def test_scores_between_0_and_1_are_no_verdicts() -> None:
    with pytest.raises(UsageError, match="true and false"):
        pass_at_k([[0.5, 1.0]], 1)


@pytest.mark.parametrize(
    ("right", "n", "k", "share", "wanted"),
    [
        (3, 6, 3, 2 / 3, 0.5),  # (C(3, 2) C(3, 1) + C(3, 3)) / C(6, 3) = (9 + 1) / 20
        (3, 6, 3, 1.0, 1 / 20),
        (3, 6, 3, 0.1, 1 - 1 / 20),  # pass@3
        (6, 8, 4, 0.75, 55 / 70),  # (C(6, 3) C(2, 1) + C(6, 4)) / C(8, 4) = (40 + 15) / 70
    ],
)
def test_g_pass_at_k_by_hand(right: int, n: int, k: int, share: float, wanted: float) -> None:
    assert g_pass_at_k([samples(right, n)], k, share)[0] == pytest.approx(wanted)


def test_mean_g_pass_at_k_by_hand() -> None:
    assert mean_g_pass_at_k([samples(6, 8)], 4)[0] == pytest.approx(2 / 4 * (55 / 70 + 15 / 70))
    with pytest.raises(UsageError, match="from 2"):
        mean_g_pass_at_k([samples(6, 8)], 1)
    with pytest.raises(UsageError, match="share is 0"):
        g_pass_at_k([samples(6, 8)], 4, 0)


@pytest.mark.parametrize(
    ("answers", "k", "wanted"),
    [
        ("aab", 1, 2 / 3),
        ("aab", 2, 2 / 3),  # aa: 1, ab and ab: ½
        ("aab", 3, 1.0),
        ("abb", 3, 0.0),
        ("ab-", 2, 0.5),  # ab: ½, a-: 1, b-: 0
        ("abcd", 4, 0.25),
        ("--", 2, 0.0),
        ("bbc", 2, 0.0),
    ],
)
def test_majority_at_k_by_hand(answers: str, k: int, wanted: float) -> None:
    """The answer a is right; - is a sample without an answer."""
    given_, right = _votes(answers)
    assert majority_at_k([given_], [right], k)[0] == pytest.approx(wanted)


def _votes(answers: str) -> tuple[list[str | None], list[bool]]:
    return [None if answer == "-" else answer for answer in answers], [answer == "a" for answer in answers]


@settings(deadline=None, max_examples=60)
@given(st.text("aabcd-", min_size=1, max_size=8), st.data())
def test_majority_at_k_is_the_mean_over_all_subsets(answers: str, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(answers)))
    shares = []
    for chosen in combinations(answers, k):
        votes = Counter(answer for answer in chosen if answer != "-")
        winners = [answer for answer, count in votes.items() if count == max(votes.values())]
        shares.append(("a" in winners) / max(len(winners), 1))
    given_, right = _votes(answers)
    assert majority_at_k([given_], [right], k)[0] == pytest.approx(np.mean(shares))


def test_two_right_spellings_are_two_candidates() -> None:
    assert majority_at_k([["1/2", "0.5", "7"]], [[True, True, False]], 3)[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("answers", "correct", "k", "sentence"),
    [
        ([["a", "b"]], [[True]], 1, "one shape"),
        ([["a"]], [[True]], 2, "2 voters cannot be chosen from 1"),
        ([["a", "a"]], [[True, False]], 1, "right in one sample and wrong in another"),
    ],
)
def test_votes_that_make_no_sense_are_refused(answers: list, correct: list, k: int, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        majority_at_k(answers, correct, k)


def test_clustered_interval_by_hand() -> None:
    # deviations ±½; sums of the clusters 1, −1, 0; SE² = 3/2 · 2 / 6²
    found = average_at_k([[1], [1], [0], [0], [1], [0]], clusters=list("aabbcc"), bounds=(-9, 9))
    assert (found.value, found.n, found.unit) == (0.5, 3, "clusters")
    assert found.lower == pytest.approx(0.5 - T_2 * (3 / 36) ** 0.5)
    assert found.upper == pytest.approx(0.5 + T_2 * (3 / 36) ** 0.5)


def test_a_cluster_an_item_is_students_interval() -> None:
    scores = np.array([[1.0, 0.5], [0.0, 0.0], [0.5, 0.5], [1.0, 1.0]])
    clustered = average_at_k(scores, clusters=range(4), bounds=(-9, 9))
    assert clustered.lower == pytest.approx(student_estimate(scores.mean(1)).lower)
    assert average_at_k(scores).value == pytest.approx(clustered.value)
    assert average_at_k(scores).unit == "items"


def test_more_samples_of_the_same_items_are_not_more_items() -> None:
    scores = np.array([[1, 0], [0, 0], [1, 1], [1, 0]])
    assert average_at_k(np.repeat(scores, 50, axis=1)) == average_at_k(scores)


def test_too_few_clusters_or_no_difference_have_no_interval() -> None:
    assert average_at_k([[1], [0], [1]], clusters=list("aab")).lower is None
    assert average_at_k([[1], [1], [1]], clusters=list("abc")).lower is None


def test_paired_difference_by_hand() -> None:
    names = ["one", "two", "three"]
    found = paired_difference([[1, 1], [1, 0], [0, 0]], [[0], [0], [0]], (names, names))
    assert found.value == pytest.approx(0.5)  # 1, ½, 0 with deviation ½
    assert found.lower == pytest.approx(0.5 - T_2 * 0.5 / 3**0.5)
    assert found.upper == 1.0
    with pytest.raises(UsageError, match="not asked the same items"):
        paired_difference([[1], [1], [0]], [[0], [0], [0]], (names, names[::-1]))
    with pytest.raises(UsageError, match="3 items, and scores of 2 and 3"):
        paired_difference([[1], [1]], [[0], [0], [0]], (names, names))


def test_shapes_that_make_no_sense_are_refused() -> None:
    with pytest.raises(UsageError, match="must be a matrix"):
        average_at_k([1, 0, 1])
    with pytest.raises(UsageError, match="2 items and 3 clusters"):
        average_at_k([[1], [0]], clusters=list("abc"))


def test_form_rates_by_hand() -> None:
    completions = ["1 + 1 = 2\nAnswer: 2", "answer: 2", None, "Answer: 2\nAnswer: 2", "Answer: 2 because\nI think so"]
    rates = form_rates(completions, [True, True, True, True, False])
    assert (rates.answered, rates.without_answer, rates.several_answers, rates.truncated) == (0.2, 0.2, 0.2, 0.2)
    with pytest.raises(UsageError, match="5 completions and 1 endings"):
        form_rates(completions, [True])
