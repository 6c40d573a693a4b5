"""Submissions that chance has damaged: whatever it does, the answer is findings, and never an exception."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from asked_models import rank_models
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from gnomon.leaderboard.checks import findings, subject_of
from gnomon.leaderboard.pack import Packed, zipped
from gnomon.leaderboard.reading.examine import examine
from gnomon.leaderboard.submission import MANIFEST

Files = dict[str, bytes]
Damage = Callable[[Files, Any], Files]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
BYTES = st.binary(max_size=60) | st.sampled_from([b"\x80\x04.", b"NaN", b"1e999", b"[" * 99, b"\xff\xfe", b'"\\ud800"'])


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a JSON value with every key or index of it."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def other_value(files: Files, draw: Any) -> Files:
    """Another value somewhere in a JSON file, or none."""
    if not (names := sorted(name for name in files if name.endswith(".json"))):
        return files
    name = draw(st.sampled_from(names))
    value = json.loads(files[name])
    if not (found := places(value)):
        return files
    container, key = draw(st.sampled_from(found))
    if draw(st.booleans()):
        container[key] = draw(VALUES)
    else:
        del container[key]
    return files | {name: json.dumps(value).encode(errors="surrogatepass")}


def other_bytes(files: Files, draw: Any) -> Files:
    """Other bytes somewhere in any file."""
    name = draw(st.sampled_from(sorted(files)))
    start = draw(st.integers(0, len(files[name])))
    end = draw(st.integers(start, min(len(files[name]), start + 50)))
    return files | {name: files[name][:start] + draw(BYTES) + files[name][end:]}


def other_name(files: Files, draw: Any) -> Files:
    """A file under another name, or none."""
    name = draw(st.sampled_from(sorted(files)))
    kept = {other: content for other, content in files.items() if other != name}
    new = draw(st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text) | st.just("../evil"))
    return kept if draw(st.booleans()) else kept | {new.encode(errors="replace").decode(): files[name]}


def other_lines(files: Files, draw: Any) -> Files:
    """Episodes in another order, twice, or fewer."""
    if not (names := sorted(name for name in files if name.endswith(".jsonl"))):
        return files
    name = draw(st.sampled_from(names))
    lines = files[name].splitlines(keepends=True)
    return files | {name: b"".join(draw(st.lists(st.sampled_from(lines or [b""]), max_size=8)))}


def other_outcome(files: Files, draw: Any) -> Files:
    """Another value in one episode."""
    if not (names := sorted(name for name in files if name.endswith(".jsonl") and files[name])):
        return files
    name = draw(st.sampled_from(names))
    lines = files[name].splitlines()
    number = draw(st.integers(0, len(lines) - 1))
    episode = json.loads(lines[number])
    if not (found := places(episode)):
        return files
    container, key = draw(st.sampled_from(found))
    container[key] = draw(st.integers(-3, 3) | VALUES)
    lines[number] = json.dumps(episode).encode(errors="surrogatepass")
    return files | {name: b"\n".join(lines)}


def other_model(files: Files, draw: Any) -> Files:
    """Another field somewhere in a model, which is protobuf still."""
    onnx = pytest.importorskip("onnx", reason="needs gnomon[verify]")
    if not (names := sorted(name for name in files if name.endswith(".onnx"))):
        return files
    name = draw(st.sampled_from(names))
    try:
        model = onnx.ModelProto.FromString(files[name])
    except Exception:  # protobuf's own kind: it was damaged before
        return files
    draw(st.sampled_from(MODEL_DAMAGES))(model, draw)
    return files | {name: model.SerializeToString()}


def _nodes(model: Any, draw: Any) -> None:
    if model.graph.node:
        node = draw(st.sampled_from(list(model.graph.node)))
        node.op_type = draw(
            st.sampled_from(["Loop", "If", "Expand", "", "Gemm", "\u202e", "x" * 5000]) | st.text(max_size=9)
        )
        node.domain = draw(st.sampled_from(["", "ai.onnx", "ai.onnx.ml", "evil"]))


def _tensors(model: Any, draw: Any) -> None:
    if model.graph.initializer:
        tensor = draw(st.sampled_from(list(model.graph.initializer)))
        tensor.dims[:] = draw(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9), max_size=12))
        tensor.data_type = draw(st.integers(-2, 30))
        if draw(st.booleans()):
            tensor.raw_data = draw(BYTES)
        if draw(st.booleans()):
            tensor.external_data.add(key="location", value="../../etc/passwd")


def _ports(model: Any, draw: Any) -> None:
    for ports in (model.graph.input, model.graph.output):
        if draw(st.booleans()):
            del ports[:]
        for port in ports:
            del port.type.tensor_type.shape.dim[draw(st.integers(0, 3)) :]
            port.type.tensor_type.elem_type = draw(st.integers(0, 20))
            port.type.tensor_type.shape.dim.add(dim_value=draw(st.integers(-(2**63), 2**63 - 1)))


def _opsets(model: Any, draw: Any) -> None:
    model.opset_import.add(domain=draw(st.text(max_size=9)), version=draw(st.integers(-(2**63), 2**63 - 1)))


MODEL_DAMAGES: tuple[Callable[[Any, Any], None], ...] = (_nodes, _tensors, _ports, _opsets)
DAMAGES: tuple[Damage, ...] = (other_value, other_bytes, other_name, other_lines, other_outcome, other_model)


def listed_again(files: Files) -> Files:
    """The files with a `submission.json` that has their sizes and hashes, as a careful liar's would."""
    value = json.loads(files.get(MANIFEST, b"0"))
    if not isinstance(value, dict):
        return files
    others = {name: content for name, content in files.items() if name != MANIFEST}
    value["files"] = {name: {"size": len(c), "sha256": sha256(c).hexdigest()} for name, c in others.items()}
    return files | {MANIFEST: json.dumps(value).encode(errors="surrogatepass")}


def answers(packed: Packed, folder: Path, draw: Any) -> None:
    """Damage a submission, read it, and look at the answer."""
    files = dict(packed.files)
    for damage in draw(st.lists(st.sampled_from(DAMAGES), min_size=1, max_size=3)):
        try:
            files = damage(files, draw)
        except (ValueError, RecursionError):  # what is damaged already can be no JSON any more
            break
    if draw(st.booleans()):
        with suppress(ValueError, RecursionError):
            files = listed_again(files)
    content = zipped(files)
    if draw(st.integers(0, 4)) == 0:  # and the zip itself
        start = draw(st.integers(0, len(content)))
        content = content[:start] + draw(BYTES) + content[start + draw(st.integers(0, 30)) :]
    path = folder / "fuzzed.zip"
    path.write_bytes(content)
    found, clean = examine(path)
    assert found.is_sound or any(finding.severity == "error" for finding in found.findings)
    assert all((finding.where + finding.sentence).isprintable() for finding in found.findings)
    if found.is_sound:
        assert found.submission is not None
        assert clean.keys() == found.submission.files.keys() | {MANIFEST}
        said = findings(subject_of(found))
        assert all((finding.where + finding.sentence).isprintable() for finding in said)
        event("it reached the structural checks")


@pytest.fixture(scope="module")
def ranked(rank: Callable[[pytest.MonkeyPatch], Any]) -> Iterator[None]:
    """The tracks that rank the submissions, so that the checks have something to say."""
    with pytest.MonkeyPatch.context() as patch:
        rank(patch)
        rank_models(patch)
        yield


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)  # pyright: ignore[reportArgumentType]
@given(st.data())
def test_a_damaged_submission_has_an_answer(
    packed: Packed, ranked: None, tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    answers(packed, tmp_path_factory.getbasetemp(), data.draw)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)  # pyright: ignore[reportArgumentType]
@given(st.data())
def test_damaged_generations_have_an_answer(
    packed_generations: Packed, ranked: None, tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    answers(packed_generations, tmp_path_factory.getbasetemp(), data.draw)


@pytest.mark.slow  # ten thousand of them take minutes
@pytest.mark.timeout(3600)
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)  # pyright: ignore[reportArgumentType]
@given(st.data())
def test_ten_thousand_have(packed: Packed, ranked: None, tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    answers(packed, tmp_path_factory.getbasetemp(), data.draw)


@pytest.mark.slow  # three thousand of them take minutes
@pytest.mark.timeout(3600)
@settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)  # pyright: ignore[reportArgumentType]
@given(st.data())
def test_three_thousand_generations_have(
    packed_generations: Packed, ranked: None, tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    answers(packed_generations, tmp_path_factory.getbasetemp(), data.draw)
