"""The strongest rule: play episodes again and compare every number."""

from collections.abc import Iterator

import numpy as np

from gnomon.datasets.columns import UNKNOWN_SEED
from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject

EPISODES = 3
COMPARED = ("rewards", "terminated", "truncated", "success")


@rule(
    "replay",
    "Seeds and stored actions give the stored observations, rewards and flags again.",
    source="D4RL #172, #194: actions that do not replay, rewards that are shifted by one step",
    needs=("observations", "next_observations", "actions", "rewards", "terminated", "truncated", "success", "seeds"),
)
def replay(subject: Subject) -> Iterator[Detail]:
    environment = subject.environment
    if environment is None or len(subject["seeds"]) != len(subject.ends) or (subject["seeds"] == UNKNOWN_SEED).any():
        return
    compared = [name for name in COMPARED if subject.rewarded or name not in ("rewards", "success")]
    complete = np.flatnonzero(~np.isin(subject.starts, subject.action_free))
    for episode in complete[np.linspace(0, len(complete) - 1, min(EPISODES, len(complete)), dtype=int)].tolist():
        observation, _ = environment.reset(seed=int(subject["seeds"][episode]))
        for row in range(int(subject.starts[episode]), int(subject.ends[episode]) + 1):
            following, *rest, info = environment.step(subject["actions"][row])
            played = {"observations": observation, "next_observations": following}
            played |= dict(zip(COMPARED, [*rest, info["success"]], strict=True))
            names = ("observations", "next_observations", *compared)
            if wrong := [name for name in names if not np.array_equal(subject[name][row], played[name])]:
                yield subject.place(row), f"The simulator gives other {', '.join(wrong)} than are stored."
                return
            observation = following
