"""`interactive.html`: players of the tasks in turns of text, by game and level."""

from collections.abc import Iterator

from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.figures import scores_figure
from gnomon.leaderboard.site.interactive import games_of, scores_by_game, standings
from gnomon.leaderboard.site.pages import PAGES, File, Site
from gnomon.leaderboard.tracks import MODEL_TRACKS


@PAGES.register("interactive")
def interactive(site: Site) -> Iterator[File]:
    """Who is ahead over all, in each game, and what becomes of the turns of each level; else what to run."""
    track, reports = MODEL_TRACKS["interactive"], site.interactive
    found = standings(reports)
    means = [(one.player, one.mean) for one in found if one.mean is not None]
    yield page(
        site,
        "interactive.html",
        "interactive.html",
        title=track.title,
        summary=track.summary,
        current=track.id,
        track=track,
        standings=found,
        figure=scores_figure(means) if means else "",
        by_game=scores_by_game(reports),
        games=games_of(reports),
    )
