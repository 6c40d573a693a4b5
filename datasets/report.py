"""The report of a dataset: what may be made again at any time, in sections, beside the manifest that never changes."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from gnomon.datasets.columns import has_actions, select_episodes
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Value
from gnomon.errors import DatasetError
from gnomon.files import home, locked, write_atomically

REPORT = "report.json"
_SECTIONS = TypeAdapter(dict[str, dict[str, Any]])


def measure(dataset: Dataset) -> dict[str, Value | None]:
    """The value of every measure, over the episodes that have their actions; None where one does not apply.

    Raises:
        DatasetError: an observation, action or reward is not finite.
    """
    measured = _complete(dataset)
    for name in ("observations", "actions", "rewards"):
        if not np.isfinite(measured.columns[name]).all():
            raise DatasetError(
                f"The {name} of {dataset.id} are not all finite, so that no measure of it means anything."
            )
    return {name: entry.compute(measured) for name, entry in MEASURES.items()}


def in_words(value: Any) -> str:
    """A value of a measure on one line; what does not apply is a dash.

    >>> in_words({"mean": 0.56789, "median": None, "bins": 10})
    'mean 0.5679, median –, bins 10'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {in_words(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return " ".join(map(in_words, value))
    return "–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _complete(dataset: Dataset) -> Dataset:
    """The dataset with only those episodes that have their actions."""
    kept = has_actions(dataset.columns)
    if kept.all() or not kept.any():
        return dataset
    return dataset.holding(select_episodes(dataset.columns, kept))


def read_report(dataset: Dataset) -> dict[str, Any]:
    """Section → values of `report.json`; empty where there is none or it is damaged, since it can be made again."""
    try:
        return _SECTIONS.validate_json((dataset.path / REPORT).read_bytes())
    except (FileNotFoundError, ValidationError):
        return {}


def write_report(dataset: Dataset, section: str, values: Mapping[str, Any]) -> None:
    """Set one section of `report.json` and keep the others; two processes that write at once both succeed.

    Raises:
        ValueError: a value is NaN or infinite, which JSON does not have.
    """
    with locked(home() / "datasets" / ".locks" / f"{dataset.id.replace('/', '--')}.report"):
        sections = read_report(dataset) | {section: dict(values)}
        text = json.dumps(sections, indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(dataset.path / REPORT, text + "\n")
