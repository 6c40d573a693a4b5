"""Results: records that may share a table, and their scores."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gnomon import __version__
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.store import facts_of
from gnomon.errors import ComparisonError
from gnomon.evaluation.intervals import Estimate, student_estimate
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import Record, read_record
from gnomon.evaluation.run import Run
from gnomon.evaluation.shipped import shipped_runs
from gnomon.evaluation.suites import Suite
from gnomon.files import hash_of, home

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Results:
    """Comparable records, in the order of algorithm, dataset and seed however they are given.

    Raises:
        ComparisonError: two of them differ in protocol, or in the recipe, task version or score scale of a dataset.
    """

    records: tuple[Record, ...]

    def __post_init__(self) -> None:
        ordered = sorted(self.records, key=lambda record: (record.algorithm.name, record.dataset.id, record.seed))
        object.__setattr__(self, "records", tuple(ordered))
        check_comparable(self.records)
        _check_counted_once(self.records)

    @property
    def algorithms(self) -> list[str]:
        return sorted({record.algorithm.name for record in self.records})

    @property
    def datasets(self) -> list[str]:
        return sorted({record.dataset.id for record in self.records})

    @cached_property
    def scores(self) -> dict[tuple[str, str], NDArray[np.float64]]:
        """(algorithm, dataset) → one score a seed, in the order of the seeds."""
        collected: dict[tuple[str, str], list[float]] = defaultdict(list)
        for record in self.records:
            collected[record.algorithm.name, record.dataset.id].append(record.score)
        return {cell: np.array(scores) for cell, scores in collected.items()}

    def cell(self, algorithm: str, dataset: str) -> Estimate:
        """Mean score of an algorithm on a dataset, with Student's interval over seeds."""
        task = next(record.task for record in self.records if record.dataset.id == dataset)
        return student_estimate(self.scores[algorithm, dataset], task.scale.range_of(task.metric))

    def matrix(self, algorithm: str, datasets: Sequence[str]) -> NDArray[np.float64] | None:
        """[seeds, datasets] scores, with as many seeds as every dataset has; none where a dataset is missing."""
        columns = [self.scores.get((algorithm, dataset)) for dataset in datasets]
        present = [column for column in columns if column is not None]
        if len(present) < len(columns) or not present:
            return None
        return np.stack([column[: min(map(len, present))] for column in present], 1)

    @cached_property
    def broken_limits(self) -> dict[tuple[str, str], tuple[float, float]]:
        """(algorithm, dataset) → share of the episodes that broke the task's limit, and mean cost, where it has one."""
        costs: dict[tuple[str, str], list[float]] = defaultdict(list)
        for record in self.records:
            if record.task.broken_limit is not None:
                costs[record.algorithm.name, record.dataset.id] += [outcome.cost for outcome in record.outcomes]
        return {cell: (float(np.mean(np.array(c) > 0)), float(np.mean(c))) for cell, c in costs.items()}

    @property
    def table(self) -> "pandas.DataFrame":
        """One row an algorithm, one column a dataset: mean score over seeds."""
        import pandas

        rows = {
            algorithm: {
                dataset: float(self.scores[algorithm, dataset].mean())
                for dataset in self.datasets
                if (algorithm, dataset) in self.scores
            }
            for algorithm in self.algorithms
        }
        return pandas.DataFrame(rows).T.reindex(columns=self.datasets).rename_axis("algorithm")

    @property
    def outcomes(self) -> "pandas.DataFrame":
        """One row a judged episode: algorithm, dataset, task, seed, fields of `Outcome` and discounted success."""
        import pandas

        return pandas.DataFrame(
            [
                {
                    "run": record.key,
                    "algorithm": record.algorithm.name,
                    "dataset": record.dataset.id,
                    "task": record.task.id,
                    "seed": record.seed,
                    **outcome.model_dump(),
                    "discounted_success": outcome.discounted_success,
                }
                for record in self.records
                for outcome in record.outcomes
            ]
        )


def check_comparable(records: Iterable[Record]) -> None:
    """Refuse records that were judged under different rules; the sentence names the first difference."""
    first: dict[str, tuple[Record, dict[str, object]]] = {}
    for record in records:
        for scope, facts in (("", _rules(record)), (record.dataset.id, _data(record))):
            other, known = first.setdefault(scope, (record, facts))
            for name, value in facts.items():
                if value != known[name]:
                    raise ComparisonError(
                        f"Runs {other.key} and {record.key} cannot share a table{f' on {scope}' if scope else ''}: "
                        f"their {name} differs ({known[name]} and {value})."
                    )


def _rules(record: Record) -> dict[str, object]:
    return {"protocol": record.protocol.hash[:12]}


def _data(record: Record) -> dict[str, object]:
    return {
        "task": record.task.id,
        "score scale": (record.task.random, record.task.reference),
        "recipe": record.dataset.recipe_hash[:12],
    }


def _check_counted_once(records: Iterable[Record]) -> None:
    """Refuse two records of one seed: they would pass for two seeds."""
    seen: dict[tuple[str, str, int], str] = {}
    for record in records:
        cell = record.algorithm.name, record.dataset.id, record.seed
        if (other := seen.setdefault(cell, record.key)) != record.key:
            raise ComparisonError(f"Runs {other} and {record.key} are both seed {cell[2]} of {cell[0]} on {cell[1]}.")


Cell = tuple[str, str]  # algorithm, dataset
Version = tuple[str, ...]


def wanted_versions(runs: Iterable[Run]) -> dict[Cell, Version]:
    """The version of the algorithm that is about to run in each cell."""
    return {
        (run.algorithm.name, run.dataset): (
            *run.algorithm.version,
            __version__,
            hash_of(dict(run.algorithm.config)),
        )
        for run in runs
    }


def read_results(
    suite: Suite, protocol: Protocol, wanted: Mapping[Cell, Version] | None = None, with_shipped: bool = True
) -> Results:
    """All finished runs of a suite under a protocol: in this home, and those that come with the package.

    Runs of another recipe or score scale than today's are left out. A shipped run that was repeated in this home counts
    once, as it came out here; those of an algorithm that has not run here count where none of the suite's datasets is
    missing. Of an algorithm of which several versions ran (another class, source or gnomon; on one
    dataset, another configuration), one is kept: the one that is `wanted`, else the one that ran last. Never a mixture,
    and never the best.
    """
    folders = sorted((home() / "runs").glob("[0-9a-f]" * 16))
    own = [record for record in map(read_record, folders) if _belongs(record, suite, protocol)]
    records = [*own, *_shipped_beside(own, suite, protocol)] if with_shipped else own
    in_order = sorted(records, key=lambda record: record.finished)
    kept = {(record.algorithm.name, record.dataset.id): _version(record) for record in in_order} | dict(wanted or {})
    code = {record.algorithm.name: _version(record)[:-1] for record in in_order}
    code |= {algorithm: version[:-1] for (algorithm, _), version in (wanted or {}).items()}
    return Results(
        tuple(
            record
            for record in records
            if kept[record.algorithm.name, record.dataset.id] == _version(record)
            and code[record.algorithm.name] == _version(record)[:-1]
        )
    )


def _shipped_beside(own: Sequence[Record], suite: Suite, protocol: Protocol) -> list[Record]:
    """The shipped runs that were not repeated here, of algorithms that ran here or lack none of the datasets."""
    shipped = [record for record in shipped_runs(suite, protocol).values() if _belongs(record, suite, protocol)]
    covered = {(record.algorithm.name, record.dataset.id) for record in shipped}
    here, repeated = {record.algorithm.name for record in own}, {record.key for record in own}
    return [
        record
        for record in shipped
        if record.key not in repeated
        and (
            record.algorithm.name in here
            or all((record.algorithm.name, dataset) in covered for dataset in suite.datasets)
        )
    ]


def _version(record: Record) -> Version:
    """The same as `wanted_versions` has: class, source, gnomon, configuration."""
    part = record.algorithm
    return part.reference.rpartition(":")[2], part.digest, record.gnomon, hash_of(part.config)


def _belongs(record: Record, suite: Suite, protocol: Protocol) -> bool:
    if record.protocol.hash != protocol.hash or record.dataset.id not in suite.datasets:
        return False
    facts = facts_of(record.dataset.id)
    scale = TASKS[facts.task].scale
    return (record.dataset.recipe_hash, record.task.id, record.task.random, record.task.reference) == (
        facts.recipe_hash,
        facts.task,
        scale.random,
        scale.reference,
    )
