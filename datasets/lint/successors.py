"""Next observations: equal to the next row inside an episode, and never the next episode's first."""

from collections.abc import Iterator

import numpy as np

from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject

FAR = 20.0  # times the 99th percentile of all steps, which are measured in interquartile ranges of their column
BOTH = ("observations", "next_observations")


def _flat(column: np.ndarray) -> np.ndarray:
    return column.reshape(len(column), -1)


@rule(
    "next-inside",
    "Inside an episode the next observation is the next row's observation.",
    source="D4RL #77, #204: flags that are not aligned with the trajectories",
    needs=BOTH,
)
def next_inside(subject: Subject) -> Iterator[Detail]:
    rows = subject.inside
    differs = (_flat(subject["next_observations"])[rows] != _flat(subject["observations"])[rows + 1]).any(1)
    if differs.any():
        first = int(rows[differs.argmax()])
        yield subject.place(first), f"The next observation is not the next row's in {differs.sum():,} rows."


@rule(
    "next-across",
    "The next observation of an episode's last step is not the next episode's first.",
    source="D4RL #145: qlearning_dataset takes the following row, whatever episode it is of",
    needs=BOTH,
)
def next_across(subject: Subject) -> Iterator[Detail]:
    rows = subject.ends[:-1]
    same = (_flat(subject["next_observations"])[rows] == _flat(subject["observations"])[rows + 1]).all(1)
    if same.any():
        first = int(rows[same.argmax()])
        yield subject.place(first), f"{same.sum():,} episodes end in the first observation of the next one."


@rule(
    "jumps",
    "No step is very much longer than all others.",
    source="D4RL #77, #146: the ant jumps 21 m inside one episode",
    severity="warning",
    needs=("observations",),
)
def jumps(subject: Subject) -> Iterator[Detail]:
    observations, rows = _flat(subject["observations"]).astype(np.float64), subject.inside
    spread = np.subtract(*np.quantile(observations, [0.75, 0.25], axis=0))
    if len(rows) == 0 or not (spread > 0).any():
        return
    length = (np.abs(observations[rows + 1] - observations[rows])[:, spread > 0] / spread[spread > 0]).max(1)
    far = np.flatnonzero(length > FAR * max(np.quantile(length, 0.99), 1e-9))
    if len(far):
        place = subject.place(int(rows[far[0]]))
        yield place, f"{len(far):,} steps are over {FAR:g} times as long as 99 % of them; this is the first."


@rule(
    "repeated-rows",
    "No observation repeats in the next row of an episode.",
    source="D4RL #204: a stale observation is stored again after an episode's end",
    severity="warning",
    needs=("observations",),
)
def repeated_rows(subject: Subject) -> Iterator[Detail]:
    observations, rows = _flat(subject["observations"]), subject.inside
    same = (observations[rows] == observations[rows + 1]).all(1)
    if same.any():
        yield subject.place(int(rows[same.argmax()])), f"{same.sum():,} rows repeat the observation before."


@rule(
    "goal-moves",
    "The commanded goal stays the same within an episode.",
    source="Minari #265, Gymnasium-Robotics #258: the goal of the first step is that of the episode before",
    needs=("observations",),
)
def goal_moves(subject: Subject) -> Iterator[Detail]:
    if subject.task is None or "goal" not in subject.task.observation:
        return
    goals, rows = subject["observations"][:, subject.task.observation["goal"]], subject.inside
    moved = (goals[rows] != goals[rows + 1]).any(1)
    if moved.any():
        yield subject.place(int(rows[moved.argmax()])), f"The goal changes inside an episode, {moved.sum():,} times."
