"""Network policies as ONNX, with the normaliser and the action box inside."""

from pathlib import Path
from typing import Any

import numpy as np

from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.errors import UsageError
from gnomon.files import write_atomically

OPSET, IR_VERSION = 17, 9  # old enough for every runtime of the last years


def save_onnx(policy: NetworkPolicy, path: Path) -> None:
    """Write a model from `observations` [batch, dimension] to `actions` [batch, dimension], both float32.

    Raises:
        UsageError: the package onnx is not installed.
    """
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError as error:
        raise UsageError(
            "An ONNX file needs the package onnx; install it with: pip install 'gnomon[verify]'"
        ) from error
    constants = {"mean": policy.mean, "scale": policy.scale, "low": policy.low}
    constants["half"] = ((policy.high.astype(np.float64) - policy.low) / 2).astype(np.float32)
    constants["one"] = np.ones(1, np.float32)
    nodes = [
        helper.make_node("Sub", ["observations", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "scale"], ["hidden_0"]),
    ]
    for number, (weight, bias) in enumerate(zip(policy.weights, policy.biases, strict=True)):
        constants |= {f"weight_{number}": weight, f"bias_{number}": bias}
        is_last = number == len(policy.weights) - 1
        nodes += [
            helper.make_node("Gemm", [f"hidden_{number}", f"weight_{number}", f"bias_{number}"], [f"sum_{number}"]),
            helper.make_node("Tanh" if is_last else "Relu", [f"sum_{number}"], [f"hidden_{number + 1}"]),
        ]
    nodes += [
        helper.make_node("Add", [f"hidden_{len(policy.weights)}", "one"], ["raised"]),
        helper.make_node("Mul", ["raised", "half"], ["spread"]),
        helper.make_node("Add", ["spread", "low"], ["actions"]),
    ]
    graph = helper.make_graph(
        nodes,
        "policy",
        [helper.make_tensor_value_info("observations", TensorProto.FLOAT, ["batch", len(policy.mean)])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["batch", len(policy.low)])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    write_atomically(path, _model(helper, graph).SerializeToString(deterministic=True))


def _model(helper: Any, graph: Any) -> Any:
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="gnomon")
