"""The track of the quick start: two datasets, a minute of training."""

from gnomon.leaderboard.tracks import TRACKS, Track

TRACKS.add(
    "quickstart",
    Track(
        id="quickstart",
        title="Quick start",
        summary="Two small datasets, two minutes of work: proof that everything works, not evidence of who is best.",
        suite_name="quickstart",
        protocol_name="smoke",
        margin=15.0,  # three seeds share their fifty starts, whose mean may be five points off that of fresh ones
        command="gnomon quickstart",
    ),
)
