"""The judges: one file a kind of task, each turning a solution into outcomes."""
