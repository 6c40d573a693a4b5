"""The track of reward models on pairs of which the truth is known."""

from gnomon.leaderboard.tracks import MODEL_TRACKS, ModelTrack

MODEL_TRACKS.add(
    "reward-model",
    ModelTrack(
        id="reward-model",
        title="Reward models",
        summary="Reward models on comparisons of which the true utilities are known, so that no label can mislead.",
        suite_name="preference/steps-outcome-v1",
        protocol_name="the test splits, 500 pairs each",
        statistic="accuracy",
        unit="pairs",
        command="gnomon rewards judge length n-grams",
    ),
)
