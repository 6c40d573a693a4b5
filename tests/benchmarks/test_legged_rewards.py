"""What a quadruped is paid for: the terms are the control suite's tolerances, with the widths of D5RL."""

from math import prod

import numpy as np
import pytest
from dm_control.utils.rewards import tolerance
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.simulators.legged_rewards import (
    heading_error,
    heading_term,
    posture_term,
    speed_term,
    upright_term,
)

STAND = np.tile([0.0, 0.9, -1.8], 4)
SPREAD = np.tile([0.2, 0.4, 0.4], 4)


@given(st.floats(-2, 2), st.sampled_from([0.25, 0.5, 1.25]))
def test_the_speed_term_is_the_control_suites_tolerance(speed: float, target: float) -> None:
    theirs = tolerance(speed, (target - 0.1, target + 0.1), target, "linear", 0)
    assert speed_term(speed, target) == pytest.approx(theirs, abs=1e-12)


@given(st.floats(-1, 1))
def test_the_upright_term_is_the_control_suites_tolerance(up: float) -> None:
    theirs = tolerance(up, (0.9, np.inf), 0.9, "quadratic", 0)
    assert upright_term(up) == pytest.approx(theirs, abs=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_the_posture_term_is_a_product_of_the_control_suites_tolerances(seed: int) -> None:
    joints = STAND + np.random.default_rng(seed).uniform(-2, 2, 12) * SPREAD
    bounds = zip(joints, STAND - SPREAD, STAND + SPREAD, SPREAD, strict=True)
    theirs = prod(float(tolerance(joint, (low, high), margin, "gaussian", 0.5)) for joint, low, high, margin in bounds)
    assert posture_term(joints) == pytest.approx(theirs)


@given(st.floats(-np.pi, np.pi))
def test_the_heading_term_is_the_control_suites_tolerance(error: float) -> None:
    theirs = tolerance(error, (-np.pi / 12, np.pi / 12), np.pi, "linear", 0)
    assert heading_term(error) == pytest.approx(theirs, abs=1e-12)


@given(st.floats(-np.pi, np.pi), st.floats(-3, 3))
def test_a_heading_error_is_wrapped(heading: float, turn: float) -> None:
    """The way lies `turn` to the left of the heading, wherever the angles of the two are cut."""
    vectors = [np.array([np.cos(angle), np.sin(angle)]) for angle in (heading, heading + turn)]
    assert heading_error(*vectors) == pytest.approx(turn, abs=1e-9)
