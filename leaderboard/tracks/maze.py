"""The track of the mazes under `lite`."""

from gnomon.leaderboard.tracks import TRACKS, Track

TRACKS.add(
    "maze",
    Track(
        id="maze",
        title="Mazes",
        summary="Reaching commanded goals from data that never looked at them, in four mazes.",
        suite_name="maze",
        protocol_name="lite",
        least_seeds=5,
    ),
)
