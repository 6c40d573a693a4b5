"""The figures of a board: which lines of it go into which plot."""

from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.board import Board, DatasetLine
from gnomon.leaderboard.site.svg import Interval, Strip, interval_plot, strip_plot
from gnomon.leaderboard.site.text import number


def ranking_figure(board: Board) -> str:
    """The statistic that ranks, with its interval, a line an algorithm; empty where nothing has run everywhere."""
    lines = [
        Interval(row.algorithm, row.estimates[board.statistic], ranked=not row.missing)
        for row in board.rows
        if board.statistic in row.estimates
    ]
    values = ", ".join(f"{line.name} {number(line.estimate.value)}" for line in lines)
    return interval_plot(lines, f"{STATISTICS[board.statistic].label} and its interval: {values}") if lines else ""


def seeds_figure(board: Board, dataset: DatasetLine) -> str:
    """The score of every seed on one dataset, a line an algorithm as ranked; empty where nothing has run."""
    cells = {cell.algorithm: cell for cell in board.cells if cell.dataset == dataset.id}
    ordered = [cells[row.algorithm] for row in board.rows if row.algorithm in cells]
    strips = [Strip(cell.algorithm, cell.seeds, cell.scores, cell.mean) for cell in ordered]
    means = ", ".join(f"{strip.name} mean {number(strip.mean.value)}" for strip in strips)
    return strip_plot(strips, dataset.data_score, f"Score of every seed on {dataset.id}: {means}") if strips else ""
