"""What learned reward models are fooled by, where the truth is known: accuracy by corruption, and where a cue turns.

A model learns to tell the corruptions that it has seen, and need not tell others; it learns a cue that holds in four of
five pairs, and is as wrong where the cue is turned over as it was right where it held.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gnomon.datasets.preferences.sets import PREFERENCE_SETS
from gnomon.evaluation.intervals import Estimate, item_estimate
from gnomon.evaluation.reward_models.bench import values
from gnomon.evaluation.reward_models.outcomes import Size
from gnomon.evaluation.reward_models.record import RewardRecord
from gnomon.evaluation.reward_models.run import RewardRun, contestant, perform_reward


class Trap(NamedTuple):
    """A set, its splits, and whether their pairs are shown by corruption."""

    set: str
    splits: tuple[str, ...]
    by_corruption: bool


TRAPS = (
    Trap("preference/steps-outcome-v1", ("iid", "unseen-corruption"), by_corruption=True),
    Trap("preference/length-trap-v1", ("iid", "neutral", "length-adversarial"), by_corruption=False),
)
LISTS = 10  # their metrics are in the record, and not shown here


@dataclass(frozen=True)
class Found:
    """The accuracy of a model on the decided pairs of a split, of all or of those with one corruption."""

    model: str
    set: str
    split: str
    wrong: str
    accuracy: Estimate


def pathologies_of(model: str, pairs: int = 500, training_pairs: int = 10_000, seed: int = 0) -> Iterator[Found]:
    """A model on every trap; a baseline is trained for each set.

    Args:
        model: name of a reward baseline, or KIND:PLACE of a ready model.
        pairs: of a split.
        training_pairs: that a baseline learns from.
        seed: of its training.
    """
    for trap in TRAPS:
        who = contestant(model, PREFERENCE_SETS[trap.set], "train", training_pairs, seed)
        for split in trap.splits:
            record = perform_reward(RewardRun(who, split, Size(pairs=pairs, lists=LISTS)))
            kinds = sorted({pair.corruption for pair in record.pairs if pair.decided}) if trap.by_corruption else []
            for wrong in ("", *kinds):
                yield Found(model, trap.set, split, wrong or "anything", _accuracy(record, wrong))


def _accuracy(record: RewardRecord, wrong: str) -> Estimate:
    chosen = [pair.decided and wrong in ("", pair.corruption) for pair in record.pairs]
    return item_estimate(values(record.pairs)[chosen], (0.0, 1.0))
