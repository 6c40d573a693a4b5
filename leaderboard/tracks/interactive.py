"""The track of scripts and ready models on tasks that are solved in turns of text."""

from gnomon.leaderboard.tracks import MODEL_TRACKS, ModelTrack

MODEL_TRACKS.add(
    "interactive",
    ModelTrack(
        id="interactive",
        title="Interactive",
        summary="Scripts and ready models on problems that are solved in turns of text, with rewards that are rules.",
        suite_name="the interactive tasks",
        protocol_name="100 problems a task, in as many turns as it allows",
        statistic="mean score",
        unit="problems",
        command="gnomon interactive evaluate interactive/tool-chat-none-2-v1 interactive/tool-chat-localised-2-v1",
    ),
)
