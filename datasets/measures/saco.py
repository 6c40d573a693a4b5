"""State-action coverage: how much of what is known of a task the dataset has seen."""

from collections.abc import Sequence
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import Columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Measure, state_actions
from gnomon.datasets.recipes import list_datasets
from gnomon.datasets.store import is_built, load_dataset

BINS = 10  # a dimension; with many more, every pair of a long vector is unique
SEED = 0


def saco(dataset: Dataset) -> dict[str, Any]:
    """SACo(D) = u(D) / u(D_ref) and lSACo(D) = log u(D) / log u(D_ref) (arXiv 2111.04714).

    u counts the unique cells of observation ⊕ action, exactly (see `unique_pairs`). D_ref is drawn from all datasets
    of the task that are built on this machine, this one included, and is as large as D; the paper takes the replay
    data of an online run. `reference` names them: with this dataset alone, D_ref is D, and both values are 1.
    Above 0, may exceed 1. `lsaco` is None where the reference has one cell.

    Raises:
        DatasetError: another dataset of the task is damaged.
    """
    others = [id for id in list_datasets(dataset.manifest.task) if id != dataset.id and is_built(id)]
    unique, reference = unique_pairs(dataset.columns, [load_dataset(id).columns for id in others])
    return {
        "saco": unique / reference,
        "lsaco": log(unique) / log(reference) if reference > 1 else None,
        "unique": unique,
        "unique_reference": reference,
        "bins": BINS,
        "reference": sorted([dataset.id, *others]),
    }


def unique_pairs(tested: Columns, others: Sequence[Columns], bins: int = BINS) -> tuple[int, int]:
    """u(D) of the tested data, and u(D_ref) of as many transitions, drawn without replacement from all the data.

    Each dimension is cut into bins of equal width over its range in all the data; the maximum belongs to the last.
    The draw is from the sorted cells, so that it does not depend on the order of episodes or of datasets.
    """
    low, high = _limits([tested, *others])
    cells = [_cells(part, low, high, bins) for part in (tested, *others)]
    drawn = np.random.default_rng(SEED).choice(np.sort(np.concatenate(cells)), len(cells[0]), replace=False)
    return len(np.unique(cells[0])), len(np.unique(drawn))


def _limits(parts: Sequence[Columns]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and the greatest value of each dimension of observation ⊕ action."""
    ends = [(rows.min(0), rows.max(0)) for part in parts for rows in state_actions(part)]
    return np.min([low for low, _ in ends], axis=0), np.max([high for _, high in ends], axis=0)


def _cells(data: Columns, low: NDArray[np.float64], high: NDArray[np.float64], bins: int) -> NDArray[np.uint64]:
    """[N] 64-bit hashes of the cells of observation ⊕ action.

    Multilinear hashing, Σ factor · bin mod 2⁶⁴ with random factors (Carter and Wegman 1979): two cells whose bins
    differ by less than 16 share a hash with a probability below 2⁻⁶⁰.
    """
    factors = np.random.default_rng(SEED).integers(2**64, size=len(low), dtype=np.uint64)
    scale = bins / np.where(high > low, high - low, 1)
    labels = (np.minimum((rows - low) * scale, bins - 1).astype(np.uint64) for rows in state_actions(data))
    return np.concatenate([rows @ factors for rows in labels])


MEASURES.add(
    "saco",
    Measure(
        compute=saco,
        label="SACo and lSACo",
        meaning="State-action coverage: how many different pairs of observation and action the data has, as a share of "
        "those of equally many transitions drawn from the named reference datasets of the task. High values suit "
        "off-policy learning. lSACo compares the logarithms.",
        formula="u(data) / u(reference); log u(data) / log u(reference); u counts cells, ten bins a dimension",
        source="arXiv 2111.04714",
    ),
)
