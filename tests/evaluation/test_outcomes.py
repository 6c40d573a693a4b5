"""What is derived from an outcome."""

import pytest

from gnomon.evaluation.outcomes import Outcome


@pytest.mark.parametrize(
    ("success", "length", "value"), [(True, 1, 0.99), (True, 2, 0.9801), (False, 1, 0), (False, 800, 0)]
)
def test_success_is_worth_more_the_sooner_it_comes(success: bool, length: int, value: float) -> None:
    outcome = Outcome(item=0, value=float(success), total_reward=float(success), success=success, length=length)
    assert outcome.discounted_success == pytest.approx(value)
