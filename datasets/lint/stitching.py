"""Data that is to be stitched: what it is judged on does not lie in one trajectory."""

from collections.abc import Iterator

import numpy as np

from gnomon.benchmarks.tasks.maze import map_of, pairs_kept_from
from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject


@rule(
    "kept-pairs",
    "No trajectory visits both the start and the goal of a pair of cells that solutions are judged on.",
    source="D4RL's mazes: long trajectories join far cells, so what looks like stitching can be imitation",
    needs=("observations", "next_observations"),
)
def kept_pairs(subject: Subject) -> Iterator[Detail]:
    pairs = pairs_kept_from(subject.task) if subject.task else ()
    if not pairs:
        return
    visited = visited_cells(subject)
    for start, goal in pairs:
        both = np.flatnonzero(visited[(slice(None), *start)] & visited[(slice(None), *goal)])
        if len(both):
            sentence = f"{len(both):,} trajectories visit both cells {start} and {goal}, a pair to be judged on."
            yield f"episode {both[0]}", sentence


def visited_cells(subject: Subject) -> np.ndarray:
    """[episodes, rows, columns] whether a trajectory was ever in the cell; in walls, never."""
    assert subject.task
    known, columns = map_of(subject.task), subject.task.observation["position"]
    visited = np.zeros((len(subject.ends), *known.index.shape), bool)
    for episode, (start, end) in enumerate(zip(subject.starts, subject.ends, strict=True)):
        positions = [subject["observations"][start : end + 1, columns], subject["next_observations"][[end], columns]]
        visited[(episode, *known.cells[known.cell_of(np.concatenate(positions))].T)] = True
    return visited
