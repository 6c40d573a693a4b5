"""Columns that say nothing, and episodes that were stored before."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject


def _names(columns: NDArray[np.int64]) -> str:
    shown = ", ".join(map(str, columns[:8]))
    return f"{shown} and {len(columns) - 8} more" if len(columns) > 8 else shown


def _vectors(subject: Subject) -> NDArray:
    return subject["observations"].reshape(len(subject), -1)


def episode_keys(subject: Subject) -> list[bytes]:
    """The bytes of each episode's observations and actions."""
    pairs = zip(subject.starts.tolist(), (subject.ends + 1).tolist(), strict=True)
    return [subject["observations"][a:b].tobytes() + subject["actions"][a:b].tobytes() for a, b in pairs]


def start_keys(subject: Subject) -> list[bytes]:
    """The bytes of each episode's first observation."""
    return [subject["observations"][start].tobytes() for start in subject.starts.tolist()]


@rule(
    "constant-columns",
    "Every column of the observation varies.",
    source="D4RL #143: the 84 contact forces of the ant are zero throughout; #61: images that are all equal",
    severity="note",
    needs=("observations",),
)
def constant_columns(subject: Subject) -> Iterator[Detail]:
    constant = np.flatnonzero(np.ptp(_vectors(subject), axis=0) == 0)
    if len(constant):
        yield "", f"Columns {_names(constant)} of the observation never vary."


@rule(
    "duplicate-columns",
    "No two varying columns of the observation are equal.",
    source="a column that was stored twice under another name",
    severity="note",
    needs=("observations",),
)
def duplicate_columns(subject: Subject) -> Iterator[Detail]:
    vectors = np.ascontiguousarray(_vectors(subject).T)
    varying = np.flatnonzero(np.ptp(vectors, axis=1) > 0)
    first: dict[bytes, int] = {}
    twins = [column for column in varying.tolist() if first.setdefault(vectors[column].tobytes(), column) != column]
    if twins:
        yield "", f"Columns {_names(np.array(twins))} of the observation repeat others."


@rule(
    "duplicate-episodes",
    "No episode is stored twice.",
    source="D4RL's Adroit `cloned` sets hold 25 human demonstrations tiled many times",
    severity="warning",
    needs=("observations", "actions"),
)
def duplicate_episodes(subject: Subject) -> Iterator[Detail]:
    keys = episode_keys(subject)
    copies = len(keys) - len(set(keys))
    if copies:
        yield "", f"{copies:,} of {len(keys):,} episodes are copies of others."


@rule(
    "duplicate-starts",
    "Episodes begin in different states.",
    source="NeoRL-2: 265 of 280 trajectories share their first observation with another",
    severity="warning",
    needs=("observations",),
)
def duplicate_starts(subject: Subject) -> Iterator[Detail]:
    keys = start_keys(subject)
    copies = len(keys) - len(set(keys))
    if copies > 0.01 * len(keys):
        yield "", f"{copies:,} of {len(keys):,} episodes begin exactly as another one does."


@rule(
    "validation-overlap",
    "No validation episode begins as a training episode does.",
    source="NeoRL-2: every validation episode starts in the state of the training episode of that number",
    needs=("observations",),
)
def validation_overlap(subject: Subject) -> Iterator[Detail]:
    if subject.validation is None:
        return
    known = set(start_keys(subject))
    shared = sum(key in known for key in start_keys(subject.validation))
    if shared:
        yield "", f"{shared:,} of {len(subject.validation.starts):,} validation episodes begin as training episodes do."
