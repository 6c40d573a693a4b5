"""Lengths, types, and numbers that are none."""

from collections.abc import Iterator

import numpy as np

from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject


@rule(
    "lengths", "Every column has one row a transition.", source="D4RL #64, #65: 999,999 observations, 987,540 actions"
)
def lengths(subject: Subject) -> Iterator[Detail]:
    found = {name: len(column) for name, column in subject.columns.items() if name != "seeds"}
    if len(set(found.values())) > 1:
        yield "", f"Columns have different lengths: {', '.join(f'{name} {n:,}' for name, n in sorted(found.items()))}."
    elif not all(found.values()):
        yield "", "There are no transitions."


@rule(
    "dtypes",
    "Observations, actions and rewards are float32, or integers for images and discrete actions.",
    source="float64 actions that are stored as float32 after they were stepped do not replay",
    severity="warning",
)
def dtypes(subject: Subject) -> Iterator[Detail]:
    for name in ("observations", "next_observations", "actions", "rewards"):
        column = subject.columns.get(name)
        if column is not None and column.dtype.kind not in "iu" and column.dtype != np.float32:
            yield "", f"{name} is {column.dtype}, not float32."


@rule("finite", "Every number is finite.", source="atanh of actions at the bound gives NaN (ray-project/ray #15814)")
def finite(subject: Subject) -> Iterator[Detail]:
    for name, column in subject.columns.items():
        if column.dtype.kind != "f" or np.isfinite(column).all():
            continue
        rows = np.flatnonzero(~np.isfinite(column.reshape(len(column), -1)).all(1))
        if name == "actions":
            rows = np.setdiff1d(rows, subject.action_free)
        if len(rows):
            yield subject.place(int(rows[0])), f"{name} is not finite in {len(rows):,} rows; this is the first."
