"""Reports on reward models, as `gnomon rewards judge --json` writes them."""

from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gnomon.errors import UsageError
from gnomon.evaluation.intervals import Estimate

Share = float | None


class RewardReport(BaseModel):
    """What a reward model reached on a split of a preference set (`gnomon.evaluation.reward_models.bench`)."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    model: str = Field(min_length=1, max_length=200)
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


def read_rewards(path: Path) -> tuple[RewardReport, ...]:
    """The reports of a file, by split and then from the most accurate on.

    Raises:
        UsageError: it is no file of reports.
    """
    try:
        found = TypeAdapter(list[RewardReport]).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise UsageError(f"{path} is no output of gnomon rewards judge --json.") from error
    return tuple(sorted(found, key=lambda one: (one.set, one.split, -one.accuracy.value, one.model)))


def percent(share: Estimate) -> Estimate:
    """The same estimate in percent."""
    lower, upper = (None if end is None else 100 * end for end in (share.lower, share.upper))
    return replace(share, value=100 * share.value, lower=lower, upper=upper)
