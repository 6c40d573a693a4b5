"""Network policies as ONNX, with the normaliser and the action box inside."""

from pathlib import Path
from typing import Any

import numpy as np

from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.errors import UsageError
from gnomon.files import write_atomically

OPSET, IR_VERSION = 17, 9  # old enough for every runtime of the last years


def save_onnx(policy: NetworkPolicy, path: Path) -> None:
    """Write a model from `observations` [batch, dimension] float32 to `actions`.

    They are [batch, dimension] float32, or [batch] int64 where actions are numbers.

    Raises:
        UsageError: the package onnx is not installed.
    """
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError as error:
        raise UsageError(
            "An ONNX file needs the package onnx; install it with: pip install 'gnomon[verify]'"
        ) from error
    constants = {"mean": policy.mean, "scale": policy.scale}
    nodes = [
        helper.make_node("Sub", ["observations", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "scale"], ["hidden_0"]),
    ]
    last = len(policy.weights) - 1
    for number, (weight, bias) in enumerate(zip(policy.weights, policy.biases, strict=True)):
        constants |= {f"weight_{number}": weight, f"bias_{number}": bias}
        output = "outputs" if number == last else f"sum_{number}"
        nodes.append(helper.make_node("Gemm", [f"hidden_{number}", f"weight_{number}", f"bias_{number}"], [output]))
        if number < last:
            nodes.append(helper.make_node("Relu", [output], [f"hidden_{number + 1}"]))
    head_nodes, head_constants = _head(helper, policy)
    nodes, constants = nodes + head_nodes, constants | head_constants
    is_box = policy.head == "tanh"
    kind, shape = (TensorProto.FLOAT, ["batch", len(policy.low)]) if is_box else (TensorProto.INT64, ["batch"])
    graph = helper.make_graph(
        nodes,
        "policy",
        [helper.make_tensor_value_info("observations", TensorProto.FLOAT, ["batch", len(policy.mean)])],
        [helper.make_tensor_value_info("actions", kind, shape)],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    write_atomically(path, _model(helper, graph).SerializeToString(deterministic=True))


def _head(helper: Any, policy: NetworkPolicy) -> tuple[list[Any], dict[str, Any]]:
    """Nodes from `outputs` to `actions`, and their constants; the heads are those of `NetworkPolicy`."""
    if policy.head == "argmax":
        return [helper.make_node("ArgMax", ["outputs"], ["actions"], axis=1, keepdims=0)], {}
    if policy.head == "supported":
        return [
            helper.make_node("Split", ["outputs"], ["values", "likely"], axis=1),
            helper.make_node("ReduceMax", ["likely"], ["likeliest"], axes=[1], keepdims=1),
            helper.make_node("Sub", ["likeliest", "one"], ["least"]),
            helper.make_node("Greater", ["likely", "least"], ["is_supported"]),
            helper.make_node("Where", ["is_supported", "values", "lowest"], ["supported"]),
            helper.make_node("ArgMax", ["supported"], ["actions"], axis=1, keepdims=0),
        ], {"one": np.ones(1, np.float32), "lowest": np.full(1, -np.inf, np.float32)}
    half = ((policy.high.astype(np.float64) - policy.low) / 2).astype(np.float32)
    return [
        helper.make_node("Tanh", ["outputs"], ["squashed"]),
        helper.make_node("Add", ["squashed", "one"], ["raised"]),
        helper.make_node("Mul", ["raised", "half"], ["spread"]),
        helper.make_node("Add", ["spread", "low"], ["actions"]),
    ], {"one": np.ones(1, np.float32), "half": half, "low": policy.low}


def _model(helper: Any, graph: Any) -> Any:
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="gnomon")
