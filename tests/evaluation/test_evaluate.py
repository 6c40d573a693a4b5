"""Evaluating: records, what is done again and what is not, a user's own algorithm, and what a broken one leaves."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gnomon
from gnomon.benchmarks.contracts import Policy, ScoreScale
from gnomon.benchmarks.hierarchical_policy import load_hierarchical_policy
from gnomon.benchmarks.policy_file import load_policy_file
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.transformer_policy import load_transformer_policy
from gnomon.errors import ComparisonError, PolicyError, UsageError
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.evaluate_policy import evaluate_policy
from gnomon.evaluation.grid import stacks
from gnomon.evaluation.judges.control import judge
from gnomon.evaluation.protocol import PROTOCOLS, Protocol
from gnomon.evaluation.record import RECORD, read_record
from gnomon.evaluation.results import Results
from gnomon.evaluation.run import Run, algorithm_under_test
from gnomon.files import hash_file, home

SMALL = "maze/umaze/planner-test-v1"
SCALE = ScoreScale(0, 1)
ALGORITHM = """
import numpy as np

class Mine:
    name = "mine"
    def train(self, dataset, seeds, budget, on_checkpoint):
        return [Policy(seed) for seed in seeds]

class Policy:
    def __init__(self, seed):
        self.seed = seed
    def act(self, observations, reset):
        return {actions}
"""


@pytest.fixture
def my_file(tmp_path: Path):
    """Write an algorithm whose actions are an expression; returns its reference."""

    def write(actions: str) -> str:
        (tmp_path / "mine.py").write_text(ALGORITHM.replace("{actions}", actions))
        return f"{tmp_path / 'mine.py'}:Mine"

    return write


@pytest.fixture
def judged(own_small: Path, tiny_protocol: Protocol) -> Results:
    return evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, seeds=2, workers=1)


def runs_of(home: Path) -> dict[str, int]:
    return {path.name: (path / RECORD).stat().st_mtime_ns for path in (home / "runs").iterdir()}


def test_a_record_holds_what_is_needed_to_judge_and_repeat(
    judged: Results, home: Path, tiny_protocol: Protocol
) -> None:
    record = judged.records[0]
    assert len(judged.records) == 2
    assert record.algorithm.config == {"hidden": [128, 128], "learning_rate": 1e-3, "normalise": True}
    assert record.protocol.hash == tiny_protocol.hash
    assert len(record.outcomes) == tiny_protocol.episodes
    assert record.curve[-1].update == tiny_protocol.updates
    assert record.versions.keys() >= {"torch", "mujoco", "gymnasium"}
    assert record.command == f"gnomon evaluate bc --dataset {SMALL} --protocol tiny --seed-list 0"
    assert read_record(home / "runs" / record.key) == record


def test_the_saved_policy_repeats_the_outcomes(judged: Results, home: Path, tiny_protocol: Protocol) -> None:
    for record in judged.records:
        policy = load_policy_file(home / "runs" / record.key / "policy.safetensors")
        assert judge(policy, TASKS["maze/umaze-v1"], tiny_protocol) == record.outcomes


def test_what_was_done_is_not_done_again(judged: Results, home: Path, tiny_protocol: Protocol) -> None:
    before = runs_of(home)
    again = evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, seeds=3, workers=2)
    after = runs_of(home)
    assert len(before) == 2
    assert len(after) == 3
    assert after.items() >= before.items()
    assert again.records[:2] == judged.records


def test_a_seed_comes_out_the_same_alone_and_with_others(judged: Results, home: Path, tiny_protocol: Protocol) -> None:
    shutil.rmtree(home / "runs")
    alone = evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, seeds=[1], workers=1)
    assert alone.records[0].outcomes == judged.records[1].outcomes


def test_runs_are_grouped_for_training_and_split_for_idle_workers(tiny_protocol: Protocol) -> None:
    algorithm = algorithm_under_test("bc", tiny_protocol, "maze")
    runs = [Run(algorithm, dataset, dataset, SCALE, seed, tiny_protocol) for dataset in "ab" for seed in range(3)]
    assert [[run.seed for run in stack] for stack in stacks(runs, 2)] == [[0, 1, 2], [0, 1, 2]]
    assert [[run.seed for run in stack] for stack in stacks(runs[:3], 2)] == [[0, 2], [1]]
    assert [[run.seed for run in stack] for stack in stacks(runs[:3], 8)] == [[0], [1], [2]]
    assert stacks([], 2) == []


def test_a_users_own_file_stands_in_the_same_table(judged: Results, my_file, tiny_protocol: Protocol) -> None:
    mine = my_file("np.ones((len(observations), 2))")
    both = evaluate(mine, datasets=[SMALL], protocol=tiny_protocol, seeds=2, workers=1)
    assert both.algorithms == ["bc", "mine"]
    assert both.table.shape == (2, 1)
    assert set(both.outcomes["algorithm"]) == {"bc", "mine"}
    assert len(both.outcomes) == 4 * tiny_protocol.episodes


def test_an_edited_file_replaces_the_older_version(own_small: Path, my_file, tiny_protocol: Protocol) -> None:
    evaluate(my_file("np.ones((len(observations), 2))"), datasets=[SMALL], protocol=tiny_protocol, seeds=2, workers=1)
    edited = my_file("-np.ones((len(observations), 2))")
    after = evaluate(edited, datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=1)
    assert [record.seed for record in after.records] == [0]
    assert after.records[0].algorithm.digest == algorithm_under_test(edited, tiny_protocol, "maze").digest


def test_a_file_that_is_edited_before_its_turn_is_refused(my_file, tiny_protocol: Protocol) -> None:
    planned = algorithm_under_test(my_file("np.ones((len(observations), 2))"), tiny_protocol, "maze")
    my_file("-np.ones((len(observations), 2))")
    with pytest.raises(UsageError, match="was edited while its runs were waiting"):
        planned.make(tiny_protocol)


def test_a_class_in_a_file_needs_no_reference(own_small: Path, my_file, tiny_protocol: Protocol) -> None:
    from gnomon.references import resolve

    mine = resolve(my_file("np.ones((len(observations), 2))")).target
    assert evaluate(mine, datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=1).algorithms == ["mine"]
    with pytest.raises(UsageError, match="is not in a file"):
        evaluate(type("Nowhere", (), {"__module__": "nowhere"}), datasets=[SMALL], protocol=tiny_protocol)


@pytest.mark.parametrize(
    ("actions", "sentence"),
    [
        ("np.zeros((len(observations), 3))", r"mine on maze/umaze/planner-test-v1, seed 0: .* needs \(2, 2\)"),
        ("np.full((len(observations), 2), np.nan)", "not finite"),
        ("'left'", "instead of an array"),
    ],
)
def test_a_broken_policy_is_one_sentence_and_leaves_no_record(
    actions: str, sentence: str, own_small: Path, home: Path, my_file, tiny_protocol: Protocol
) -> None:
    with pytest.raises(PolicyError, match=sentence):
        evaluate(my_file(actions), datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=1)
    (left,) = (home / "runs").iterdir()
    assert left.name.endswith(".failed")


def test_too_few_policies_is_one_sentence(own_small: Path, tmp_path: Path, tiny_protocol: Protocol) -> None:
    (tmp_path / "none.py").write_text("class N:\n name = 'n'\n def train(self, *a):\n  return []\n")
    with pytest.raises(PolicyError, match="must return a list of 1 policies"):
        evaluate(f"{tmp_path}/none.py:N", datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=1)


def test_a_script_without_a_main_guard_works(own_small: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import gnomon\nprint(gnomon.build_dataset('maze/open/planner-v1', workers=2).manifest.episodes)\n"
    )
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, env=dict(os.environ))
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 100


def test_comparable_means_equal_rules_and_equal_data(judged: Results) -> None:
    first, second = judged.records
    other_rules = second.model_copy(update={"protocol": first.protocol.model_copy(update={"hash": "0" * 64})})
    with pytest.raises(ComparisonError, match="their protocol differs"):
        Results((first, other_rules))
    other_recipe = second.model_copy(update={"dataset": first.dataset.model_copy(update={"recipe_hash": "0" * 64})})
    with pytest.raises(ComparisonError, match=f"on {SMALL}: their recipe differs"):
        Results((first, other_recipe))
    other_scale = second.model_copy(update={"task": first.task.model_copy(update={"random": 0.5})})
    with pytest.raises(ComparisonError, match="score scale differs"):
        Results((first, other_scale))


def test_aggregates_leave_out_what_has_not_run_everywhere(judged: Results) -> None:
    moved = [
        record.model_copy(update={"dataset": record.dataset.model_copy(update={"id": "maze/open/planner-v1"})})
        for record in judged.records
    ]
    extra = [
        record.model_copy(update={"algorithm": record.algorithm.model_copy(update={"name": "half"})})
        for record in moved
    ]
    table = gnomon.aggregate(Results((*judged.records, *moved, *extra)))
    assert set(table["algorithm"]) == {"bc"}
    assert set(table["statistic"]) == {"iqm", "mean", "median", "optimality-gap"}


def test_every_part_of_a_run_is_in_its_key(tiny_protocol: Protocol) -> None:
    algorithm = algorithm_under_test("bc", tiny_protocol, "maze")
    run = Run(algorithm, SMALL, "r", SCALE, 0, tiny_protocol)
    others = [
        replace(run, seed=1),
        replace(run, recipe_hash="s"),
        replace(run, scale=ScoreScale(0.1, 1)),
        replace(run, algorithm=replace(algorithm, reference="other.py:Other")),
        replace(run, protocol=replace(tiny_protocol, updates=31)),
        replace(run, algorithm=replace(algorithm, digest="0")),
        replace(run, algorithm=replace(algorithm, config={"hidden": [1]})),
    ]
    assert len({run.key, *(other.key for other in others)}) == 1 + len(others)
    assert replace(run, protocol=replace(tiny_protocol, name="x", summary="y")).key == run.key


def test_shipped_protocols_never_change() -> None:
    """`lite` is fixed: results under it must stay comparable. A different budget is a different protocol."""
    assert PROTOCOLS["lite"].hash == "fe49132740e5863a61dc6de39ef796b87f31295f7cc9c3b0b13c0ecc212e18fd"


@pytest.mark.parametrize("kind", ["function", "object"])
def test_a_policy_trained_elsewhere(kind: str, tiny_protocol: Protocol) -> None:
    from gnomon.datasets.policies import POLICIES

    planner = POLICIES["maze/planner"](TASKS["maze/umaze-v1"])
    policy = planner if kind == "object" else lambda observations: planner.act(observations, np.zeros(2, bool))
    result = evaluate_policy(policy, "maze/umaze-v1", tiny_protocol)
    assert result.score.value == 100
    assert len(result.outcomes) == tiny_protocol.episodes
    assert (result.score.method, result.score.unit, result.score.n) == ("Wilson", "episodes", 4)
    assert result.score.upper == 100
    assert result.score.lower == pytest.approx(TASKS["maze/umaze-v1"].score(0.5101), abs=0.01)  # 4 of 4 successes


def test_results_are_printed_as_json(judged: Results, capsys: pytest.CaptureFixture[str]) -> None:
    from gnomon.evaluation.cli import print_results

    print_results(judged, [SMALL, "maze/open/wander-v1"], as_json=True)
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["algorithm"], row["seeds"], row["iqm"], row["maze/open/wander-v1"]) == ("bc", 2, None, None)
    assert row[SMALL]["value"] == pytest.approx(judged.cell("bc", SMALL).value)


@pytest.mark.parametrize("seeds", [0, [], [1, 1], [-1]])
def test_seeds_that_are_no_seeds(seeds, tiny_protocol: Protocol) -> None:
    with pytest.raises(UsageError, match="seeds must be"):
        evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, seeds=seeds)


def test_an_algorithm_is_told_where_to_train_if_it_asks(own_small: Path, tmp_path: Path, tiny_protocol) -> None:
    """PyTorch's device `meta` is on every machine, and nothing can be computed there."""
    silent = ALGORITHM.replace("{actions}", "np.zeros((len(observations), 2))")
    asks = silent.replace("on_checkpoint):", "on_checkpoint, device='cpu'):\n        self.engine = {'device': device}")
    engines = []
    for name, source in (("silent", silent), ("asks", asks)):
        (tmp_path / f"{name}.py").write_text(source.replace('"mine"', f'"{name}"'))
        reference = f"{tmp_path / name}.py:Mine"
        found = evaluate(reference, datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=1, device="meta")
        engines.append(next(record.training.engine for record in found.records if record.algorithm.name == name))
    assert engines == [{}, {"device": "meta"}]


def test_a_device_that_is_not_there_is_found_before_anything_starts(own_small: Path, home: Path, tiny_protocol) -> None:
    with pytest.raises(UsageError, match="no device 'cuda:99'"):
        evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, device="cuda:99")
    assert not (home / "runs").exists()


@pytest.mark.parametrize(
    ("name", "kind", "load"),
    [
        ("hiql", "hierarchical", load_hierarchical_policy),
        ("decision-transformer", "transformer", load_transformer_policy),
    ],
)
def test_policies_of_every_kind_are_kept(
    name: str, kind: str, load: Callable[[Path], Policy], own_small: Path, tiny_protocol: Protocol
) -> None:
    (record,) = evaluate(name, datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=1).records
    file = home() / "runs" / record.key / f"{kind}-policy.safetensors"
    assert record.artefacts == {file.name: hash_file(file)}
    assert judge(load(file), TASKS[record.task.id], tiny_protocol) == record.outcomes
