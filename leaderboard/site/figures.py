"""The figures of a board: which lines of it go into which plot."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, tostring

from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.board import Board, DatasetLine, Row
from gnomon.leaderboard.site.charts import Dot, chart
from gnomon.leaderboard.site.rewards import RewardReport, percent
from gnomon.leaderboard.site.svg import Interval, Strip, interval_figure, interval_plot, strip_plot
from gnomon.leaderboard.site.text import number, shorten


def statistics(board: Board) -> list[str]:
    """The statistics that the board's rows have: the one that ranks first, the others by name."""
    names = {name for row in board.rows for name in row.estimates}
    return sorted(names, key=lambda name: (name != board.statistic, name))


def ranking_figure(board: Board, shown: int) -> str:
    """`ranking_drawing` as text; empty where there is none."""
    drawing = ranking_drawing(board, shown)
    return "" if drawing is None else tostring(drawing, encoding="unicode")


def ranking_drawing(board: Board, shown: int | None = None) -> Element | None:
    """The statistic that ranks, with its interval, a line an algorithm; none where nothing has run everywhere.

    Args:
        board: what is drawn.
        shown: how many of the first lines; all by default.
    """
    lines = [
        Interval(
            row.algorithm, row.estimates[board.statistic], not row.missing, row.standing.tier if row.standing else None
        )
        for row in board.rows
        if board.statistic in row.estimates
    ][:shown]
    statistic, values = STATISTICS[board.statistic], ", ".join(map(_valued, lines))
    label = f"{statistic.label} and its interval: {values}"
    return interval_figure(lines, label, has_marks=not statistic.lower_is_better) if lines else None


def _valued(line: Interval) -> str:
    tier = "" if line.tier is None else f" (tier {line.tier})"
    return f"{line.name} {number(line.estimate.value)}{tier}"


def seeds_figure(board: Board, dataset: DatasetLine) -> str:
    """The score of every seed on one dataset, a line an algorithm as ranked; empty where nothing has run."""
    cells = {cell.algorithm: cell for cell in board.cells if cell.dataset == dataset.id}
    ordered = [cells[row.algorithm] for row in board.rows if row.algorithm in cells]
    strips = [Strip(cell.algorithm, cell.seeds, cell.scores, cell.mean) for cell in ordered]
    return strip_plot(strips, dataset.data_score, _strips_label(dataset.id, strips)) if strips else ""


def cells_figure(board: Board, row: Row) -> str:
    """The score of every seed of one algorithm, a line a dataset."""
    cells = [cell for cell in board.cells if cell.algorithm == row.algorithm]
    strips = [Strip(cell.dataset, cell.seeds, cell.scores, cell.mean) for cell in cells]
    return strip_plot(strips, None, _strips_label("each dataset", strips)) if strips else ""


def _strips_label(where: str, strips: Sequence[Strip]) -> str:
    means = ", ".join(f"{strip.name} mean {number(strip.mean.value)}" for strip in strips)
    return f"Score of every seed on {where}: {means}"


def best_of_figure(row: Row) -> str:
    """Expected Online Performance over the row's policies; empty where there is none."""
    if not row.best_of:
        return ""
    dots = [
        Dot(point.policies, point.value, f"best of {point.policies}: {number(point.value)}", point.lower, point.upper)
        for point in row.best_of
    ]
    values = ", ".join(f"best of {point.policies} {number(point.value)}" for point in row.best_of)
    return chart(dots, [(dot.x, f"{dot.x:g}") for dot in dots], f"Expected Online Performance: {values}")


def history_figure(arrivals: Sequence[tuple[str, float, str, bool]], board: Board) -> str:
    """The value of every algorithm when it was complete, and a line through those that led; empty without any.

    Args:
        arrivals: ISO time, value, algorithm, whether it led from then on; in any order.
        board: whose statistic it is.
    """
    if not arrivals:
        return ""
    dots = [_arrival_dot(*arrival) for arrival in sorted(arrivals)]
    records = ", ".join(f"{name} {number(value)} on {time[:10]}" for time, value, name, led in sorted(arrivals) if led)
    label = f"{STATISTICS[board.statistic].label} of the algorithms that led: {records}"
    return chart(dots, _time_ticks([time for time, *_ in arrivals]), label, is_stepped=True)


def _arrival_dot(time: str, value: float, name: str, led: bool) -> Dot:
    title, x = f"{name}, {time[:10]}: {number(value)}", datetime.fromisoformat(time).timestamp()
    return Dot(x, value, title, name=shorten(name, 22) if led else "", is_faint=not led)


def _time_ticks(times: Sequence[str]) -> list[tuple[float, str]]:
    """The first and the last time; by the minute where they are less than two days apart."""
    ends = sorted({min(times), max(times)})
    moments = [datetime.fromisoformat(time) for time in ends]
    is_short = moments[-1] - moments[0] < timedelta(days=2)
    written = "%Y-%m-%d %H:%M" if is_short else "%Y-%m-%d"
    return [(moment.timestamp(), moment.strftime(written)) for moment in moments]


def scores_figure(means: Sequence[tuple[str, Estimate]]) -> str:
    """The mean score of each player, in the order that is given."""
    lines = [Interval(player, mean, ranked=True) for player, mean in means]
    return interval_plot(lines, f"Mean score and its interval: {', '.join(map(_valued, lines))}")


def rewards_figure(reports: Sequence[RewardReport]) -> str:
    """The accuracy of each reward model on one split, in percent."""
    lines = [Interval(one.model, percent(one.accuracy), ranked=True) for one in reports]
    return interval_plot(lines, f"Accuracy and its interval: {', '.join(map(_valued, lines))}")
