"""Policies that were trained elsewhere: functions, objects, and ONNX files that are tried before the first episode."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gnomon.benchmarks.contracts import ControlTask, ScoreScale
from gnomon.benchmarks.onnx_file import save_onnx
from gnomon.benchmarks.policy_file import Head, NetworkPolicy
from gnomon.errors import PolicyError, UsageError
from gnomon.evaluation.evaluate_policy import evaluate_policy
from gnomon.evaluation.judge_cli import judge_
from gnomon.evaluation.protocol import Protocol

RULES = Protocol("tiny", "For tests.", updates=1, batch_size=1, preset="small", episodes=4, lanes=2)
MAZE, CARTPOLE = "maze/open-v1", "discrete/cartpole-v1"


def network(inputs: int, outputs: int, head: Head = "tanh", seed: int = 0) -> NetworkPolicy:
    stream = np.random.default_rng(seed)
    weights = tuple(stream.normal(size=size).astype(np.float32) for size in ((inputs, 8), (8, outputs)))
    biases = (np.zeros(8, np.float32), np.zeros(outputs, np.float32))
    side = np.zeros(0, np.float32) if head == "argmax" else np.ones(outputs, np.float32)
    return NetworkPolicy(np.zeros(inputs, np.float32), np.ones(inputs, np.float32), weights, biases, -side, side, head)


@pytest.mark.parametrize(
    ("task", "policy"), [(MAZE, network(6, 2)), (CARTPOLE, network(4, 2, "argmax"))], ids=["continuous", "discrete"]
)
def test_function_object_and_file_come_out_alike(
    task: str, policy: NetworkPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime", reason="needs gnomon[verify]")
    monkeypatch.setattr(ControlTask, "scale", ScoreScale(0, 100))
    save_onnx(policy, tmp_path / "policy.onnx")
    by_object = evaluate_policy(policy, task, RULES, workers=1)
    by_function = evaluate_policy(lambda observations: policy.act(observations, np.zeros(2, bool)), task, RULES, 1)
    by_file = evaluate_policy(str(tmp_path / "policy.onnx"), task, RULES, workers=2)
    assert by_function == by_object
    assert [outcome.item for outcome in by_file.outcomes] == [0, 1, 2, 3]
    if task == CARTPOLE:  # numbers of actions do not depend on the last bit of a sum
        assert by_file == by_object
    assert by_file.score.value == pytest.approx(by_object.score.value, abs=1)


@pytest.mark.parametrize(
    ("task", "policy", "sentence"),
    [
        (MAZE, network(5, 2), r"takes tensor\(float\) of shape \['batch', 5\]; it must take .* of shape \[2, 6\]"),
        (MAZE, network(6, 3), r"gives float32 of shape \(2, 3\); it must give float32 of shape \(2, 2\)"),
        (MAZE, network(6, 2, "argmax"), r"gives int64 of shape \(2,\)"),
        (CARTPOLE, network(4, 1), "it must give whole numbers, the numbers of actions, of shape"),
    ],
    ids=["inputs", "outputs", "numbers for a box", "a box for numbers"],
)
def test_a_model_of_another_task_is_refused_before_it_plays(
    task: str, policy: NetworkPolicy, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime", reason="needs gnomon[verify]")
    save_onnx(policy, tmp_path / "policy.onnx")
    monkeypatch.setattr("gnomon.evaluation.evaluate_policy.judge", lambda *_: pytest.fail("it was played"))
    with pytest.raises(PolicyError, match=sentence):
        evaluate_policy(tmp_path / "policy.onnx", task, RULES)


def _saved(path: Path, inputs: list, type_of: str = "FLOAT", second: bool = False) -> None:
    """A model that gives what it takes."""
    from onnx import TensorProto, helper, save

    kind = getattr(TensorProto, type_of)
    names = ["one", "other"] if second else ["one"]
    nodes = [helper.make_node("Identity", [name], [f"{name} out"]) for name in names]
    takes = [helper.make_tensor_value_info(name, kind, inputs) for name in names]
    gives = [helper.make_tensor_value_info(f"{name} out", kind, inputs) for name in names]
    graph = helper.make_graph(nodes, "policy", takes, gives)
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"inputs": [1, 6]}, r"takes tensor\(float\) of shape \[1, 6\]; it must take .* of shape \[2, 6\]"),
        ({"inputs": ["n", 6], "type_of": "DOUBLE"}, r"takes tensor\(double\)"),
        ({"inputs": [6]}, r"of shape \[6\]"),
        ({"inputs": ["n", 6], "second": True}, "has 2 inputs and 2 outputs; a policy has one of each"),
    ],
    ids=["batches of one", "float64", "no batch", "two inputs"],
)
def test_a_model_that_is_no_policy_is_refused(options: dict, sentence: str, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs gnomon[verify]")
    _saved(tmp_path / "policy.onnx", **options)
    with pytest.raises(PolicyError, match=sentence):
        evaluate_policy(tmp_path / "policy.onnx", MAZE, RULES)


def test_a_task_without_a_scale_is_refused_before_it_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnomon.benchmarks.reference_scores.all_reference_scores", dict)
    with pytest.raises(UsageError, match="has no score scale yet"):
        evaluate_policy(lambda _: pytest.fail("it was played"), MAZE, RULES)


def test_what_is_no_policy_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        evaluate_policy(tmp_path / "none.onnx", MAZE, RULES)
    (tmp_path / "text.onnx").write_text("not a model")
    with pytest.raises(PolicyError, match="is not an ONNX model that can be run"):
        evaluate_policy(tmp_path / "text.onnx", MAZE, RULES)
    with pytest.raises(UsageError, match="A dict is no policy"):
        evaluate_policy({}, MAZE, RULES)  # pyright: ignore[reportArgumentType]
    with pytest.raises(UsageError, match="NetworkPolicy is a class; pass an instance"):
        evaluate_policy(NetworkPolicy, MAZE, RULES)  # pyright: ignore[reportArgumentType]
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UsageError, match=r"pip install 'gnomon\[verify\]'"):
        evaluate_policy(tmp_path / "text.onnx", MAZE, RULES)


def test_the_command_judges_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnxruntime", reason="needs gnomon[verify]")
    save_onnx(network(6, 2), tmp_path / "policy.onnx")
    command = [sys.executable, "-m", "gnomon", "judge", str(tmp_path / "policy.onnx"), MAZE, "--protocol", "smoke"]
    found = json.loads(subprocess.run([*command, "--json"], capture_output=True, check=True).stdout)
    assert found["score"]["unit"] == "episodes"
    assert [outcome["item"] for outcome in found["outcomes"]] == list(range(50))
    judge_(tmp_path / "policy.onnx", MAZE, "smoke", "2", as_json=False)
    spoken = capsys.readouterr().out
    assert spoken.startswith(f"policy.onnx on {MAZE} under smoke: score {found['score']['value']:.1f} (")
