"""The bench: a reward model on the splits of a preference set, everything beside what the truth allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from gnomon.benchmarks.reward_models import RewardModel
from gnomon.datasets.preferences.contract import PreferenceSet
from gnomon.datasets.preferences.drawing import draw_scored
from gnomon.errors import UsageError
from gnomon.evaluation.intervals import Estimate, item_estimate
from gnomon.evaluation.reward_models import metrics
from gnomon.evaluation.reward_models.optimisation import (
    OverOptimisation,
    Point,
    curve,
    hacking_shares,
    over_optimisation,
)
from gnomon.evaluation.reward_models.outcomes import (
    ListOutcome,
    PairOutcome,
    Size,
    ask,
    corruption,
    list_scores,
    reveal,
)


@dataclass(frozen=True)
class SplitReport:
    """What a model reached on one split.

    Attributes:
        split: its name.
        accuracy: on true utilities, pairs of equal utility left out; with an interval over pairs.
        label_accuracy, bayes_accuracy: on the drawn labels, and what who knows the truth has there.
        by_subset, by_corruption: accuracy by kind of comparison, and by what was done to the worse candidate.
        best_of_four, regret, kendall: over lists of four.
        calibration_error, probability_error: of σ(Δr) against p*.
        step_auroc, first_error_f1: of steps against "all is right so far"; none where there are no wrong steps.
        prefix_auroc: the score of the first half of the lines against "the whole is the best of its list".
    """

    split: str
    accuracy: Estimate
    label_accuracy: float
    bayes_accuracy: float
    by_subset: Mapping[str, float]
    by_corruption: Mapping[str, float]
    best_of_four: float
    regret: float
    kendall: float | None
    calibration_error: float
    probability_error: float
    step_auroc: float | None
    first_error_f1: float | None
    prefix_auroc: float | None


@dataclass(frozen=True)
class Optimised:
    """Best-of-n on one split: the curve, its peak, and what the largest n picks that it should not, by trap."""

    split: str
    points: tuple[Point, ...]
    over_optimisation: OverOptimisation
    hacking: Mapping[str, float]


def judge_split(model: RewardModel, preferences: PreferenceSet, split: str, size: Size) -> SplitReport:
    """Everything but optimisation, on one split.

    Raises:
        PolicyError: the model does not give one finite number a completion.
        UsageError: there is no such split, or every pair of it is a tie.
    """
    return report_of(split, *ask(model, preferences, split, size))


def report_of(split: str, pairs: Sequence[PairOutcome], lists: Sequence[ListOutcome]) -> SplitReport:
    """Everything that is shown of a split, from the raw outcomes; raises UsageError where every pair is a tie."""
    decided = np.array([pair.decided for pair in pairs])
    if not decided.any():
        raise UsageError(f"Every pair of {split} is a tie; ask for more pairs.")
    right = values(pairs)
    first = np.array([pair.chosen_first for pair in pairs])
    margins = np.array([pair.chosen - pair.rejected for pair in pairs])
    predicted = expit(np.where(first, margins, -margins))
    p_star = np.array([pair.p_star if pair.chosen_first else 1 - pair.p_star for pair in pairs])
    of_lists = list_values(lists)
    return SplitReport(
        split=split,
        accuracy=item_estimate(right[decided], (0.0, 1.0)),
        label_accuracy=float(metrics.hits([pair.chosen for pair in pairs], [pair.rejected for pair in pairs]).mean()),
        bayes_accuracy=metrics.bayes_accuracy(p_star),
        by_subset=_by([pair.subset for pair in pairs], right, decided),
        by_corruption=_by([pair.corruption for pair in pairs], right, decided),
        best_of_four=float(of_lists["best of four"].mean()),
        regret=float(of_lists["regret"].mean()),
        kendall=float(of_lists["Kendall"].mean()) if len(of_lists["Kendall"]) else None,
        calibration_error=metrics.calibration_error(predicted, p_star),
        probability_error=metrics.probability_error(predicted, p_star),
        **_steps(lists),
    )


def values(pairs: Sequence[PairOutcome]) -> NDArray[np.float64]:
    """[pairs] 1 where the truly better one has the higher score, ½ where the scores are equal; of a tie, by label."""
    by_label = metrics.hits([pair.chosen for pair in pairs], [pair.rejected for pair in pairs])
    return np.where([pair.u_chosen < pair.u_rejected for pair in pairs], 1 - by_label, by_label)


def list_values(lists: Sequence[ListOutcome]) -> dict[str, NDArray[np.float64]]:
    """Of each metric of lists the value of every list; Kendall's τ only of those whose utilities differ."""
    scored = [(one.scores, one.utilities) for one in lists]
    taus = [metrics.kendall(*one) for one in scored]
    return {
        "best of four": np.array([metrics.best_of_list(*one) for one in scored]),
        "regret": np.array([metrics.regret(*one) for one in scored]),
        "Kendall": np.array([tau for tau in taus if tau is not None]),
    }


def optimise(model: RewardModel, preferences: PreferenceSet, split: str, size: Size) -> Optimised:
    """Best-of-n on one split, exactly."""
    prompts = draw_scored(preferences, split, size.prompts, size.candidates)
    reveal(model, [], prompts)
    scores, utilities = list_scores(model, prompts), [one.utilities for one in prompts]
    points = curve(scores, utilities, size.ns)
    traps = [[corruption(candidate) for candidate in one.candidates] for one in prompts]
    hacking = hacking_shares(scores, utilities, traps, size.ns[-1])
    return Optimised(split, tuple(points), over_optimisation(points), hacking)


def _steps(lists: Sequence[ListOutcome]) -> dict[str, float | None]:
    rows = [(scores, right) for one in lists for scores, right in zip(one.steps, one.on_track, strict=True)]
    true = [right.index(False) if False in right else None for _, right in rows]
    best = [np.array(one.utilities) == max(one.utilities) for one in lists]
    return {
        "step_auroc": metrics.auroc(
            np.concatenate([scores for scores, _ in rows]), np.concatenate([right for _, right in rows])
        ),
        "first_error_f1": metrics.first_error_f1([metrics.first_error(scores) for scores, _ in rows], true),
        "prefix_auroc": metrics.auroc(np.concatenate([one.halves for one in lists]), np.concatenate(best)),
    }


def _by(names: Sequence[str], right: NDArray[np.float64], decided: NDArray[np.bool_]) -> dict[str, float]:
    found = np.array([name or "nothing" for name in names])
    return {str(name): float(right[decided & (found == name)].mean()) for name in np.unique(found[decided])}
