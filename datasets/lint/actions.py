"""Actions and their box."""

from collections.abc import Iterator

import numpy as np

from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject

MANY = 0.05  # share of action entries; NeoRL-2's clipped Gaussian means have 0.09 to 0.26


def _box(subject: Subject) -> tuple[np.ndarray, np.ndarray]:
    """The task's action box, or −1 … 1 where the task is not known."""
    if subject.environment:
        box = subject.environment.action_box
        return box.low, box.high
    return np.array(-1, np.float32), np.array(1, np.float32)


@rule("action-bounds", "Actions lie in the action box.", source="DSRL #5: actions outside −1 … 1", needs=("actions",))
def action_bounds(subject: Subject) -> Iterator[Detail]:
    actions = subject["actions"]
    if actions.dtype.kind != "f":
        return
    low, high = _box(subject)
    outside = np.flatnonzero(((actions < low) | (actions > high)).reshape(len(actions), -1).any(1))
    if len(outside):
        yield subject.place(int(outside[0])), f"Actions leave the box in {len(outside):,} rows; this is the first."


@rule(
    "action-saturation",
    "Few actions lie exactly on a bound.",
    source="NeoRL-2: 9 to 26 % of actions are exactly ±1, because a mean was clipped that was trained with tanh",
    severity="note",
    needs=("actions",),
)
def action_saturation(subject: Subject) -> Iterator[Detail]:
    actions = subject["actions"]
    if actions.dtype.kind != "f":
        return
    low, high = _box(subject)
    share = float(((actions == low) | (actions == high)).mean())
    if share > MANY:
        yield "", f"{share:.1%} of the action entries lie exactly on a bound; squashed policies have none."
