"""How many rewards are zero."""

from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Measure


def sparsity(dataset: Dataset) -> float:
    """Share of the N transitions whose reward is exactly zero, 0 to 1."""
    return float((dataset.columns["rewards"] == 0).mean())


MEASURES.add(
    "sparsity",
    Measure(
        compute=sparsity,
        label="Reward sparsity",
        meaning="The share of transitions without a reward.",
        formula="transitions with reward 0 / transitions",
    ),
)
