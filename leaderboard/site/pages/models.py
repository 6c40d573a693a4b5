"""The pages of the tracks of ready models that nothing else writes."""

from collections.abc import Iterator
from itertools import groupby

from gnomon.leaderboard.site.build import page
from gnomon.leaderboard.site.figures import rewards_figure
from gnomon.leaderboard.site.pages import PAGES, File, Site
from gnomon.leaderboard.site.rewards import RewardReport
from gnomon.leaderboard.tracks import ModelTrack


@PAGES.register("models")
def models(site: Site) -> Iterator[File]:
    """A page for each track that has none elsewhere: reports where there are some, else what to run."""
    for track in site.model_tracks:
        if track.id not in {*site.written, *PAGES}:
            yield _page(site, track, site.rewards if track.id == "reward-model" else ())


def _page(site: Site, track: ModelTrack, reports: tuple[RewardReport, ...]) -> File:
    splits = [(set, split, list(found)) for (set, split), found in groupby(reports, lambda one: (one.set, one.split))]
    return page(
        site,
        f"{track.id}.html",
        "models.html",
        title=track.title,
        summary=track.summary,
        current=track.id,
        track=track,
        splits=[(set, split, found, rewards_figure(found)) for set, split, found in splits],
    )
