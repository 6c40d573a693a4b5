"""The history of a ranking: when each entry came, which of them led, and every change of a submission's state."""

from collections.abc import Iterator
from dataclasses import dataclass

from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.board import Board
from gnomon.leaderboard.ledger import LEVELS
from gnomon.leaderboard.site import links
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.figures import history_figure
from gnomon.leaderboard.site.pages import PAGES, File, Ledger, Site


@dataclass(frozen=True)
class Arrival:
    """An algorithm of the ranking, when the last of its runs ended, and whether no earlier one was better."""

    algorithm: str
    finished: str
    estimate: Estimate
    is_record: bool

    @property
    def point(self) -> tuple[str, float, str, bool]:
        """What the figure needs."""
        return self.finished, self.estimate.value, self.algorithm, self.is_record


@dataclass(frozen=True)
class Change:
    """An entry of the ledger on a submission that the ranking has or had."""

    time: str
    algorithm: str
    submission: str
    level: str
    reason: str


@PAGES.register("history")
def histories(site: Site) -> Iterator[File]:
    """A page for each ranking that has rows or tombstones."""
    for board in site.boards:
        if board.rows or board.tombstones:
            came = arrivals(board)
            yield page(
                site,
                links.of(board, "history.html"),
                "history.html",
                title=f"{board.title}: history",
                summary="When each entry was complete, which of them led, and what became of submissions.",
                current=board.group,
                board=board,
                statistic=STATISTICS[board.statistic],
                arrivals=came,
                figure=history_figure([one.point for one in came], board),
                changes=_changes(board, site.ledger),
            )


def arrivals(board: Board) -> list[Arrival]:
    """The ranked algorithms in the order in which their runs ended; the last first."""
    sign, best, found = -1 if STATISTICS[board.statistic].lower_is_better else 1, float("-inf"), list[Arrival]()
    dated = [row for row in board.rows if row.finished and not row.missing]
    for row in sorted(dated, key=lambda row: (row.finished, row.algorithm)):
        estimate = row.estimates[board.statistic]
        found.append(Arrival(row.algorithm, row.finished, estimate, sign * estimate.value > best))
        best = max(best, sign * estimate.value)
    return found[::-1]


def _changes(board: Board, ledger: Ledger) -> list[Change]:
    """The last first."""
    named = {row.trust.submission: row.algorithm for row in board.rows if row.trust.submission}
    named |= {stone.trust.submission: stone.algorithm for stone in board.tombstones}
    return [
        Change(f"{entry.time:%Y-%m-%d %H:%M}", named[short], short, LEVELS[entry.state], entry.reason)
        for entry in reversed(ledger.entries)
        if (short := entry.subject[:16]) in named
    ]
