"""The files of a ranking for papers and programs: CSV, LaTeX, SVG, and a badge an algorithm."""

from collections.abc import Iterator

from gnomon.leaderboard.site import links
from gnomon.leaderboard.site.badge import badge
from gnomon.leaderboard.site.figures import ranking_drawing
from gnomon.leaderboard.site.pages import PAGES, File, Site
from gnomon.leaderboard.site.standalone import standalone
from gnomon.leaderboard.site.tables import ranking_csv, ranking_latex, scores_csv


@PAGES.register("downloads")
def downloads(site: Site) -> Iterator[File]:
    """For each ranking that has rows; the JSON is written beside its page."""
    for board in site.boards:
        if not board.rows:
            continue
        yield links.of(board, "ranking.csv"), ranking_csv(board)
        yield links.of(board, "scores.csv"), scores_csv(board)
        yield links.of(board, "ranking.tex"), ranking_latex(board)
        if (drawing := ranking_drawing(board)) is not None:
            yield links.of(board, "ranking.svg"), standalone(drawing)
        for row in board.rows:
            yield links.badge(board, row.algorithm), badge(board, row)
