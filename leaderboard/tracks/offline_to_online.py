"""The track of going on online: policies from a dataset, and then a counted number of steps in the task.

What the steps cost, regret and dip, stands beside the final score, which ranks.
"""

from gnomon.leaderboard.tracks import TRACKS, Track

TRACKS.add(
    "offline-to-online",
    Track(
        id="offline-to-online",
        title="Offline to online",
        summary="Policies learned from a dataset and then, for a counted number of steps, in the task.",
        suite_name="maze",
        protocol_name="lite-online",
        least_seeds=5,
        further_suites=("antmaze", "locomotion"),
        command="gnomon evaluate wsrl --suite {suite} --protocol {protocol} --seeds {seeds}",
    ),
)
