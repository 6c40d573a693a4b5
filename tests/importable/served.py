"""`gnomon` with the track of `submitted_runs`, for tests that start real servers and workers.

A worker's processes import this file too, as the main module of the one that started them, and so know the track.
"""

from submitted_runs import DATASETS, PROTOCOL

from gnomon.cli import main
from gnomon.evaluation.protocol import PROTOCOLS
from gnomon.evaluation.suites import SUITES, Suite
from gnomon.leaderboard.tracks import TRACKS, Track

PROTOCOLS.add("tiny", PROTOCOL)
SUITES.add("tiny", Suite("tiny", "For tests.", DATASETS, "tiny"))
TRACKS.add("tiny", Track("tiny", "Tiny", "For tests.", "tiny", "tiny", margin=10.0))

if __name__ == "__main__":
    main()
