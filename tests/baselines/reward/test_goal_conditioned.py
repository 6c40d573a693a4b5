"""The goal-conditioned reward model: its contrast by hand, and that it learns what it is told."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from gnomon.baselines.reward.characters import Recipe
from gnomon.baselines.reward.goal_conditioned import SHARPNESS, GoalConditioned, GoalConditionedModel, contrast
from gnomon.benchmarks.reward_models import ProcessRewardModel
from gnomon.datasets.preferences.drawing import draw_pairs
from gnomon.datasets.preferences.sets import PREFERENCE_SETS
from gnomon.errors import UsageError

TINY = Recipe(loss="bradley-terry", updates=2, width=16, blocks=1, heads=2, batch_size=4)
PAIRS = draw_pairs(PREFERENCE_SETS["preference/steps-process-v1"], "train", 24)


def test_the_contrast_by_hand() -> None:
    """Chosen: lines at 0° and 60°; rejected: 0°, 90° and one that is not there. κ = 5."""
    states = torch.tensor(
        [
            [[1.0, 0.0], [1.0, math.sqrt(3)], [9.0, 9.0]],
            [[2.0, 0.0], [0.0, 3.0], [9.0, 9.0]],
        ]
    )
    ends = torch.tensor([[True, True, False], [True, True, False]])
    chosen, rejected = math.log(1 + math.exp(-SHARPNESS / 2)), math.log(2)
    assert float(contrast(states, ends)) == pytest.approx((chosen + rejected) / 2, rel=1e-6)
    alone = torch.tensor([[True, False, False], [True, True, True]])
    assert float(contrast(states, alone)) == pytest.approx(
        (
            math.log(2) + 2 * math.log(1 + math.exp(SHARPNESS / math.sqrt(2)))  # 45° to each of the other two
        )
        / 3
        / 2,
        rel=1e-6,
    )


def test_it_is_a_process_reward_model_with_equal_bytes_from_equal_seeds() -> None:
    models = [GoalConditioned(TINY).train(PAIRS, seed) for seed in (0, 0, 1)]
    prompts, texts = [pair.prompt for pair in PAIRS], [pair.chosen.text for pair in PAIRS]
    scores = [model.score(prompts, texts) for model in models]
    assert scores[0].tolist() == scores[1].tolist() != scores[2].tolist()
    for model in models:
        assert isinstance(model, ProcessRewardModel)
        steps = model.score_steps(prompts, [pair.chosen.lines for pair in PAIRS])
        assert [len(one) for one in steps] == [len(pair.chosen.lines) for pair in PAIRS]
        assert max(float(np.abs(one).max()) for one in steps) <= SHARPNESS
    with pytest.raises(UsageError, match="at least one pair"):
        GoalConditioned(TINY).train([], 0)


def test_training_pulls_chosen_lines_together_and_pushes_rejected_ones_apart() -> None:
    """On eight pairs that it sees over and over, the steps of chosen solutions come to be more like the goal."""
    pairs = PAIRS[:8]
    learner = GoalConditioned(replace(TINY, updates=60, batch_size=8))
    before, after = GoalConditioned(replace(TINY, updates=1, learning_rate=0.0)), learner
    gaps = []
    for one in (before, after):
        model = one.train(pairs, 0)
        assert isinstance(model, GoalConditionedModel)
        prompts = [pair.prompt for pair in pairs]
        chosen, rejected = (
            np.mean([steps[-1] for steps in model.score_steps(prompts, lines)])
            for lines in ([pair.chosen.lines for pair in pairs], [pair.rejected.lines for pair in pairs])
        )
        gaps.append(chosen - rejected)
    assert gaps[1] > gaps[0] + 0.5
