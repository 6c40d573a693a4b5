"""Trajectory quality: how good the behaviour was."""

from gnomon.datasets import columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Measure
from gnomon.errors import UsageError


def tq(dataset: Dataset) -> float | None:
    """TQ(D) = (ḡ(D) − ḡ(random)) / (ḡ(expert) − ḡ(random)) (arXiv 2111.04714).

    ḡ is the mean over all episodes of the task's own metric: undiscounted return, or success. The expert value is the
    mean over episodes of the deterministic expert that the task names, and the random value that of the uniform
    policy, both from the task's score scale; so TQ is the score of the data / 100. (The paper's code divides by
    the best evaluation of an online run instead.) 0 is random, 1 is the expert; it may be negative or above 1.

    Absent where the task has no score scale.
    """
    value = columns.successes if dataset.task.metric == "success" else columns.returns
    try:
        return float(dataset.task.score(value(dataset.columns).mean())) / 100
    except UsageError:
        return None


MEASURES.add(
    "tq",
    Measure(
        compute=tq,
        label="TQ",
        meaning="Trajectory quality: the mean of the episodes on the task's score scale. 0 is the random policy, 1 the "
        "deterministic expert. High values suit imitation.",
        formula="(mean value of the data − random) / (expert − random)",
        source="arXiv 2111.04714",
    ),
)
