"""Intervals cover what they say, and equal algorithms are seldom told apart; figures are in docs/statistics.md."""

import re
from pathlib import Path

import pytest

from gnomon.evaluation.coverage import FAMILIES, Cell, Family, cells, coverage, false_discoveries, student_coverage
from gnomon.evaluation.statistics import STATISTICS

NORMAL, EVEN, RARE = FAMILIES
PAGE = Path(__file__).parents[3] / "docs" / "statistics.md"


def test_the_page_has_a_line_for_every_cell() -> None:
    lines = PAGE.read_text()
    for cell in cells():
        assert re.search(rf"^\| {cell.family.name} \| {cell.tasks} \| {cell.seeds} \| \d", lines, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("cell", [Cell(NORMAL, 4, 5), Cell(EVEN, 4, 5), Cell(NORMAL, 30, 3), Cell(RARE, 30, 5)])
def test_aggregates_over_tasks_are_covered_and_the_percentiles_are_not(cell: Cell) -> None:
    plain, ours = coverage(cell, STATISTICS["iqm"].compute, simulations=500)
    assert 0.92 < ours < 0.985
    assert plain < ours


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_one_task_of_normal_seeds_is_covered_by_student(seeds: int) -> None:
    assert student_coverage(Cell(NORMAL, 1, seeds), simulations=3000) == pytest.approx(0.95, abs=0.015)


@pytest.mark.slow
def test_one_task_that_fails_one_time_in_five_is_not_covered() -> None:
    """The page says so; a test that would fail if the page became too modest."""
    assert student_coverage(Cell(RARE, 1, 5), simulations=1000) < 0.8


@pytest.mark.slow
@pytest.mark.parametrize("family", [NORMAL, RARE], ids=lambda family: family.name)
def test_of_eight_equal_algorithms_any_pair_is_told_apart_in_one_of_twenty(family: Family) -> None:
    assert false_discoveries(Cell(family, 4, 5), STATISTICS["iqm"].compute, 8, simulations=150) <= 0.09


@pytest.mark.slow
def test_where_welch_is_too_ready_the_permutation_test_is_not() -> None:
    cell, iqm = Cell(EVEN, 4, 5), STATISTICS["iqm"].compute
    assert 0.05 < false_discoveries(cell, iqm, 8, simulations=300) < 0.2
    assert false_discoveries(cell, iqm, 2, simulations=300, test="permutation") <= 0.09
