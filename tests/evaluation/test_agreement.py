"""Agreement with published orderings: verdicts and shares worked out by hand, and the file of published scores."""

from dataclasses import replace

import numpy as np
import pytest

from gnomon.baselines.registry import BASELINES
from gnomon.datasets.recipes import RECIPES
from gnomon.evaluation.agreement import Cell, agreement, difference, literature


def cell(dataset: str, ours: float, reach: float, published: float = 5.0) -> Cell:
    return Cell(dataset, "iql", "bc", published, ours, ours - reach, ours + reach)


@pytest.mark.parametrize(
    ("ours", "reach", "published", "verdict"),
    [(3, 2, 5, "same"), (3, 2, -5, "opposite"), (-3, 2, -5, "same"), (3, 4, 5, "undecided"), (3, 3, 5, "undecided")],
)
def test_only_a_difference_that_is_shown_has_a_sign(ours: float, reach: float, published: float, verdict: str) -> None:
    assert cell("a", ours, reach, published).verdict == verdict


def test_welch_by_hand() -> None:
    """Variances 1 and 4 over three seeds each: 1/3 + 4/3 = 5/3; degrees (5/3)² / ((1/3)²/2 + (4/3)²/2) = 50/17;
    t of 2.9412 degrees at 0.975 is 3.21876 (its density integrated and inverted by bisection), times √(5/3).
    """
    found, reach = difference(np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0, 4.0]))
    assert found == 0.0
    assert reach == pytest.approx(3.21876 * (5 / 3) ** 0.5, rel=1e-6)


def test_seeds_that_all_agree_have_no_width() -> None:
    assert difference(np.full(3, 2.0), np.full(3, 1.0)) == (1.0, 0.0)


def test_the_share_leaves_the_undecided_out() -> None:
    cells = [cell("a", 3, 2), cell("a", 3, 2, -1), cell("b", 3, 2), cell("b", 1, 2), cell("c", 3, 2)]
    found = agreement(cells)
    assert (found.same, found.opposite, found.undecided) == (3, 1, 1)
    assert found.share == pytest.approx(3 / 4)
    assert found.lower == 0.5  # a three times is one draw in 27, 3.7 %, and has 1 of 2
    assert found.upper == 1.0
    assert agreement(cells[:4]).lower is None  # two datasets


def test_without_a_decided_cell_there_is_no_share() -> None:
    found = agreement([cell("a", 1, 2)])
    assert (found.share, found.lower, found.upper) == (None, None, None)
    assert agreement([]).share is None


def test_the_order_of_a_pair_does_not_matter() -> None:
    one = cell("a", 3, 2)
    turned = replace(one, algorithm="bc", over="iql", ours=-3, lower=-5, upper=-1, published=-5)
    assert one.verdict == turned.verdict


@pytest.mark.parametrize("name", list(literature()))
def test_published_scores_are_of_what_exists_here(name: str) -> None:
    publication = literature()[name]
    assert "arXiv" in publication["source"]
    for dataset, scores in publication["scores"].items():
        assert dataset in RECIPES
        assert set(scores) <= set(BASELINES)
        assert all(len(pair) == 2 and pair[1] >= 0 for pair in scores.values())
