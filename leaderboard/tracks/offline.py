"""The track of offline learning: policies from a fixed dataset, with no step in the task.

The interquartile mean, as in most of the field since arXiv 2108.13264: datasets of one suite are of one kind, and a
single one that fails for a reason of its own should not decide.
"""

from gnomon.leaderboard.tracks import TRACKS, Track

TRACKS.add(
    "offline",
    Track(
        id="offline",
        title="Offline",
        summary="Policies learned from a fixed dataset, without a single step in the task.",
        suite_name="maze",
        protocol_name="lite",
        least_seeds=5,
        further_suites=("maze-stitch", "antmaze", "locomotion", "discrete", "memory"),
    ),
)
