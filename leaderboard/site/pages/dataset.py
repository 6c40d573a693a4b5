"""The page of a dataset in a ranking: what it is, and every seed of every algorithm."""

from collections.abc import Iterator

from gnomon.leaderboard.board import Board, DatasetLine
from gnomon.leaderboard.site import links
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.figures import seeds_figure
from gnomon.leaderboard.site.pages import PAGES, File, Site


@PAGES.register("dataset")
def datasets(site: Site) -> Iterator[File]:
    """A page for each dataset of each ranking that has rows."""
    for board in site.boards:
        for dataset in board.datasets if board.rows else ():
            yield _page(site, board, dataset)


def _page(site: Site, board: Board, dataset: DatasetLine) -> File:
    found = {cell.algorithm: cell for cell in board.cells if cell.dataset == dataset.id}
    return page(
        site,
        links.dataset(board, dataset.id),
        "dataset.html",
        title=dataset.id,
        summary=dataset.summary,
        current=board.group,
        board=board,
        dataset=dataset,
        cells=[found[row.algorithm] for row in board.rows if row.algorithm in found],
        seeds=sorted({seed for cell in found.values() for seed in cell.seeds}),
        online={one.algorithm: one for one in board.online if one.dataset == dataset.id},
        figure=seeds_figure(board, dataset),
    )
