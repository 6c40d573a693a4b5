"""The page of a ranking: the figure, and the table that sorts, filters, hides and pins."""

from collections.abc import Iterator

from gnomon.evaluation.statistics import STATISTICS
from gnomon.files import canonical_json
from gnomon.leaderboard.board import Board
from gnomon.leaderboard.site import links
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.figures import ranking_figure, statistics
from gnomon.leaderboard.site.pages import PAGES, File, Site

SHOWN = 30  # lines of the figure


@PAGES.register("ranking")
def rankings(site: Site) -> Iterator[File]:
    """A page and the whole board as JSON for each ranking; where nothing has run the page says what to run."""
    for board in site.boards:
        yield links.data(board), canonical_json(board.as_json())
        yield _page(site, board)


def _page(site: Site, board: Board) -> File:
    return page(
        site,
        links.ranking(board),
        "ranking.html",
        title=board.title,
        summary=board.summary,
        current=board.group,
        board=board,
        suites=site.suites_of(board),
        statistic=STATISTICS[board.statistic],
        statistics={name: STATISTICS[name] for name in statistics(board)},
        figure=ranking_figure(board, SHOWN),
        shown=SHOWN,
    )
