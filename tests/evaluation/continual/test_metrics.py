"""The metrics of learning in sequence, against values worked by hand from the formulas of arXiv 2105.10919."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gnomon.errors import UsageError
from gnomon.evaluation.continual.metrics import average_performance, forgetting, forward_transfer
from gnomon.evaluation.continual.protocol import TaskSequence
from gnomon.evaluation.continual.run import Performance

SEQUENCE = TaskSequence(("maze/one-v1", "maze/two-v1"), ("maze/three-v1", "maze/four-v1", "maze/five-v1"))
STAGES = np.array(  # after pretraining, then after each of three tasks; the first two were learned before
    [
        [0.8, 0.6, 0.0, 0.1, 0.0],
        [0.6, 0.6, 0.9, 0.1, 0.0],
        [0.5, 0.4, 0.7, 0.8, 0.2],
        [0.4, 0.4, 0.6, 0.9, 1.0],
    ]
)
CURVES = np.array([[0.1, 0.3, 0.9, 0.9], [0.2, 0.6, 0.8, 0.8], [0.2, 1.0, 1.0, 1.0]])
PERFORMANCE = Performance(SEQUENCE, STAGES, CURVES)


def test_average_performance_is_of_the_sequence_at_its_end() -> None:
    assert PERFORMANCE.average_performance() == pytest.approx((0.6 + 0.9 + 1.0) / 3)


def test_forgetting_is_from_the_end_of_a_task_to_the_end_of_all() -> None:
    """0.9 − 0.6, 0.8 − 0.9 and 1 − 1: the second task was helped, the last cannot be forgotten."""
    assert PERFORMANCE.forgetting() == pytest.approx((0.3 - 0.1 + 0.0) / 3)


def test_what_was_known_before_is_forgotten_from_the_start_of_the_sequence() -> None:
    assert PERFORMANCE.pretraining_forgetting() == pytest.approx((0.4 + 0.2) / 2)


def test_forward_transfer_is_the_gained_area_over_what_could_be_gained() -> None:
    """Areas 0.55, 0.6 and 0.8 against 0.5, 0.7 and 0.2: 0.05/0.5, −0.1/0.3 and 0.6/0.8."""
    from_nothing = np.array([[0.0, 0.2, 0.8, 1.0], [0.4, 0.8, 0.8, 0.8], [0.0, 0.0, 0.2, 0.6]])
    assert forward_transfer(CURVES, from_nothing) == pytest.approx([0.1, -1 / 3, 0.75])
    assert PERFORMANCE.forward_transfer(from_nothing) == pytest.approx((0.1 - 1 / 3 + 0.75) / 3)


def test_a_task_without_room_above_its_reference_is_refused() -> None:
    with pytest.raises(UsageError, match="has no forward transfer"):
        forward_transfer([[0.5, 0.5]], [[1.0, 1.0]])


UNIT = st.floats(0, 1)


@given(arrays(np.float64, (4, 3), elements=UNIT), arrays(np.float64, (4, 3), elements=UNIT))
def test_forgetting_turns_its_sign_with_time(before: np.ndarray, after: np.ndarray) -> None:
    assert np.array_equal(forgetting(before, after), -forgetting(after, before))
    assert forgetting(before, after).mean(-1) == pytest.approx(average_performance(before) - average_performance(after))


@given(arrays(np.float64, (5, 6), elements=UNIT), arrays(np.float64, (5, 4), elements=st.floats(0, 0.9)))
def test_forward_transfer_is_at_most_one_and_that_of_itself_is_none(curves: np.ndarray, alone: np.ndarray) -> None:
    assert (forward_transfer(curves, alone) <= 1).all()
    assert not forward_transfer(alone, alone).any()
    assert forward_transfer(np.ones((5, 6)), alone) == pytest.approx(np.ones(5))
