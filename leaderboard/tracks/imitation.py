"""The track of imitation: policies from demonstrations that succeed.

The optimality gap: the demonstrator is the expert, so what counts is how much of its score is missing; a policy that
does better on one task does not make up for another that it did not learn.
"""

from gnomon.leaderboard.tracks import TRACKS, Track

TRACKS.add(
    "imitation",
    Track(
        id="imitation",
        title="Imitation",
        summary="Policies learned from demonstrations of a robot arm, and how much of the demonstrator they miss.",
        suite_name="metaworld-10",
        protocol_name="lite",
        statistic="optimality-gap",
        least_seeds=5,
    ),
)
