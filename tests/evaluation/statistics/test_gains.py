"""Gains over the data's mean, with numbers worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from gnomon.evaluation.gains import Gain, gain_rows, gains

BEHAVIOUR = {"aa/one-v1": 50.0, "aa/two-v1": 20.0}


def found(**scores: list[float]) -> list[Gain]:
    """Of an algorithm `new`, on the first datasets in order."""
    cells = {("new", dataset): np.array(values) for dataset, values in zip(BEHAVIOUR, scores.values(), strict=False)}
    return gains(SimpleNamespace(scores=cells), BEHAVIOUR)  # pyright: ignore[reportArgumentType]


def test_the_bound_is_students_one_sided_one() -> None:
    """Gains 4, 6, 8: mean 6, standard deviation 2; t(0.95, 2) = 2.91999 (tables): 6 − 2.91999 · 2 / √3 = 2.62829."""
    (gain,) = found(one=[54, 56, 58])
    assert gain.least == pytest.approx(2.62829, abs=1e-4)
    assert (gain.is_at_least(0), gain.is_at_least(3)) == (True, False)


def test_two_seeds_show_nothing() -> None:
    (gain,) = found(one=[90, 91])
    assert gain.least is None
    assert not gain.is_at_least(0)


def test_seeds_that_tie_have_their_own_value_as_bound() -> None:
    (gain,) = found(one=[55, 55, 55])
    assert gain.least == 5
    assert gain.is_at_least(5)


def test_datasets_are_counted_by_margin() -> None:
    rows = gain_rows(found(one=[54, 56, 58], two=[10, 11, 12]))
    assert rows == [{"algorithm": "new", "datasets": 2, "mean gain": -1.5, "≥ 0": 1, "≥ 3": 0, "≥ 5": 0, "≥ 10": 0}]


def test_a_dataset_without_a_bar_is_left_out() -> None:
    cells = {("new", "aa/three-v1"): np.array([1.0, 2.0, 3.0])}
    assert gains(SimpleNamespace(scores=cells), BEHAVIOUR) == []  # pyright: ignore[reportArgumentType]
