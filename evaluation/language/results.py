"""Results of ready models: records that may share a table, their scores an item, and the estimates of a table's row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.language.averages import average_at_k
from gnomon.evaluation.language.efficiency import tokens_to_solution
from gnomon.evaluation.language.passing import SAMPLES_PER_K, pass_at_k
from gnomon.evaluation.language.protocol import LanguageProtocol
from gnomon.evaluation.language.record import LanguageRecord, read_language_record
from gnomon.evaluation.language.run import items_hash, runs_folder
from gnomon.evaluation.language.suites import LanguageSuite
from gnomon.evaluation.language.voting import majority_at_k


@dataclass(frozen=True)
class LanguageResults:
    """The last record of every model on every task of a suite, under one protocol, on today's items."""

    suite: LanguageSuite
    protocol: LanguageProtocol
    records: tuple[LanguageRecord, ...]

    @cached_property
    def cells(self) -> dict[tuple[str, str], LanguageRecord]:
        """(model, task) → record."""
        return {(record.model.name, record.task.task): record for record in self.records}

    @property
    def models(self) -> list[str]:
        return sorted({record.model.name for record in self.records})

    def is_complete(self, model: str) -> bool:
        """Whether a model was asked every task of the suite."""
        return all((model, task) in self.cells for task in self.suite.tasks)

    def of(self, model: str) -> list[LanguageRecord]:
        """The records of a model, in the order of the suite's tasks."""
        return [self.cells[model, task] for task in self.suite.tasks if (model, task) in self.cells]

    def matrix(self, model: str) -> NDArray[np.float64]:
        """[items, tasks] mean scores over samples, from 0 to 100: what the suite's statistics take, an item a unit."""
        return np.stack([scores(record).mean(1) * 100 for record in self.of(model)], 1)


def scores(record: LanguageRecord) -> NDArray[np.float64]:
    """[items, samples] of a record."""
    return np.array([outcome.value for outcome in record.outcomes]).reshape(-1, record.protocol.rules["samples"])


def accuracy(records: Sequence[LanguageRecord]) -> Estimate:
    """avg@n over all items of some tasks that have equally many, in percent: Wilson's or Student's interval."""
    return _in_percent(average_at_k(np.concatenate([scores(record) for record in records])))


def _in_percent(share: Estimate) -> Estimate:
    lower, upper = (None if end is None else 100 * end for end in (share.lower, share.upper))
    return replace(share, value=100 * share.value, lower=lower, upper=upper)


def pass_rates(records: Sequence[LanguageRecord]) -> dict[int, float]:
    """Mean pass@k in percent by k, for k = 1, 2, 4, … up to half of the samples."""
    correct = np.concatenate([scores(record) for record in records]) == 1
    ks = [2**power for power in range(20) if SAMPLES_PER_K * 2**power <= correct.shape[1]]
    return {k: float(pass_at_k(correct, k).mean() * 100) for k in ks}


def majority(records: Sequence[LanguageRecord]) -> float:
    """maj@n in percent, n being all samples."""
    return 100 * float(np.concatenate([_votes(record) for record in records]).mean())


def _votes(record: LanguageRecord) -> NDArray[np.float64]:
    samples = record.protocol.rules["samples"]
    items = [record.outcomes[start : start + samples] for start in range(0, len(record.outcomes), samples)]
    answers = [[outcome.answer for outcome in item] for item in items]
    return majority_at_k(answers, [[outcome.value == 1 for outcome in item] for item in items], samples)


def tokens(records: Sequence[LanguageRecord]) -> float | None:
    """Tokens written for each right completion; none where none is right."""
    outcomes = [outcome for record in records for outcome in record.outcomes]
    return tokens_to_solution([o.tokens for o in outcomes], [o.value == 1 for o in outcomes])


def read_language_results(suite: LanguageSuite, protocol: LanguageProtocol) -> LanguageResults:
    """All finished runs of a suite under a protocol, in this home; of a model and task the one that ran last."""
    today = {task: items_hash(protocol.items_of(task)) for task in suite.tasks}
    found = (read_language_record(path.parent) for path in sorted(runs_folder().glob("*/record.json")))
    kept = [r for r in found if r.protocol.hash == protocol.hash and today.get(r.task.task) == r.task.items_hash]
    return LanguageResults(suite, protocol, tuple(_last(kept)))


def _last(records: Iterable[LanguageRecord]) -> Iterable[LanguageRecord]:
    """One record a model and task, never a mixture of two models of one name: those of the facts that ran last."""
    in_order = sorted(records, key=lambda record: record.finished)
    facts = {record.model.name: record.model.facts for record in in_order}
    return {
        (record.model.name, record.task.task): record
        for record in in_order
        if record.model.facts == facts[record.model.name]
    }.values()
