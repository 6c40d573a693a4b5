"""`ledger.html`: every change of a submission's state, chained and signed."""

from collections.abc import Iterator

from gnomon.leaderboard.ledger import LEVELS
from gnomon.leaderboard.site import links
from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.pages import PAGES, File, Site

SHOWN = 500  # entries; the file has all


@PAGES.register("ledger")
def ledger(site: Site) -> Iterator[File]:
    """The last entries, the newest first, each with the page of its algorithm where it is ranked."""
    entries = site.ledger.entries
    yield page(
        site,
        "ledger.html",
        "ledger.html",
        title="Ledger",
        summary="Every submission and every change of its state. Entries are chained and signed; none is removed.",
        current="ledger",
        entries=entries[::-1][:SHOWN],
        count=len(entries),
        key=site.ledger.key,
        findings=site.ledger.findings,
        levels=LEVELS,
        pages=_pages(site),
    )


def _pages(site: Site) -> dict[str, tuple[str, str]]:
    """Submission → name and page of its algorithm."""
    return {
        row.trust.submission: (row.algorithm, links.algorithm(board, row.algorithm))
        for board in site.boards
        for row in board.rows
        if row.trust.submission
    }
