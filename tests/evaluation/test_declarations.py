"""What algorithms declare: their tuning, and what they run on; records keep it and tables show it."""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from gnomon.baselines.algorithm import Takes, Tuning, tuning_of
from gnomon.baselines.registry import BASELINES, kind_of
from gnomon.errors import UsageError
from gnomon.evaluation.applicability import objection
from gnomon.evaluation.declarations import tuning_over
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import Record
from gnomon.evaluation.result_rows import as_json_row, as_text_row, score_rows
from gnomon.evaluation.results import Results
from gnomon.evaluation.run import algorithm_under_test
from gnomon.leaderboard.board import _missing

SMALL = "maze/umaze/planner-test-v1"
GNOMON = str(Path(sys.executable).with_name("gnomon"))
OFFLINE = [name for name in BASELINES if kind_of(name) == "offline"]
MINE = """
import numpy as np
from gnomon.baselines.algorithm import Takes, Tuning

class Mine:
    name = "mine"
    {declared}
    def train(self, dataset, seeds, budget, on_checkpoint):
        return [self for _ in seeds]
    def act(self, observations, reset):
        return np.zeros((len(observations), 2))
"""


@pytest.fixture
def my_file(tmp_path: Path):
    """Write an algorithm that declares something; returns its reference."""

    def write(declared: str = "pass") -> str:
        (tmp_path / "mine.py").write_text(MINE.replace("{declared}", declared))
        return f"{tmp_path}/mine.py:Mine"

    return write


@pytest.mark.parametrize("name", OFFLINE)
def test_every_baseline_declares_its_tuning_and_what_it_takes(name: str) -> None:
    baseline = BASELINES[name]
    for preset in baseline.presets:
        assert isinstance(tuning_of(baseline, *preset.partition("/")[::2]), Tuning), preset
    assert baseline.takes.actions in (("continuous",), ("discrete",), ("continuous", "discrete"))


def test_the_presets_that_were_looked_at_say_so() -> None:
    """The figures of docs/decisions/small-presets.md and of the docstring of ReBRAC."""
    assert tuning_of(BASELINES["td3-bc"], "small", "maze") == Tuning(2, 360, "Its authors, on D4RL returns.")
    assert tuning_of(BASELINES["rebrac"], "small", "maze").configurations == 4  # pyright: ignore[reportOptionalMemberAccess]
    assert tuning_of(BASELINES["rebrac"], "small", "locomotion").configurations == 1  # pyright: ignore[reportOptionalMemberAccess]


def test_a_class_of_a_users_declares_with_an_attribute(own_small: Path, my_file, tiny_protocol: Protocol) -> None:
    mine = my_file("tuning = Tuning(7, 40, 'A colleague, on other mazes.')")
    results = evaluate(mine, datasets=[SMALL], protocol=tiny_protocol, seeds=1)
    assert results.records[0].algorithm.tuning == Tuning(7, 40, "A colleague, on other mazes.")
    (row,) = score_rows(results, [SMALL])
    assert as_text_row(row)["tuning"] == "7 tried, 40 episodes, foreign"
    tuning = {"configurations": 7, "online_episodes": 40, "foreign": "A colleague, on other mazes."}
    assert as_json_row(row)["tuning"] == tuning


def test_without_a_declaration_there_is_none_and_a_call_can_make_it(own_small: Path, my_file, tiny_protocol) -> None:
    silent = evaluate(my_file(), datasets=[SMALL], protocol=tiny_protocol, seeds=1)
    assert as_text_row(score_rows(silent, [SMALL])[0])["tuning"] == "not declared"
    told = evaluate(my_file(), datasets=[SMALL], protocol=tiny_protocol, seeds=[5], tuning=Tuning(3, 9))
    assert [record.algorithm.tuning for record in told.records] == [None, Tuning(3, 9)]
    assert tuning_over(told.records) is None  # one run of the two says nothing
    with pytest.raises(UsageError, match="declare their tuning themselves"):
        evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, seeds=1, tuning=Tuning(3, 9))


def test_declarations_of_several_families_are_one(own_small: Path, my_file, tiny_protocol: Protocol) -> None:
    (record,) = evaluate(my_file(), datasets=[SMALL], protocol=tiny_protocol, seeds=1).records

    def declaring(tuning: Tuning) -> Record:
        return record.model_copy(update={"algorithm": record.algorithm.model_copy(update={"tuning": tuning})})

    several = [declaring(Tuning(1, 5, "One.")), declaring(Tuning(4, 2, "Two.")), declaring(Tuning(2, 0, "One."))]
    assert tuning_over(several) == Tuning(4, 5, "One. Two.")
    assert tuning_over([*several, declaring(Tuning(1, None))]) == Tuning(4, None, "One. Two.")


@pytest.mark.parametrize("declared", ["tuning = 'none'", "takes = ['continuous']"])
def test_declarations_of_another_type_are_one_sentence(declared: str, my_file, tiny_protocol: Protocol) -> None:
    with pytest.raises(UsageError, match=r"must be a gnomon.baselines.algorithm"):
        algorithm_under_test(my_file(declared), tiny_protocol, "maze")


def test_half_a_declaration_on_the_command_line_is_one_sentence(my_file) -> None:
    command = [GNOMON, "evaluate", my_file(), "--online-episodes", "3"]
    result = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    assert (result.returncode, "Say --tried too" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("takes", "dataset", "reason"),
    [
        (Takes(), SMALL, None),
        (Takes(actions=("continuous",), observations=("vector",), needs=("goal",)), SMALL, None),
        (Takes(actions=("discrete",)), SMALL, "it has continuous actions"),
        (Takes(observations=("image",)), SMALL, "its observations are vectors"),
        (Takes(needs=("history",)), SMALL, "its observations have no history"),
        (Takes(actions=("discrete",)), "maze/open/wander-v1", "it has continuous actions"),  # not built: the simulator
    ],
)
def test_what_an_algorithm_takes_is_compared_with_the_data(
    takes: Takes, dataset: str, reason: str | None, own_small: Path
) -> None:
    assert objection(takes, dataset) == reason


def test_what_does_not_run_is_left_out_and_said_once(own_small: Path, my_file, tiny_protocol: Protocol) -> None:
    mine = my_file("takes = Takes(actions=('discrete',))")
    with pytest.raises(UsageError, match=f"mine does not run on {SMALL}: it has continuous actions"):
        evaluate(mine, datasets=[SMALL], protocol=tiny_protocol, seeds=3)
    with warnings.catch_warnings(record=True) as said:
        both = evaluate([mine, "bc"], datasets=[SMALL], protocol=tiny_protocol, seeds=2)
    assert [str(warning.message) for warning in said] == [f"mine does not run on {SMALL}: it has continuous actions."]
    assert both.algorithms == ["bc"]


def test_tables_and_boards_say_not_applicable_and_never_missing(own_small: Path, my_file, tiny_protocol) -> None:
    (record,) = evaluate(my_file(), datasets=[SMALL], protocol=tiny_protocol, seeds=1).records
    others = ["discrete/cartpole/expert-v1", "maze/open/wander-v1"]  # discrete actions, and continuous ones
    takes = Takes(actions=("continuous",))
    picky = record.model_copy(update={"algorithm": record.algorithm.model_copy(update={"takes": takes})})
    (row,) = score_rows(Results((picky,)), [SMALL, *others])
    assert [as_text_row(row)[id] for id in others] == ["not applicable", "not run"]
    assert [as_json_row(row)[id] for id in others] == ["not applicable", None]
    assert _missing(dict.fromkeys(others, 0), 3, takes) == f"not applicable on {others[0]}; not run on {others[1]}"


def test_records_of_before_can_be_read(own_small: Path, my_file, tiny_protocol: Protocol) -> None:
    (record,) = evaluate(my_file(), datasets=[SMALL], protocol=tiny_protocol, seeds=1).records
    old = json.loads(record.model_dump_json())
    del old["algorithm"]["tuning"], old["algorithm"]["takes"]
    read = Record.model_validate(old)
    assert (read.algorithm.tuning, read.algorithm.takes) == (None, Takes())
