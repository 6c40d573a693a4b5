"""Performance profiles and simultaneous bands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.errors import UsageError
from gnomon.evaluation.bands import curve_band, max_deviation_band, sup_t_band
from gnomon.evaluation.profiles import Profile
from gnomon.evaluation.statistics.mean import mean

CURVES = np.random.default_rng(0).normal(50, 10, (5, 3, 7)).cumsum(-1)


def test_a_profile_by_hand() -> None:
    """Two seeds of two tasks: 10, 90 and 50, 70; strictly above 10, 50 and 60 lie 3, 2 and 2 of 4 runs."""
    scores = np.array([[10.0, 50.0], [90.0, 70.0]])
    assert Profile(np.array([10.0, 50.0, 60.0])).compute(scores).tolist() == [0.75, 0.5, 0.5]
    assert Profile(np.array([10.0, 50.0, 60.0]), of_averages=True).compute(scores).tolist() == [1, 0.5, 0]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 50))
def test_a_profile_is_what_it_says(seeds: int, tasks: int, seed: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 5, (seeds, tasks)).astype(float)
    thresholds = np.array([-1.0, 0.0, 2.0, 2.5, 4.0])
    assert Profile(thresholds).compute(scores).tolist() == [(scores > threshold).mean() for threshold in thresholds]


@pytest.mark.parametrize("thresholds", [[1.0, 1.0], [2.0, 1.0], [np.nan], [[1.0]]])
def test_thresholds_that_do_not_rise_are_refused(thresholds: list) -> None:
    with pytest.raises(UsageError, match="thresholds of a performance profile"):
        Profile(np.array(thresholds))


def test_a_profiles_band_is_of_one_width_inside_the_unit_interval() -> None:
    scores = np.random.default_rng(1).normal(50, 20, (5, 8))
    band = Profile(np.linspace(0, 100, 21)).band(scores)
    assert band.lower is not None
    assert band.upper is not None
    assert (band.lower >= 0).all()
    assert (band.upper <= 1).all()
    inside = (band.lower > 0) & (band.upper < 1)
    assert np.ptp((band.upper - band.lower)[inside]) < 1e-12


def test_a_sup_t_band_by_hand() -> None:
    """Deviations −1, 0, 1 of sd √(2/3) everywhere and a point that never moves: c = √1.5, carried over to t."""
    scores = np.array([[1.0], [2.0], [3.0]])
    drawn = np.tile([[4.0, 9.0], [5.0, 9.0], [6.0, 9.0]], (1000, 1))
    band = sup_t_band(np.array([5.0, 9.0]), drawn, scores)
    from scipy.stats import norm, t

    critical = np.sqrt(1.5) * t.isf(norm.sf(np.sqrt(1.5)), 2)
    assert band.critical == pytest.approx(critical)
    assert band.lower == pytest.approx([5 - critical * np.sqrt(2 / 3), 9])


def test_a_max_deviation_band_by_hand() -> None:
    """The largest deviations are 1, 0 and 1: c = 1, stretched by √1.5 · t(0.975; 2) / z(0.975) = 2.6886."""
    drawn = np.tile([[4.0, 9.0], [5.0, 9.0], [6.0, 9.0]], (1000, 1))
    band = max_deviation_band(np.array([5.0, 9.0]), drawn, np.array([[1.0], [2.0], [3.0]]), bounds=(3, 10))
    assert band.lower == pytest.approx([3, 9 - 2.6886], abs=1e-4)
    assert band.upper == pytest.approx([5 + 2.6886, 10], abs=1e-4)


def test_a_curves_band_is_wider_than_its_points_and_the_same_every_time() -> None:
    band, again = curve_band(CURVES, mean), curve_band(CURVES, mean)
    assert band.critical is not None
    assert band.critical > 1.96
    assert band.lower is not None
    assert again.lower is not None
    assert band.lower.tobytes() == again.lower.tobytes()
    assert band.value == pytest.approx(CURVES.mean((0, 1)))


def test_whole_seeds_are_drawn() -> None:
    """Two curves that only change places: drawn point by point the band would be narrower in the middle."""
    mirrored = np.stack([np.ones((3, 1, 9)), -np.ones((3, 1, 9))], 1).reshape(6, 1, 9)
    band = curve_band(mirrored, mean)
    assert band.lower is not None
    assert np.ptp(band.lower) == 0
    assert band.critical == pytest.approx(curve_band(mirrored[..., :1], mean).critical, rel=0.2)


def test_few_seeds_get_no_band_and_bad_curves_a_sentence() -> None:
    assert curve_band(CURVES[:2], mean).lower is None
    assert Profile(np.array([1.0])).band(CURVES[:2, :, 0]).lower is None
    for wrong in (CURVES[0], CURVES * np.nan, CURVES[:, :0]):
        with pytest.raises(UsageError, match="Curves must be finite numbers"):
            curve_band(wrong, mean)
