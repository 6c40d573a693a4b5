"""Where episodes end."""

from collections.abc import Iterator

import numpy as np

from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject

FLAGS = ("terminated", "truncated")


@rule(
    "one-flag",
    "No step is both terminated and truncated.",
    source="D4RL kitchen marks every end of a demonstration as terminal although the task did not end",
    needs=FLAGS,
)
def one_flag(subject: Subject) -> Iterator[Detail]:
    both = np.flatnonzero(subject["terminated"].astype(bool) & subject["truncated"].astype(bool))
    if len(both):
        yield subject.place(int(both[0])), f"{len(both):,} steps are terminated and truncated; this is the first."


@rule(
    "last-row",
    "The last row ends an episode.",
    source="D4RL collect_data.py cuts the arrays in the middle of an episode and flags nothing",
    needs=FLAGS,
)
def last_row(subject: Subject) -> Iterator[Detail]:
    if not (subject["terminated"][-1] or subject["truncated"][-1]):
        yield subject.place(len(subject) - 1), "The last row is not flagged: the data was cut inside an episode."


@rule(
    "horizon",
    "No episode is longer than the task's horizon, and only there is one truncated without success.",
    source="D4RL #85, #137: timeouts that are no time limits",
    needs=FLAGS,
)
def horizon(subject: Subject) -> Iterator[Detail]:
    if subject.task is None:
        return
    lengths, limit = subject.ends - subject.starts + 1, subject.task.horizon
    for episode in np.flatnonzero(lengths > limit)[:1].tolist():
        yield f"episode {episode}", f"It has {lengths[episode]} steps; the task allows {limit}."
    early = subject["truncated"][subject.ends].astype(bool) & (lengths < limit)
    if "success" in subject.columns:
        early &= ~subject["success"][subject.ends]
    for episode in np.flatnonzero(early)[:1].tolist():
        yield f"episode {episode}", f"It is truncated after {lengths[episode]} steps; the task's limit is {limit}."
