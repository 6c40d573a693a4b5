"""Offline to online: what algorithms score before, during and after their steps in the task, beside their controls.

    regret   mean over the training episodes of 1 − score / 100
    dip      score after the offline phase minus the lowest in the first tenth of the steps

Both are what the training curve says (`gnomon.baselines.train_hybrid`). An algorithm that only learns from the data has
neither; one that begins without an offline phase has no dip.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.record import Record
from gnomon.evaluation.result_rows import estimate_text
from gnomon.evaluation.results import Results

SUMS = ("regret", "dip")


@dataclass(frozen=True)
class OnlineRow:
    """An algorithm on a dataset.

    Attributes:
        dataset, algorithm: which.
        score: of the last policy, on the protocol's episodes.
        regret, dip: means over seeds; none where no seed has one.
    """

    dataset: str
    algorithm: str
    score: Estimate
    regret: float | None
    dip: float | None

    def as_text(self) -> dict[str, str]:
        sums = {"regret": self.regret, "dip": self.dip}
        texts = {name: "—" if value is None else f"{value:.2f}" for name, value in sums.items()}
        return {"dataset": self.dataset, "algorithm": self.algorithm, "score": estimate_text(self.score), **texts}


def online_rows(found: Results) -> list[OnlineRow]:
    """A row a dataset and algorithm; none under a protocol that grants no steps in the task."""
    if not any(record.protocol.rules["online_steps"] for record in found.records):
        return []
    return list(_rows(found))


def _rows(found: Results) -> Iterator[OnlineRow]:
    for algorithm, dataset in sorted(found.scores, key=lambda cell: cell[::-1]):
        records = [r for r in found.records if (r.algorithm.name, r.dataset.id) == (algorithm, dataset)]
        sums = {name: _mean([last for r in records if (last := _last(r, name)) is not None]) for name in SUMS}
        yield OnlineRow(dataset, algorithm, found.cell(algorithm, dataset), **sums)


def _last(record: Record, name: str) -> float | None:
    """A metric's last value in the curve of a run."""
    values = [point.metrics[name] for point in record.curve if point.metrics.get(name) is not None]
    return values[-1] if values else None


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None
