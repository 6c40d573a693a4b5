"""What must not be mixed, counted twice, lost or believed when algorithms are evaluated."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gnomon.datasets.store import load_dataset
from gnomon.errors import AlgorithmError, ComparisonError, DatasetError, GnomonError, UsageError
from gnomon.evaluation.evaluate import evaluate, plan
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import RECORD, read_record
from gnomon.evaluation.results import Results
from gnomon.evaluation.run import algorithm_under_test
from gnomon.evaluation.suites import Suite

SMALL = "maze/umaze/planner-test-v1"
FILE = """
import numpy as np

class A:
    name = "mine"
    config = None
    sign = 1
    def train(self, dataset, seeds, budget, on_checkpoint):
        {train}
        return [Policy(self.sign) for seed in seeds]

class B(A):
    sign = -1

class Policy:
    def __init__(self, sign):
        self.sign = sign
    def act(self, observations, reset):
        {act}
        return self.sign * np.ones((len(observations), 2))
"""


@pytest.fixture
def file(tmp_path: Path):
    """Write a file with two algorithms of one name; statements can be put into `train` and `act`."""

    def write(train: str = "pass", act: str = "pass", text: str = FILE) -> Path:
        path = tmp_path / "mine.py"
        path.write_text(text.replace("{train}", train).replace("{act}", act))
        return path

    return write


@pytest.fixture
def run(own_small: Path, tiny_protocol: Protocol):
    """Evaluate on the small dataset with one worker."""

    def evaluated(algorithm: object, seeds: int = 1, protocol: Protocol = tiny_protocol) -> Results:
        return evaluate(algorithm, datasets=[SMALL], protocol=protocol, seeds=seeds, workers=1)  # pyright: ignore[reportArgumentType]

    return evaluated


def test_two_classes_of_one_file_are_two_algorithms(file, run) -> None:
    first, second = run(f"{file()}:A"), run(f"{file()}:B")
    assert first.records[0].key != second.records[0].key
    assert [record.algorithm.reference[-1] for record in second.records] == ["B"]


def test_going_back_to_an_older_version_shows_the_older_version(file, run) -> None:
    before = run(f"{file()}:A").records[0].key
    run(f"{file(train='extra = 1')}:A")
    assert [record.key for record in run(f"{file()}:A").records] == [before]


def test_a_baselines_name_cannot_be_taken(file, run) -> None:
    with pytest.raises(UsageError, match="is called 'bc' as a baseline is"):
        run(f"{file(text=FILE.replace('mine', 'bc'))}:A")


def test_a_metric_that_is_not_finite_leaves_a_record_that_can_be_read(file, run, home: Path) -> None:
    record = run(f"{file(train='on_checkpoint(5, dict(loss=[float(chr(110) + chr(97) + chr(110))]))')}:A").records[0]
    assert record.curve[0].metrics == {"loss": None}
    assert read_record(home / "runs" / record.key) == record


def test_one_seed_is_counted_once(run) -> None:
    (record,) = run("bc").records
    again = record.model_copy(update={"key": "0" * 16, "gnomon": "9.9.9"})
    with pytest.raises(ComparisonError, match="are both seed 0 of bc"):
        Results((record, again))


def test_records_of_an_older_gnomon_are_not_mixed_in(run, home: Path) -> None:
    (record,) = run("bc").records
    older = record.model_copy(update={"key": "0" * 16, "gnomon": "0.0.1"})
    (home / "runs" / older.key).mkdir()
    (home / "runs" / older.key / RECORD).write_text(older.model_dump_json())
    assert [found.key for found in run("bc").records] == [record.key]


def test_the_name_of_a_protocol_is_not_a_rule(file, run, tiny_protocol: Protocol) -> None:
    run("bc")
    assert run(f"{file()}:A", protocol=replace(tiny_protocol, name="mine")).algorithms == ["bc", "mine"]


def test_training_data_is_what_the_record_says(file, run, own_small: Path) -> None:
    np.save(own_small / "columns" / "actions.npy", -np.array(load_dataset(SMALL).columns["actions"]))
    with pytest.raises(DatasetError, match=r"column store of .* does not have the content hash"):
        run(f"{file()}:A")


@pytest.mark.parametrize("damage", ['"episodes":4', '"total_reward":', '"success":'])
def test_a_record_that_contradicts_itself_is_refused(damage: str, run, home: Path) -> None:
    (record,) = run("bc").records
    path = home / "runs" / record.key / RECORD
    text = record.model_dump_json()
    changed = {
        '"episodes":4': text.replace(damage, '"episodes":5'),
        '"total_reward":': text.replace('"value":1.0', '"value":7.0').replace('"value":0.0', '"value":7.0'),
        '"success":': text.replace('"outcomes":[', '"outcomes":[],"x":['),
    }[damage]
    path.write_text(changed)
    with pytest.raises(GnomonError, match=f"{record.key} away and evaluate again"):
        run("bc")


def test_duplicates_of_one_call_run_once(tiny_protocol: Protocol) -> None:
    suite = Suite("twice", "", (SMALL, SMALL), "smoke")
    assert len(plan(["bc", "bc"], suite, tiny_protocol, [0, 1])) == 2


@pytest.mark.parametrize(
    ("train", "act", "sentence"),
    [
        ("raise ZeroDivisionError('by zero')", "pass", "mine failed while training on .*: ZeroDivisionError: by zero"),
        ("import sys; sys.exit(0)", "pass", "mine failed while training on .*: SystemExit: 0"),
        ("class E(Exception): pass\n        raise E('local')", "pass", "mine failed while training on .*: E: local"),
        ("on_checkpoint(1, dict(loss=0.5))", "pass", "mine failed while training on .*: TypeError"),
        ("pass", "raise KeyError('key')", "mine on .*, seed 0: The policy failed on .*: KeyError: 'key'"),
        ("pass", "import torch; return torch.ones(2, 2, requires_grad=True)", "mine on .*, seed 0: .* Tensor instead"),
    ],
)
def test_an_algorithm_that_fails_is_one_sentence_and_leaves_no_record(train, act, sentence, file, run, home) -> None:
    with pytest.raises(GnomonError, match=sentence) as error:
        run(f"{file(train, act)}:A")
    assert isinstance(error.value, AlgorithmError) or "seed 0" in str(error.value)
    assert not list(home.glob("runs/*/record.json"))


def test_a_constructor_or_configuration_that_fails_is_one_sentence(file, tiny_protocol: Protocol) -> None:
    raising = file(text=FILE.replace("sign = 1\n", "sign = 1\n    def __init__(self): raise ValueError('no')\n"))
    with pytest.raises(UsageError, match="cannot be made with the preset 'small': ValueError: no"):
        algorithm_under_test(f"{raising}:A", tiny_protocol, "maze")
    odd = file(text=FILE.replace("config = None", "config = dict(rate=float('inf'))"))
    with pytest.raises(UsageError, match="must be a dataclass or dict of JSON values"):
        algorithm_under_test(f"{odd}:A", tiny_protocol, "maze")


def test_a_script_that_evaluates_its_own_class_without_a_main_guard_stops(own_small: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    call = f"import gnomon\ngnomon.evaluate(A, datasets=['{SMALL}'], protocol='smoke', seeds=1, workers=1)\n"
    register = "from gnomon.datasets.recipes import RECIPES\nfrom gnomon.datasets.store import load_dataset\n"
    register += (
        f"from gnomon.datasets.recipe import Recipe\nrecipe = Recipe(**load_dataset('{SMALL}').manifest.recipe)\n"
    )
    register += f"if '{SMALL}' not in RECIPES: RECIPES.add('{SMALL}', recipe)\n"
    script.write_text(FILE.replace("{train}", "pass").replace("{act}", "pass") + register + call)
    result = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, env=dict(os.environ), timeout=100, check=False
    )
    assert "put that under if __name__ == '__main__':" in result.stderr


def test_an_instance_is_not_an_algorithm(run) -> None:
    from gnomon.baselines.offline.bc import BC

    with pytest.raises(UsageError, match="not an instance"):
        run(BC())
    assert run(BC).algorithms == ["bc"]
