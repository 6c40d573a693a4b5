"""Results of the bench: the records of this home that may share a table, and their estimates."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from gnomon.errors import ComparisonError
from gnomon.evaluation.intervals import Estimate, item_estimate
from gnomon.evaluation.reward_models.bench import list_values, values
from gnomon.evaluation.reward_models.record import RewardRecord, read_reward_record
from gnomon.evaluation.reward_models.run import runs_folder


def read_reward_results() -> tuple[RewardRecord, ...]:
    """The last record of every model, training, split and protocol in this home, in the order of these."""
    return tuple(_last(read_reward_record(path.parent) for path in sorted(runs_folder().glob("*/record.json"))))


def _last(records: Iterable[RewardRecord]) -> list[RewardRecord]:
    """One record a place of a table, never two models of one name: those of the facts that ran last."""
    kept = {_place(record): record for record in sorted(records, key=lambda record: record.finished)}
    return [kept[place] for place in sorted(kept)]


def _place(record: RewardRecord) -> tuple[str, ...]:
    training = record.training.model_dump_json() if record.training else ""
    return record.asked.set, record.asked.split, record.protocol.hash, record.model.name, training


def estimates(record: RewardRecord) -> dict[str, Estimate]:
    """Accuracy, best of four, regret and Kendall's τ with intervals over pairs or lists."""
    bounds = {"best of four": (0.0, 1.0), "regret": (0.0, float("inf")), "Kendall": (-1.0, 1.0)}
    found = list_values(record.lists)
    of_lists = {name: item_estimate(found[name], bounds[name]) for name in bounds if len(found[name])}
    return {"accuracy": record.report.accuracy, **of_lists}


def difference(one: RewardRecord, other: RewardRecord) -> Estimate:
    """Accuracy of one minus that of the other on the same pairs, with Student's interval over pairs.

    Raises:
        ComparisonError: they were not asked the same.
    """
    if (one.asked, one.protocol.hash) != (other.asked, other.protocol.hash):
        raise ComparisonError(
            f"{one.model.name} and {other.model.name} were not asked the same pairs; judge both on one split and size."
        )
    decided = [pair.decided for pair in one.pairs]
    return item_estimate((values(one.pairs) - values(other.pairs))[decided], (-1.0, 1.0))


def report_row(record: RewardRecord) -> dict[str, Any]:
    """A record as a row of `gnomon rewards judge --json`, which `gnomon leaderboard build --rewards` reads."""
    return {
        "model": record.model.name,
        "set": record.asked.set,
        **asdict(record.report),
        "training": record.training.model_dump() if record.training else None,
        "protocol": record.protocol.hash,
        "key": record.key,
    }
