"""The track of ready language models on problems that a verifier checks."""

from gnomon.leaderboard.tracks import MODEL_TRACKS, ModelTrack

MODEL_TRACKS.add(
    "reasoning",
    ModelTrack(
        id="reasoning",
        title="Reasoning",
        summary="Ready language models on ten kinds of problems in five levels, each answer checked by a verifier.",
        suite_name="reasoning",
        protocol_name="reasoning",
        statistic="mean",
        unit="items",
        command="gnomon evaluate answer-prior random-answer format-only",
    ),
)
