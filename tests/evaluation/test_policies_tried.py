"""Expected Online Performance over the seeds of one algorithm, averaged over tasks."""

import numpy as np
import pytest

from gnomon.evaluation.selection.expected_performance import expected_online_performance
from gnomon.evaluation.selection.policies_tried import best_of_policies

SCORES = np.array([[0.0, 100.0], [50.0, 100.0], [100.0, 100.0]])


def test_each_task_keeps_its_own_best() -> None:
    """Three seeds that score 0, 50, 100 on one task and 100 on the other; worked out by hand."""
    first = [50, (50 * 3 + 100 * 5) / 9, (50 * 7 + 100 * 19) / 27]
    assert best_of_policies(SCORES).value == pytest.approx([(value + 100) / 2 for value in first])


def test_one_task_is_the_formula_of_the_literature() -> None:
    scores = np.random.default_rng(0).normal(50, 20, 7)
    found = best_of_policies(scores[:, None]).value
    assert found == pytest.approx(expected_online_performance(scores, range(1, 8)))
    assert (np.diff(found) > 0).all()


def test_the_band_holds_the_curve_is_wider_where_seeds_differ_and_is_the_same_twice() -> None:
    band, again, narrow = best_of_policies(SCORES), best_of_policies(SCORES), best_of_policies(SCORES / 10)
    assert band.lower is not None
    assert band.upper is not None
    assert narrow.lower is not None
    assert (band.lower <= band.value).all()
    assert (band.value <= band.upper).all()
    assert np.array_equal(band.lower, again.lower)  # type: ignore[arg-type]
    assert band.value - band.lower == pytest.approx(10 * (narrow.value - narrow.lower))


def test_two_seeds_have_a_curve_and_no_band() -> None:
    band = best_of_policies(SCORES[:2])
    assert band.value == pytest.approx([62.5, 68.75])
    assert band.lower is None
