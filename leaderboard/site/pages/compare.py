"""The page that compares: the matrix of probabilities of improvement, and scores side by side."""

from collections.abc import Iterator

from gnomon.leaderboard.board import Board
from gnomon.leaderboard.site import links
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.pages import PAGES, File, Site


@PAGES.register("compare")
def comparisons(site: Site) -> Iterator[File]:
    """A page for each ranking that has rows."""
    for board in site.boards:
        if board.rows:
            yield page(
                site,
                links.of(board, "compare.html"),
                "compare.html",
                title=f"{board.title}: compare",
                summary="Choose algorithms to see how often each beats the others, and their scores side by side.",
                current=board.group,
                board=board,
                compared=_compared(board),
                ranked=sum(not row.missing for row in board.rows),
                cells={(cell.algorithm, cell.dataset): cell.mean for cell in board.cells},
                improvements={(pair.algorithm, pair.over): pair.probability for pair in board.improvements},
            )


def _compared(board: Board) -> list[str]:
    """The algorithms of the matrix as they are ranked; all of the first ones where there is no pair."""
    paired = {pair.algorithm for pair in board.improvements}
    return [row.algorithm for row in board.rows if row.algorithm in paired or not paired]
