"""What the pages say of reward models: the records of the bench in this home, under the bench's own protocol."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.reward_models.outcomes import Size
from gnomon.evaluation.reward_models.record import RewardRecord
from gnomon.evaluation.reward_models.run import protocol_of

Share = float | None
USUAL = 10_000  # pairs that a baseline learns from where nobody says otherwise


@dataclass(frozen=True)
class RewardReport:
    """What a reward model reached on a split of a preference set (`gnomon.evaluation.reward_models.bench`)."""

    model: str
    set: str
    split: str
    accuracy: Estimate
    bayes_accuracy: float
    best_of_four: float
    regret: float
    kendall: Share
    calibration_error: float
    step_auroc: Share
    first_error_f1: Share


def reports_of(records: Iterable[RewardRecord]) -> tuple[RewardReport, ...]:
    """A row a record under the usual protocol, by split and then from the most accurate on."""
    usual = protocol_of(Size()).hash
    found = [_report(record) for record in records if record.protocol.hash == usual]
    return tuple(sorted(found, key=lambda one: (one.set, one.split, -one.accuracy.value, one.model)))


def _report(record: RewardRecord) -> RewardReport:
    told, learned = record.report, record.training
    odd = learned and (learned.pairs, learned.seed, learned.split) != (USUAL, 0, "train")
    name = record.model.name
    return RewardReport(
        model=f"{name} ({learned.pairs:,} pairs of {learned.split}, seed {learned.seed})" if learned and odd else name,
        set=record.asked.set,
        split=record.asked.split,
        accuracy=told.accuracy,
        bayes_accuracy=told.bayes_accuracy,
        best_of_four=told.best_of_four,
        regret=told.regret,
        kendall=told.kendall,
        calibration_error=told.calibration_error,
        step_auroc=told.step_auroc,
        first_error_f1=told.first_error_f1,
    )


def percent(share: Estimate) -> Estimate:
    """The same estimate in percent."""
    lower, upper = (None if end is None else 100 * end for end in (share.lower, share.upper))
    return replace(share, value=100 * share.value, lower=lower, upper=upper)
