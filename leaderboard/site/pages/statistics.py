"""`statistics.html`: what every number of the site means, with its formula."""

from collections.abc import Iterator

from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.pages import PAGES, File, Site


@PAGES.register("statistics")
def explanations(site: Site) -> Iterator[File]:
    """All of them on one page; the registered statistics say of themselves what they are."""
    yield page(
        site,
        "statistics.html",
        "statistics.html",
        title="Statistics",
        summary="What every number of this site means, how it is computed, and where it is not to be trusted.",
        current="statistics",
        registered=dict(STATISTICS),
    )
