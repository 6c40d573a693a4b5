"""Canonical JSON, hashes, atomic writes and locks."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.files import atomic_folder, canonical_json, hash_arrays, hash_of, home, locked, write_atomically

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_canonical_json_is_json_and_its_own_canonical_form(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(st.text(), st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert hash_of(dict(reversed(value.items()))) == hash_of(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_numbers_that_json_does_not_have_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(value)


def test_the_hash_of_arrays_sees_names_types_shapes_and_values() -> None:
    base = np.arange(6, dtype=np.float32)
    variants = [
        {"a": base},
        {"b": base},
        {"a": base.astype(np.float64)},
        {"a": base.reshape(2, 3)},
        {"a": base + 1},
        {"a": base[:3], "b": base[3:]},
    ]
    assert len({hash_arrays(arrays) for arrays in variants}) == len(variants)


def test_the_hash_of_arrays_does_not_see_memory_layout_or_byte_order() -> None:
    base = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert hash_arrays({"a": np.asfortranarray(base)}) == hash_arrays({"a": base})
    assert hash_arrays({"a": base.astype(">f4")}) == hash_arrays({"a": base})


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_atomically(tmp_path / "file", "old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_atomically(tmp_path / "file", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "old")]


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def fail_in_the_middle() -> None:
        with atomic_folder(tmp_path / "folder") as folder:
            (folder / "half").write_text("")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_in_the_middle()
    assert list(tmp_path.iterdir()) == []
    with atomic_folder(tmp_path / "folder") as folder:
        (folder / "whole").write_text("")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "whole"]


def test_a_lock_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    hold = "with locked(Path(sys.argv[1])): print(flush=True); time.sleep(60)"
    code = f"import sys, time; from gnomon.files import *\n{hold}"
    holder = subprocess.Popen([sys.executable, "-c", code, tmp_path / "lock"], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()
    begun = time.monotonic()
    holder.kill()
    with locked(tmp_path / "lock"):
        assert time.monotonic() - begun < 30


def test_home_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNOMON_HOME", "~/elsewhere")
    assert home() == Path.home() / "elsewhere"
    monkeypatch.delenv("GNOMON_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert home() == Path("/cache/gnomon")


def test_processes_that_write_one_folder_at_once_all_succeed_and_one_of_theirs_stays(tmp_path: Path) -> None:
    code = """
import sys
from gnomon.files import *
for number in range(40):
    with atomic_folder(Path(sys.argv[1])) as folder:
        (folder / "a").write_text(sys.argv[2])
        (folder / "b").write_text(sys.argv[2])
"""
    command = [sys.executable, "-c", code, tmp_path / "folder"]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(4)]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    assert (tmp_path / "folder" / "a").read_text() == (tmp_path / "folder" / "b").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
