"""The track of the reference results: ten datasets of four families, on which a new algorithm meets its neighbours.

The interquartile mean over datasets of several kinds is a coarse summary; the page shows each dataset beside it.
"""

from gnomon.leaderboard.tracks import TRACKS, Track

TRACKS.add(
    "reference",
    Track(
        id="reference",
        title="Reference",
        summary="Ten datasets of four families. The results of the baselines come with gnomon; yours land among them.",
        suite_name="reference-lite",
        protocol_name="lite",
    ),
)
