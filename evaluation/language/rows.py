"""The rows of the table of ready models, as values and as text."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.language.record import LanguageRecord
from gnomon.evaluation.language.results import LanguageResults, accuracy, majority, pass_rates, tokens

Row = dict[str, Any]


def model_rows(found: LanguageResults, as_json: bool) -> list[Row]:
    """A row a model, the best first: accuracy over all tasks with its interval, pass@k, votes, form and cost.

    A model that was not asked every task has no row of its own over all of them.
    """
    complete = [model for model in found.models if found.is_complete(model)]
    ordered = sorted(complete, key=lambda model: (-accuracy(found.of(model)).value, model))
    return [{"model": model, **_facts(found.of(model), as_json)} for model in ordered]


def task_rows(found: LanguageResults, as_json: bool) -> list[Row]:
    """A row a task and model."""
    return [
        {"task": task.partition("/")[2], "model": model, **_facts([found.cells[model, task]], as_json)}
        for task in found.suite.tasks
        for model in found.models
        if (model, task) in found.cells
    ]


def _facts(records: Sequence[LanguageRecord], as_json: bool) -> Row:
    samples = records[0].protocol.rules["samples"]
    passes = {f"pass@{k}": value for k, value in pass_rates(records).items() if k > 1}
    rates = {name: _rate(records, name) for name in ("answered", "several_answers", "truncated")}
    estimate = accuracy(records)
    facts: Row = {f"avg@{samples}": asdict(estimate) if as_json else _text(estimate)}
    facts |= passes | {f"maj@{samples}": majority(records)}
    facts |= {name.replace("_", " "): rate for name, rate in rates.items()}
    return facts | {"tokens a solution": tokens(records)}


def _rate(records: Sequence[LanguageRecord], name: str) -> float:
    """In percent, over records of equally many completions."""
    return 100 * sum(getattr(record.rates, name) for record in records) / len(records)


def _text(estimate: Estimate) -> str:
    if estimate.lower is None:
        return f"{estimate.value:.1f} (tied)"
    return f"{estimate.value:.1f} [{estimate.lower:.1f}, {estimate.upper:.1f}]"
