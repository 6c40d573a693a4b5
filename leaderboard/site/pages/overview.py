"""`index.html`: every track at a glance."""

from collections.abc import Iterator

from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.figures import ranking_figure
from gnomon.leaderboard.site.pages import PAGES, File, Site

SHOWN = 12  # lines of a track's figure


@PAGES.register("overview")
def overview(site: Site) -> Iterator[File]:
    """The first ranked algorithms of every ranking that has some, and what fills the others."""
    yield page(
        site,
        "index.html",
        "overview.html",
        title="Leaderboard",
        summary="Algorithms that learn from data, ranked with what is known of how sure the ranking is.",
        current="index",
        boards=[board for board in site.boards if board.rows],
        empty=[board for board in site.boards if not board.rows],
        models=site.model_tracks,
        filled={*site.written, *_reported(site)},
        figures={board.track: ranking_figure(board, SHOWN) for board in site.boards},
        labels={board.track: STATISTICS[board.statistic].label for board in site.boards},
        shown=SHOWN,
    )


def _reported(site: Site) -> list[str]:
    """The tracks of ready models that there are reports on."""
    return [track for track, reports in (("reward-model", site.rewards), ("interactive", site.interactive)) if reports]
