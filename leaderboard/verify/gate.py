"""The static gate: what a policy's ONNX file holds, and what is wrong with it, without running it.

Opened in a child process alone: protobuf and onnx are C++. Only operators of the standard domain that compute from
their inputs pass: no loop, no branch, no function, no random number, no text, no file, and none that makes a large
tensor out of a small one by itself (Expand, Tile, ConstantOfShape, Range, Resize, Pad). Facts on hostile models:
github.com/microsoft/onnxruntime issues 26776 and 28709, CVE-2022-25882 (external data), CVE-2026-34445.
"""

import math
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from gnomon.leaderboard.plain_text import shown

LARGEST = 64 << 20  # bytes
MOST_NODES = 2_000
OPSETS = range(9, 24)
MOST_DIMENSIONS = 8
OPERATORS = frozenset(
    "Abs Add And ArgMax ArgMin Atan AveragePool BatchNormalization Cast Ceil Celu Clip Concat Constant Conv Cos Div "
    "Elu Equal Erf Exp Flatten Floor Gather GatherElements Gelu Gemm GlobalAveragePool Greater GreaterOrEqual "
    "GroupNormalization HardSigmoid HardSwish Identity InstanceNormalization LayerNormalization LeakyRelu Less "
    "LessOrEqual Log LogSoftmax MatMul Max MaxPool Mean Min Mish Mul Neg Not Or PRelu Pow Reciprocal ReduceL2 "
    "ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Round Selu Shape Sigmoid Sign "
    "Sin Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tanh ThresholdedRelu Transpose Unsqueeze Where "
    "Xor".split()
)
TYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64"}
WIDTHS = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8}  # bytes; numbers of onnx.TensorProto.DataType


class Port(BaseModel):
    """The input or the output of a model: its type, and its shape with none where a size is open."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: str
    shape: tuple[int | None, ...]


class ModelFacts(BaseModel):
    """What is known of a model that passed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    input: Port
    output: Port
    nodes: int
    parameters: int


def facts_of_model(content: bytes) -> tuple[ModelFacts | None, list[str]]:
    """The facts of a model, or what is wrong with it, as ends of sentences that begin with the file's name."""
    if len(content) > LARGEST:
        return None, [f"has {len(content):,} bytes; a policy may have {LARGEST:,}"]
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError:
        return None, ["cannot be checked: install the package onnx with: pip install 'gnomon[verify]'"]
    try:
        model = onnx.ModelProto.FromString(content)
    except (DecodeError, ValueError, RuntimeError):
        return None, ["is no ONNX model"]
    if not model.graph.node:
        return None, ["is no ONNX model: it has no nodes"]
    objections = list(dict.fromkeys(_objections(model)))
    return (None, objections) if objections else (_facts(model.graph), [])


def _objections(model: Any) -> Iterator[str]:
    for opset in model.opset_import:
        if opset.domain not in ("", "ai.onnx"):
            yield f"uses the operators of {shown(opset.domain, 40)!r}; only those of ONNX itself are run"
        elif opset.version not in OPSETS:
            yield f"uses opset {opset.version}; it must be {OPSETS[0]} to {OPSETS[-1]}"
    if not model.opset_import:
        yield "names no opset"
    if model.functions or model.training_info:
        yield "defines functions or training, which are not run"
    graph = model.graph
    if len(graph.node) > MOST_NODES:
        yield f"has {len(graph.node):,} nodes; a policy may have {MOST_NODES:,}"
        return
    if graph.sparse_initializer or graph.quantization_annotation:
        yield "has sparse or quantised tensors, which are not run"
    for node in graph.node:
        yield from _objections_to_node(node)
    for tensor in graph.initializer:
        yield from _objections_to_tensor(tensor)
    yield from _objections_to_ports(graph)


def _objections_to_node(node: Any) -> Iterator[str]:
    if node.domain not in ("", "ai.onnx"):
        yield f"has a node of the domain {shown(node.domain, 40)!r}; only those of ONNX itself are run"
    elif node.op_type not in OPERATORS:
        yield f"has the operator {shown(node.op_type, 40)!r}, which is not among those that are run"
    for attribute in node.attribute:
        if attribute.HasField("g") or attribute.graphs or attribute.ref_attr_name:
            yield f"has a graph inside the operator {shown(node.op_type, 40)!r}"
        if attribute.HasField("sparse_tensor") or attribute.sparse_tensors or attribute.strings or attribute.tensors:
            yield f"has an attribute of a kind that no policy needs in the operator {shown(node.op_type, 40)!r}"
        if attribute.HasField("t"):
            yield from _objections_to_tensor(attribute.t)


def _objections_to_tensor(tensor: Any) -> Iterator[str]:
    name = shown(tensor.name, 40)
    if tensor.data_location or tensor.external_data:
        yield f"keeps the tensor {name!r} in another file"
    elif tensor.data_type not in TYPES:
        yield f"has the tensor {name!r} of a type that no policy needs"
    elif len(tensor.dims) > MOST_DIMENSIONS or any(size < 0 for size in tensor.dims):
        yield f"has the tensor {name!r} of an impossible shape"
    elif tensor.raw_data and len(tensor.raw_data) != math.prod(tensor.dims) * WIDTHS[tensor.data_type]:
        yield f"has the tensor {name!r} whose bytes do not fit its shape"
    elif not tensor.raw_data and _typed_entries(tensor) < math.prod(tensor.dims):
        yield f"has the tensor {name!r} with fewer numbers than its shape says"


def _typed_entries(tensor: Any) -> int:
    fields = (tensor.float_data, tensor.int32_data, tensor.int64_data, tensor.double_data, tensor.uint64_data)
    return max(map(len, fields))


def _objections_to_ports(graph: Any) -> Iterator[str]:
    inputs = _inputs(graph)
    if len(inputs) != 1 or len(graph.output) != 1:
        yield f"has {len(inputs)} inputs and {len(graph.output)} outputs; a policy has one of each"
        return
    for port, what in ((inputs[0], "input"), (graph.output[0], "output")):
        kind = port.type.tensor_type
        if not port.type.HasField("tensor_type") or kind.elem_type not in TYPES or not kind.HasField("shape"):
            yield f"has an {what} that is no tensor of numbers with a shape"


def _inputs(graph: Any) -> list[Any]:
    """Older files list the constants among the inputs."""
    constants = {tensor.name for tensor in graph.initializer}
    return [port for port in graph.input if port.name not in constants]


def _facts(graph: Any) -> ModelFacts:
    return ModelFacts(
        input=_port(_inputs(graph)[0]),
        output=_port(graph.output[0]),
        nodes=len(graph.node),
        parameters=sum(math.prod(tensor.dims) for tensor in graph.initializer),
    )


def _port(port: Any) -> Port:
    kind = port.type.tensor_type
    sizes = tuple(size.dim_value if size.HasField("dim_value") else None for size in kind.shape.dim)
    return Port(type=TYPES[kind.elem_type], shape=sizes)
