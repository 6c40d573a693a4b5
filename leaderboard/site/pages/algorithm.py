"""The page of an algorithm in a ranking: what ran, on what budget, how well, and how to do it again."""

from collections.abc import Iterator

from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.board import Board, Row
from gnomon.leaderboard.site import links
from gnomon.leaderboard.site.bibtex import entry_bibtex
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.figures import best_of_figure, cells_figure, statistics
from gnomon.leaderboard.site.pages import PAGES, File, Site


@PAGES.register("algorithm")
def algorithms(site: Site) -> Iterator[File]:
    """A page for each row of each ranking."""
    for board in site.boards:
        for row in board.rows:
            yield _page(site, board, row)


def _page(site: Site, board: Board, row: Row) -> File:
    return page(
        site,
        links.algorithm(board, row.algorithm),
        "algorithm.html",
        title=row.algorithm,
        summary=f"On the suite {board.suite} of the track {board.title}, under the protocol {board.protocol}.",
        current=board.group,
        board=board,
        row=row,
        statistics={name: STATISTICS[name] for name in statistics(board) if name in row.estimates},
        cells=[cell for cell in board.cells if cell.algorithm == row.algorithm],
        online={one.dataset: one for one in board.online if one.algorithm == row.algorithm},
        figure=cells_figure(board, row),
        best_of=best_of_figure(row),
        improvements=[pair for pair in board.improvements if pair.algorithm == row.algorithm],
        bibtex=entry_bibtex(board, row),
        changes=site.ledger.of(row.trust.submission),
    )
