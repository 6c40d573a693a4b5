"""Records of reward models: complete, read again to the last bit, refused where damaged, and never made twice."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from gnomon.datasets.preferences.sets import PREFERENCE_SETS
from gnomon.errors import ComparisonError, GnomonError
from gnomon.evaluation.reward_models.bench import judge_split
from gnomon.evaluation.reward_models.outcomes import Size
from gnomon.evaluation.reward_models.pathologies import pathologies_of
from gnomon.evaluation.reward_models.record import read_reward_record
from gnomon.evaluation.reward_models.results import difference, estimates, read_reward_results, report_row
from gnomon.evaluation.reward_models.run import RewardRun, contestant, perform_reward, protocol_of
from gnomon.leaderboard.site.rewards import reports_of

GNOMON = str(Path(sys.executable).with_name("gnomon"))
TRAP = PREFERENCE_SETS["preference/length-trap-v1"]
SIZE = Size(pairs=60, lists=12)


def run_of(reference: str, split: str = "iid", size: Size = SIZE, training_pairs: int = 200) -> RewardRun:
    return RewardRun(contestant(reference, TRAP, "train", training_pairs), split, size)


def test_a_record_shows_what_the_bench_shows() -> None:
    run = run_of("n-grams")
    record = perform_reward(run)
    assert asdict(record.report) == asdict(judge_split(run.contestant.ready.model, TRAP, "iid", SIZE))
    assert record.training is not None
    assert (record.training.split, record.training.pairs, record.training.seed) == ("train", 200, 0)
    assert len(record.model.facts["source"]) == 64
    assert record.command.startswith("gnomon rewards judge n-grams --set preference/length-trap-v1 --split iid")


def test_what_was_judged_is_not_judged_again() -> None:
    first = perform_reward(run_of("length"))
    again = run_of("length")
    assert perform_reward(again) == first
    assert "ready" not in vars(again.contestant)  # nothing was trained
    others = [run_of("length", "neutral"), run_of("shortness"), run_of("length", size=replace(SIZE, pairs=61))]
    assert len({first.key, *(other.key for other in others), run_of("length", training_pairs=100).key}) == 5


def test_a_function_that_changed_is_another_model(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    keys = []
    for factor in (1, 2):
        path.write_text(f"def score(prompt, completion):\n    return {factor} * len(completion)\n")
        keys.append(run_of(f"python:{path}:score").key)
    assert keys[0] != keys[1]


def test_results_are_read_in_one_order_and_only_the_last_of_a_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    for factor in (1, -1):
        path.write_text(f"def score(prompt, completion):\n    return {factor} * len(completion)\n")
        mine = perform_reward(run_of(f"python:{path}:score"))
    for name in ("shortness", "length"):
        perform_reward(run_of(name, "neutral"))
        perform_reward(run_of(name))
    found = read_reward_results()
    places = [(record.asked.split, record.model.name.partition(":")[0]) for record in found]
    assert places == [
        ("iid", "length"),
        ("iid", "python"),
        ("iid", "shortness"),
        ("neutral", "length"),
        ("neutral", "shortness"),
    ]
    assert found[1] == mine


def test_estimates_have_intervals_and_differences_are_paired() -> None:
    length, shortness = perform_reward(run_of("length")), perform_reward(run_of("shortness"))
    told = estimates(length)
    assert list(told) == ["accuracy", "best of four", "regret", "Kendall"]
    assert [one.unit for one in told.values()] == ["items"] * 4
    assert told["best of four"].value == length.report.best_of_four
    for one in told.values():
        assert one.lower is not None
        assert one.upper is not None
        assert one.lower <= one.value <= one.upper
    found = difference(length, shortness)
    assert found.value == pytest.approx(length.report.accuracy.value - shortness.report.accuracy.value)
    assert found.n == sum(pair.decided for pair in length.pairs)
    with pytest.raises(ComparisonError, match="were not asked the same pairs"):
        difference(length, perform_reward(run_of("shortness", "neutral")))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda told: told["pairs"].pop(), "as many pairs and lists"),
        (lambda told: told["pairs"][0].update(u_chosen=99.0), "the hash of what was asked"),
        (lambda told: told["protocol"]["rules"].update(lists=13), "the protocol's hash"),
        (lambda told: told["lists"][0]["scores"].pop(), "has not 4 candidates"),
        (lambda told: told.update(key="0" * 16), "the record of another run"),
    ],
)
def test_a_damaged_record_is_refused(damage: object, sentence: str) -> None:
    run = run_of("length")
    perform_reward(run)
    path = run.folder / "record.json"
    told = json.loads(path.read_text())
    assert callable(damage)
    damage(told)
    path.write_text(json.dumps(told))
    with pytest.raises(GnomonError, match=sentence):
        read_reward_record(run.folder)


def test_the_command_writes_records_that_the_page_reads(tmp_path: Path) -> None:
    command = [GNOMON, "rewards", "judge", "length", "--set", TRAP.id, "--split", "iid", "--split", "neutral"]
    made = subprocess.run(
        [*command, "--pairs", "40", "--lists", "5", "--json"], capture_output=True, text=True, check=True
    )
    records = read_reward_results()
    assert json.loads(made.stdout) == json.loads(json.dumps([report_row(record) for record in records]))
    assert reports_of(records) == ()  # another protocol than the page's
    usual = [record.model_copy(update={"protocol": protocol_of(Size())}) for record in records]
    assert [(one.model, one.split, one.accuracy) for one in reports_of(usual)] == [
        ("length", record.asked.split, record.report.accuracy) for record in records
    ]


def test_a_model_of_wording_falls_into_the_trap() -> None:
    found = {
        (one.set, one.split, one.wrong): one.accuracy for one in pathologies_of("n-grams", pairs=60, training_pairs=400)
    }
    trap, outcome = TRAP.id, "preference/steps-outcome-v1"
    assert found[trap, "iid", "anything"].value > 0.6
    assert found[trap, "length-adversarial", "anything"].value < 0.3
    kinds = {wrong for set, split, wrong in found if (set, split) == (outcome, "unseen-corruption")}
    assert kinds == {"anything", "operand", "sign", "omission"}
    unseen = [found[outcome, "unseen-corruption", kind] for kind in kinds - {"anything"}]
    whole = found[outcome, "unseen-corruption", "anything"]
    assert sum(one.n for one in unseen) == whole.n
    assert np.average([one.value for one in unseen], weights=[one.n for one in unseen]) == pytest.approx(whole.value)
