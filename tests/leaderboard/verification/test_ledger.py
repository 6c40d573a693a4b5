"""The ledger: whatever is changed in it is found, by anyone, with the public key alone."""

import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.errors import GnomonError, UsageError
from gnomon.files import canonical_json, home
from gnomon.leaderboard.keys import own_key
from gnomon.leaderboard.ledger import CHANGES, LEDGER, LEVELS, append, check_ledger, read_ledger, states

ONE, OTHER = "1" * 64, "2" * 64
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger of four entries, one with evidence."""
    (tmp_path / "report.json").write_text("{}")
    digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # sha256sum of the two characters {}
    append(tmp_path, KEY, ONE, "received", "It could be read.")
    append(tmp_path, KEY, OTHER, "received", "It could be read.")
    append(tmp_path, KEY, ONE, "structural", "Complete.", {"report.json": digest})
    append(tmp_path, KEY, ONE, "withdrawn", "By its author.")
    return tmp_path


def faults(folder: Path, **options: str) -> list[str]:
    return [f"{f.where}: {f.sentence}" for f in check_ledger(folder, KEY.public_key(), **options)]


def rewrite(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = (folder / LEDGER).read_bytes().splitlines()
    (folder / LEDGER).write_bytes(b"".join(line + b"\n" for line in change(lines)))


def test_a_ledger_that_nobody_touched_has_no_fault(folder: Path) -> None:
    assert faults(folder) == []
    assert {id: entry.state for id, entry in states(read_ledger(folder)).items()} == {
        ONE: "withdrawn",
        OTHER: "received",
    }
    assert [entry.sequence for entry in read_ledger(folder)] == [0, 1, 2, 3]


def test_every_line_is_canonical_json(folder: Path) -> None:
    for line in (folder / LEDGER).read_bytes().splitlines():
        assert canonical_json(json.loads(line)) == line


def test_a_line_that_is_left_out_or_moved_is_found(folder: Path) -> None:
    rewrite(folder, lambda lines: [lines[0], *lines[2:]])
    assert any("entry 1: It does not follow" in said for said in faults(folder))
    rewrite(folder, lambda lines: lines[::-1])
    assert any("It does not follow" in said for said in faults(folder))


def test_lines_that_are_cut_off_are_found_with_a_later_head(folder: Path) -> None:
    head = read_ledger(folder)[-1].hash
    assert faults(folder, head=head) == []
    rewrite(folder, lambda lines: lines[:-1])
    assert faults(folder) == []
    assert "was cut or rewritten" in faults(folder, head=head)[0]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_byte_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    append(folder, KEY, ONE, "received", "It could be read.")
    append(folder, KEY, ONE, "rejected", "It is a copy.")
    content = bytearray((folder / LEDGER).read_bytes())
    at = data.draw(st.integers(0, len(content) - 2))
    content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    (folder / LEDGER).write_bytes(content)
    try:
        found = faults(folder)
    except GnomonError as error:
        found = [str(error)]
    assert found


def test_another_key_is_not_the_ledgers(folder: Path) -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    assert len(check_ledger(folder, other.public_key())) == 4


def test_an_entry_of_another_key_is_found(folder: Path) -> None:
    append(folder, Ed25519PrivateKey.from_private_bytes(b"1" * 32), OTHER, "structural", "It is mine.")
    assert ["entry 4" in said and "not signed with the key" in said for said in faults(folder)] == [True]


def test_evidence_that_was_changed_or_leads_out_is_found(folder: Path) -> None:
    (folder / "report.json").write_text("{ }")
    assert faults(folder) == ["entry 2: report.json was changed."]
    (folder / "report.json").unlink()
    assert faults(folder) == ["entry 2: report.json is missing."]
    append(folder, KEY, OTHER, "structural", "Complete.", {"../../etc/passwd": "0" * 64})
    assert faults(folder)[-1] == "entry 4: ../../etc/passwd leads out of the folder."


def test_a_tombstone_stays(folder: Path) -> None:
    with pytest.raises(UsageError, match=f"{ONE[:12]} is withdrawn; it cannot become structural"):
        append(folder, KEY, ONE, "structural", "Again.")
    with pytest.raises(UsageError, match="is not received yet"):
        append(folder, KEY, "3" * 64, "reevaluated", "At once.")


def test_every_state_has_a_level_and_can_be_reached() -> None:
    assert LEVELS.keys() == CHANGES.keys() - {None}
    assert {state for after in CHANGES.values() for state in after} == LEVELS.keys()
    assert all("withdrawn" in after for state, after in CHANGES.items() if state not in (None, "withdrawn"))


def _append(place: tuple[Path, str]) -> None:
    folder, digit = place
    for number in range(5):
        append(folder, KEY, f"{digit}{number}".ljust(64, "0"), "received", "It could be read.")


def test_two_processes_that_write_at_once_take_turns(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_append, args=((tmp_path, digit),)) for digit in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len(read_ledger(tmp_path)) == 10
    assert faults(tmp_path) == []


def test_the_private_key_is_the_owners_alone() -> None:
    key = own_key()
    path = home() / "keys" / "ledger.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert own_key().private_bytes_raw() == key.private_bytes_raw()
    path.write_text("no key")
    with pytest.raises(GnomonError, match="cannot be read as a key"):
        own_key()
