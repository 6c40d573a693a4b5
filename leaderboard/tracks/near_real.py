"""The track of systems as they are outside the laboratory: delays, hidden influences, cautious data, limits.

The mean, and no interquartile mean: eleven systems have little in common, and a method that fails on two of them must
not have them dropped as outliers.
"""

from gnomon.leaderboard.tracks import TRACKS, Track

TRACKS.add(
    "near-real",
    Track(
        id="near-real",
        title="Near-real",
        summary="Delays, hidden influences, cautious data and limits: systems as they are outside the laboratory.",
        suite_name="nearreal",
        protocol_name="lite",
        statistic="mean",
        least_seeds=5,
    ),
)
