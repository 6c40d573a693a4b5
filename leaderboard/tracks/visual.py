"""The track of ready models on drawn pictures and tones with questions that a verifier checks."""

from gnomon.leaderboard.tracks import MODEL_TRACKS, ModelTrack

MODEL_TRACKS.add(
    "visual",
    ModelTrack(
        id="visual",
        title="Visual",
        summary="Ready models on eight kinds of problems with drawn pictures and tones, each checked by a verifier.",
        suite_name="visual",
        protocol_name="visual",
        statistic="mean",
        unit="items",
        command="gnomon evaluate answer-prior random-answer format-only --suite visual",
    ),
)
