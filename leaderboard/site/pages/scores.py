"""The scores of a ranking on each dataset, one table."""

from collections.abc import Iterator

from gnomon.leaderboard.site import links
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.pages import PAGES, File, Site


@PAGES.register("scores")
def scores(site: Site) -> Iterator[File]:
    """A table of algorithms and datasets for each ranking that has rows."""
    for board in site.boards:
        if board.rows:
            yield page(
                site,
                links.of(board, "scores.html"),
                "scores.html",
                title=f"{board.title}: scores",
                summary=f"The mean score of every algorithm on every dataset of the suite {board.suite}.",
                current=board.group,
                board=board,
                cells={(cell.algorithm, cell.dataset): cell.mean for cell in board.cells},
            )
