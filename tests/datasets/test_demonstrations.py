"""Demonstrations of mixed quality: reproducible, scored by the verifier, and of every kind."""

import pytest

from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.visual import VISUAL_TASKS
from gnomon.datasets.demonstrations import mixed_demonstrations
from gnomon.errors import UsageError


@pytest.mark.parametrize(("task", "low", "high"), [("scene-class", 0.3, 0.55), ("ui-click", 0.25, 0.5)])
def test_quality_is_mixed_and_scored(task: str, low: float, high: float) -> None:
    items = VISUAL_TASKS[f"visual/{task}-v1"].items("train", 100)
    examples = mixed_demonstrations(items, seed=0)
    assert mixed_demonstrations(items, seed=0) == examples != mixed_demonstrations(items, seed=1)
    assert [example.item for example in examples] == items
    scores = score_completions([example.completion for example in examples], items).values
    assert [example.score for example in examples] == scores.tolist()
    assert low < scores.mean() < high  # a third or a quarter is gold, and some of the others are right by luck
    assert any("Answer:" not in example.completion for example in examples)


def test_boxes_are_moved_as_one() -> None:
    items = VISUAL_TASKS["visual/scene-detect-v1"].items("train", 60)
    scores = [example.score for example in mixed_demonstrations(items, seed=0)]
    assert 0 in scores
    assert 1 in scores
    assert any(0 < score < 1 for score in scores)


def test_one_item_is_too_few() -> None:
    items = VISUAL_TASKS["visual/ui-click-v1"].items("train", 1)
    with pytest.raises(UsageError, match="give two or more"):
        mixed_demonstrations(items, seed=0)
