"""Submissions that chance has damaged: whatever it does, the answer is findings, and never an exception."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


DAMAGES: tuple[Damage, ...] = (other_value, other_bytes, other_name, other_lines)


def answers(packed: Packed, folder: Path, draw: Any) -> None:
    """Damage a submission, read it, and look at the answer."""
    files = dict(packed.files)
    for damage in draw(st.lists(st.sampled_from(DAMAGES), min_size=1, max_size=3)):
        try:
            files = damage(files, draw)
        except ValueError:  # what is damaged already can be no JSON any more
            break
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


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)  # pyright: ignore[reportArgumentType]
@given(st.data())
def test_a_damaged_submission_has_an_answer(
    packed: Packed, tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    answers(packed, tmp_path_factory.getbasetemp(), data.draw)


@pytest.mark.slow  # ten thousand of them take minutes
@pytest.mark.timeout(3600)
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)  # pyright: ignore[reportArgumentType]
@given(st.data())
def test_ten_thousand_have(packed: Packed, tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    answers(packed, tmp_path_factory.getbasetemp(), data.draw)
