"""The bench tells the truth: what a model reaches that knows it, that knows its opposite, and that knows nothing."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gnomon.baselines.reward import REWARD_BASELINES
from gnomon.baselines.reward.characters import CharacterLearner, CharacterRewardModel, Recipe
from gnomon.baselines.reward.goal_conditioned import GoalConditioned
from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.reward_models import REWARD_MODELS, ProcessRewardModel, make_reward_model, scored
from gnomon.benchmarks.reward_models.judge import Judge
from gnomon.datasets.preferences.drawing import draw_pairs
from gnomon.datasets.preferences.sets import PREFERENCE_SETS
from gnomon.errors import PolicyError, UnknownId, UsageError
from gnomon.evaluation.reward_models.bench import judge_split, optimise
from gnomon.evaluation.reward_models.outcomes import Size

GNOMON = str(Path(sys.executable).with_name("gnomon"))
SIZE = Size(pairs=80, lists=30, prompts=15, candidates=8)
TRAP = PREFERENCE_SETS["preference/length-trap-v1"]


class Truth:
    """Knows the utilities, and multiplies them."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._known: dict[tuple[str, str], float] = {}
        self.facts: Mapping[str, str] = {}

    def reveal(self, utilities: Mapping[tuple[str, str], float]) -> None:
        self._known |= utilities

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> NDArray[np.float64]:
        return self._factor * np.array([self._known[key] for key in zip(prompts, completions, strict=True)])


@pytest.mark.parametrize("id", PREFERENCE_SETS)
def test_the_truth_is_perfect_and_its_opposite_is_not(id: str) -> None:
    preferences = PREFERENCE_SETS[id]
    right, wrong = (judge_split(Truth(factor), preferences, "iid", SIZE) for factor in (1.0, -1.0))
    assert (right.accuracy.value, right.best_of_four, right.regret) == (1.0, 1.0, 0.0)
    assert (wrong.accuracy.value, wrong.kendall) == (0.0, pytest.approx(-(right.kendall or 0)))
    assert (right.calibration_error, right.probability_error) == pytest.approx((0.0, 0.0), abs=1e-12)
    assert wrong.regret > 0
    assert right.kendall is not None
    assert set(right.by_corruption.values()) == {1.0}
    assert right.label_accuracy <= 1.0
    assert 0.5 <= right.bayes_accuracy <= 1.0


def test_optimising_the_truth_helps_and_its_opposite_hurts() -> None:
    right, wrong = (optimise(Truth(factor), TRAP, "neutral", SIZE) for factor in (1.0, -1.0))
    assert right.over_optimisation.final_loss == 0.0
    assert right.points[-1].gain > 0.6
    assert wrong.over_optimisation.peak_divergence == 0.0
    assert wrong.over_optimisation.final_loss > 0.5
    assert sum(wrong.hacking.values()) > sum(right.hacking.values())
    assert [point.n for point in right.points] == [1, 2, 4, 8]


def test_the_length_trap_catches_a_model_of_wording() -> None:
    model = REWARD_BASELINES["n-grams"].train(draw_pairs(TRAP, "train", 1000), 0)
    reached = {
        split: judge_split(model, TRAP, split, SIZE).accuracy for split in ("iid", "neutral", "length-adversarial")
    }
    assert reached["iid"].value > 0.65
    assert reached["length-adversarial"].value < 0.2
    assert reached["length-adversarial"].upper is not None
    assert reached["neutral"].value < reached["iid"].value
    assert reached["length-adversarial"].upper < reached["neutral"].value


def test_there_are_eleven_baselines_and_four_kinds_of_models() -> None:
    assert list(REWARD_BASELINES) == [
        "bradley-terry",
        "bradley-terry-margin",
        "constant",
        "format",
        "goal-conditioned",
        "length",
        "n-grams",
        "noisy-oracle",
        "process",
        "random",
        "shortness",
    ]
    assert list(REWARD_MODELS) == ["dpo", "hf", "judge", "python"]


def tiny(recipe: Recipe) -> Recipe:
    return replace(recipe, updates=2, width=16, blocks=1, heads=2, batch_size=4)


@pytest.mark.parametrize("name", REWARD_BASELINES)
def test_every_baseline_is_judged_and_is_the_same_again(name: str) -> None:
    learner = REWARD_BASELINES[name]
    if isinstance(learner, CharacterLearner):
        learner = CharacterLearner("", tiny(learner.recipe))
    if isinstance(learner, GoalConditioned):
        learner = GoalConditioned(tiny(learner.recipe))
    pairs = draw_pairs(TRAP, "train", 40)
    small = Size(pairs=12, lists=6, prompts=4, candidates=4)
    first, again = (judge_split(learner.train(pairs, 3), TRAP, "iid", small) for _ in range(2))
    assert first == again
    assert 0 <= first.accuracy.value <= 1
    if name == "constant":
        assert (first.accuracy.value, first.best_of_four, first.kendall) == (0.5, 0.25, 0.0)


def test_weights_depend_on_the_seed_and_on_nothing_else() -> None:
    base = REWARD_BASELINES["process"]
    assert isinstance(base, CharacterLearner)
    learner = CharacterLearner("", tiny(base.recipe))
    pairs = draw_pairs(PREFERENCE_SETS["preference/steps-process-v1"], "train", 20)
    models = [learner.train(pairs, seed) for seed in (0, 0, 1)]
    for model in models:
        assert isinstance(model, CharacterRewardModel)
        assert isinstance(model, ProcessRewardModel)
    weights = [model.model.state_dict() for model in models if isinstance(model, CharacterRewardModel)]
    assert all(bool((weights[0][name] == weights[1][name]).all()) for name in weights[0])
    assert any(bool((weights[0][name] != weights[2][name]).any()) for name in weights[0])


def test_scores_do_not_depend_on_the_batch() -> None:
    base = REWARD_BASELINES["bradley-terry"]
    assert isinstance(base, CharacterLearner)
    model = CharacterLearner("", replace(base.recipe, updates=1, width=16, blocks=1, heads=2, batch_size=4)).train(
        draw_pairs(TRAP, "train", 8), 0
    )
    texts = ["1 + 1 = 2\nAnswer: 2", "12 + 30 = 42, with care\nAnswer: 42"]
    together = model.score(["p", "long prompt"], texts)
    alone = np.concatenate([model.score(["p"], texts[:1]), model.score(["long prompt"], texts[1:])])
    assert together == pytest.approx(alone, abs=1e-5)
    with pytest.raises(UsageError, match="reads 512"):
        model.score(["p"], ["x" * 600])


def test_a_function_of_yours(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def score(prompt, completion):\n    return -len(completion)\n")
    model = make_reward_model(f"python:{tmp_path / 'mine.py'}:score")
    assert model.score(["p", "p"], ["aa", "a"]).tolist() == [-2.0, -1.0]
    found = judge_split(model, TRAP, "length-adversarial", SIZE)
    assert found.accuracy.value == 1.0


def test_models_that_break_the_contract(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def score(prompt, completion):\n    return float('nan')\n")
    with pytest.raises(PolicyError, match="not finite"):
        scored(make_reward_model(f"python:{tmp_path / 'bad.py'}:score"), ["p"], ["c"])
    with pytest.raises(UnknownId, match="no kind of reward model"):
        make_reward_model("magic:x")
    with pytest.raises(UsageError, match="write hf:PATH"):
        make_reward_model("hf")
    with pytest.raises(PolicyError, match="bench's own completions"):
        REWARD_BASELINES["noisy-oracle"].train([], 0).score(["p"], ["c"])


class Scripted:
    """A generator that says what it is told, vote after vote."""

    def __init__(self, votes: list[str]) -> None:
        self._votes = votes
        self.facts: Mapping[str, str] = {"model": "scripted"}

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        return [[Completion(vote, 1, ended=True) for vote in self._votes[:n]] for _ in prompts]


def test_a_judge_counts_what_it_cannot_read() -> None:
    judge = Judge(Scripted(["Fine.\nRating: 8", "10", "Rating: 3"]))
    (score,) = judge.score(["p"], ["c"])
    assert 1 / (1 + np.exp(-score)) == pytest.approx((5.5 - 0.5) / 10)  # the mean of 8 and 3; the bare 10 is no rating
    assert judge.facts == {"model": "scripted", "votes": "3", "asked": "3", "unreadable": "1"}
    with pytest.raises(PolicyError, match="no readable rating in 3 votes"):
        Judge(Scripted(["10", "Rating: 11", "Rating: 10/10"])).score(["p"], ["c"])


def test_the_commands(tmp_path: Path) -> None:
    sized = ["--set", TRAP.id, "--json"]
    judged = subprocess.run(
        [GNOMON, "rewards", "judge", "length", "--split", "iid", "--pairs", "40", "--lists", "10", *sized],
        capture_output=True,
        text=True,
    )
    assert judged.returncode == 0, judged.stderr
    (row,) = json.loads(judged.stdout)
    assert row["accuracy"]["n"] == 40
    assert row["bayes_accuracy"] == pytest.approx(0.982, abs=1e-3)
    curve = subprocess.run(
        [GNOMON, "rewards", "optimise", "length", "--prompts", "5", "--candidates", "4", *sized],
        capture_output=True,
        text=True,
    )
    assert curve.returncode == 0, curve.stderr
    assert [point["n"] for point in json.loads(curve.stdout)[0]["points"]] == [1, 2, 4]
