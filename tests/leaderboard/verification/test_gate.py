"""The static gate: hostile models are refused for the right reason, before anything computes them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from submitted_runs import network

from gnomon.leaderboard.verify.gate import MOST_NODES, facts_of_model

onnx = pytest.importorskip("onnx", reason="needs gnomon[verify]")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

FLOAT = TensorProto.FLOAT


def model(
    nodes: Sequence[Any],
    constants: Sequence[Any] = (),
    inputs: int = 1,
    opsets: Sequence[Any] = (helper.make_opsetid("", 17),),
    **fields: Any,
) -> Any:
    """A model from `x` [any, 4] to `y` [any, 2]."""
    takes = [helper.make_tensor_value_info("x" * (n + 1), FLOAT, ["n", 4]) for n in range(inputs)]
    gives = [helper.make_tensor_value_info("y", FLOAT, ["n", 2])]
    graph = helper.make_graph(list(nodes), "g", takes, gives, list(constants))
    return helper.make_model(graph, opset_imports=list(opsets), ir_version=9, **fields)


def node(kind: str, *inputs: str, output: str = "y", **attributes: Any) -> Any:
    return helper.make_node(kind, list(inputs or ("x",)), [output], **attributes)


def loop() -> Any:
    """A loop of as many turns as there are numbers."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
        ],
        [helper.make_tensor_value_info("on", TensorProto.BOOL, [])],
    )
    return model([helper.make_node("Loop", ["turns", "go"], [], body=body), node("Relu")])


def external() -> Any:
    """A tensor whose bytes lie in another file."""
    tensor = numpy_helper.from_array(np.zeros((4, 2), np.float32), "w")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../../etc/passwd")
    return model([node("MatMul", "x", "w")], [tensor])


def lying() -> Any:
    """A tensor of a terabyte, as its shape says, and four bytes."""
    tensor = numpy_helper.from_array(np.zeros(1, np.float32), "w")
    tensor.ClearField("dims")
    tensor.dims.extend([1 << 19, 1 << 19])
    return model([node("MatMul", "x", "w")], [tensor])


HOSTILE: dict[str, tuple[Callable[[], Any], str]] = {
    "a loop": (loop, "has the operator 'Loop', which is not among those that are run"),
    "a large tensor of a small one": (lambda: model([node("Expand", "x", "s")]), "the operator 'Expand'"),
    "chance": (lambda: model([node("RandomNormalLike")]), "the operator 'RandomNormalLike'"),
    "text": (lambda: model([node("StringNormalizer")]), "the operator 'StringNormalizer'"),
    "another domain": (
        lambda: model([node("Gelu", domain="com.microsoft")], opsets=[helper.make_opsetid("com.microsoft", 1)]),
        "uses the operators of 'com.microsoft'",
    ),
    "a node of another domain": (
        lambda: model([node("Steal", domain="evil\u202e")]),
        r"has a node of the domain 'evil\\\\u202e'",
    ),
    "another file": (external, "keeps the tensor 'w' in another file"),
    "a shape that lies": (lying, "has the tensor 'w' whose bytes do not fit its shape"),
    "an old opset": (lambda: model([node("Relu")], opsets=[helper.make_opsetid("", 6)]), "uses opset 6"),
    "too many nodes": (lambda: model([node("Relu")] * (MOST_NODES + 1)), "2,001 nodes"),
    "two inputs": (lambda: model([node("Add", "x", "xx")], inputs=2), "2 inputs and 1 outputs"),
    "a function": (
        lambda: model(
            [node("Relu")],
            functions=[helper.make_function("", "F", ["x"], ["y"], [node("Relu")], [helper.make_opsetid("", 17)])],
        ),
        "defines functions",
    ),
    "a branch": (
        lambda: model(
            [
                node(
                    "If",
                    "c",
                    then_branch=helper.make_graph([], "t", [], []),
                    else_branch=helper.make_graph([], "e", [], []),
                )
            ]
        ),
        "the operator 'If'",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_model_is_refused(name: str) -> None:
    make, reason = HOSTILE[name]
    facts, objections = facts_of_model(make().SerializeToString())
    assert facts is None
    assert any(re.search(reason, said) for said in objections), objections


@pytest.mark.parametrize("content", [b"", b"\x80\x04.", b"\x00" * 100, b"hello", bytes(range(256)) * 9])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    facts, objections = facts_of_model(content)
    assert facts is None
    assert objections[0].startswith("is no ONNX model")


def test_a_file_that_is_too_long_is_not_parsed() -> None:
    _, objections = facts_of_model(bytes((64 << 20) + 1))
    assert objections == ["has 67,108,865 bytes; a policy may have 67,108,864"]


@pytest.mark.parametrize("head", ["argmax", "tanh", "supported"])
def test_every_policy_that_gnomon_exports_passes(head: str, tmp_path: Any) -> None:
    from dataclasses import replace

    from gnomon.benchmarks.onnx_file import save_onnx

    box = np.ones(2, np.float32) if head == "tanh" else np.zeros(0, np.float32)
    save_onnx(replace(network(0), head=head, low=-box, high=box), tmp_path / "policy.onnx")
    facts, objections = facts_of_model((tmp_path / "policy.onnx").read_bytes())
    assert objections == []
    assert facts is not None
    assert facts.input.shape == (None, 4)
    assert facts.parameters >= 4 * 8 + 8 + 8 * 2 + 2
