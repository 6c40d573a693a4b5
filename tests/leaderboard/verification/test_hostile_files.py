"""A corpus of hostile files, made here: each is rejected for the right reason, and nothing of it runs."""

import io
import json
import os
import pickle
import re
import resource
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gnomon.leaderboard.pack import Packed, zipped
from gnomon.leaderboard.reading.examine import examine
from gnomon.leaderboard.reading.reader import ReadingLimits, read_submission
from gnomon.leaderboard.submission import MANIFEST, outcomes_name, policy_name, record_name

Files = dict[str, bytes]
Make = Callable[[Packed], bytes]


class Touch:
    """What a pickle runs when it is opened: it leaves a file behind."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/gnomon-a-pickle-was-opened",)


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in entries:
            file.writestr(name, content)
    return buffer.getvalue()


def beside(name: str, content: bytes = b"x") -> Make:
    """The submission with one more entry."""
    return lambda packed: archive(*packed.files.items(), (name, content))


def manifest(change: Callable[[dict], object]) -> Make:
    """The submission with another `submission.json`."""

    def make(packed: Packed) -> bytes:
        value = json.loads(packed.files[MANIFEST])
        change(value)
        return zipped(packed.files | {MANIFEST: json.dumps(value).encode()})

    return make


def text(content: bytes) -> Make:
    """The submission with these bytes for `submission.json`."""
    return lambda packed: zipped(packed.files | {MANIFEST: content})


def replaced(what: Callable[[str], str], content: bytes) -> Make:
    """The submission with other bytes in one file of its first run."""
    return lambda packed: zipped(packed.files | {what(packed.submission.cells[0].key): content})


def link(packed: Packed) -> bytes:
    entry = zipfile.ZipInfo(outcomes_name(packed.submission.cells[0].key))
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    files = {name: content for name, content in packed.files.items() if name != entry.filename}
    return archive(*files.items(), (entry, b"/etc/passwd"))


def bomb(packed: Packed) -> bytes:
    """A gigabyte of zeros in a megabyte."""
    name = outcomes_name(packed.submission.cells[0].key)
    files = {entry: content for entry, content in packed.files.items() if entry != name}
    return archive(*files.items(), (name, bytes(80 << 20)), compression=zipfile.ZIP_DEFLATED)


def understated(packed: Packed) -> bytes:
    """An entry that is longer than its header says."""
    name = outcomes_name(packed.submission.cells[0].key)
    content = bytearray(archive((name, bytes(1 << 20)), compression=zipfile.ZIP_DEFLATED))
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 10)
    return bytes(content)


def overlapping(packed: Packed) -> bytes:
    """Two names for the bytes of one entry."""
    names = [record_name("0" * 16), record_name("1" * 16)]
    content = bytearray(archive(*((name, bytes(1000)) for name in names)))
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, second + 42, 0)
    return bytes(content)


def encrypted(packed: Packed) -> bytes:
    content = bytearray(archive((MANIFEST, b"{}")))
    struct.pack_into("<H", content, content.index(b"PK\x01\x02") + 8, 1)
    return bytes(content)


def many(packed: Packed) -> bytes:
    """A directory of 70,000 times the same empty entry, written by hand: zipfile would take seconds."""
    local, rest = archive((record_name("0" * 16), b"")).split(b"PK\x01\x02")
    entry = b"PK\x01\x02" + rest[: rest.index(b"PK\x05\x06")]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 70_000 * len(entry), len(local), 0)
    return local + 70_000 * entry + end


CORPUS: dict[str, tuple[Make, str]] = {
    "zip slip": (beside("../../home/ada/.bashrc"), "name that leads out of the submission"),
    "zip slip of Windows": (beside("..\\..\\evil"), "name that leads out of the submission"),
    "absolute": (beside("/etc/cron.d/evil"), "absolute name"),
    "absolute of Windows": (beside("C:\\evil.exe"), "absolute name"),
    "no file of a submission": (beside("setup.py"), "is no file that a submission has"),
    "bidirectional name": (beside("records/\u202egnp.exe"), "cannot be seen or look like others"),
    "look-alike name": (beside("record\u0455/x"), "cannot be seen or look like others"),
    "zero byte in a name": (
        lambda packed: beside("xsetup.py")(packed).replace(b"xsetup.py", b"x\x00etup.py"),
        "no file",
    ),
    "twice in other case": (
        lambda packed: archive(*packed.files.items(), (MANIFEST.upper(), b"{}")),
        "is no file that a submission has",
    ),
    "a link": (link, "is a link, a folder or a device"),
    "a bomb": (bomb, "has 83,886,080 bytes; a file may have"),
    "an understated size": (understated, "is damaged, or longer than its header says"),
    "overlapping entries": (overlapping, "a zip whose entries overlap"),
    "encrypted": (encrypted, "is encrypted"),
    "70,000 entries": (many, "has more than 16,000 entries"),
    "empty": (lambda _: b"", "It is empty"),
    "truncated": (lambda packed: zipped(packed.files)[:-30], "truncated zip|damaged zip"),
    "cut in the middle": (lambda packed: zipped(packed.files)[:5000], "truncated zip"),
    "a pickle": (lambda _: pickle.dumps(Touch()), "is a pickle, which is never opened"),
    "HDF5": (lambda _: b"\x89HDF\r\n\x1a\n" + bytes(100), "is an HDF5 file"),
    "Parquet": (lambda _: b"PAR1" + bytes(100), "is a Parquet file"),
    "text": (lambda _: b"hello", "neither a zip nor a folder"),
    "a checkpoint of PyTorch": (
        lambda _: archive(("archive/data.pkl", pickle.dumps(Touch())), ("archive/version", b"3")),
        "is no file that a submission has",
    ),
    "a pickle for a policy": (replaced(policy_name, pickle.dumps(Touch())), "is a pickle, which is never opened"),
    "an old pickle for a record": (
        replaced(record_name, pickle.dumps(Touch(), protocol=0)),
        "is a pickle, which is never opened",
    ),
    "a pickle for submission.json": (text(pickle.dumps(Touch())), "is a pickle, which is never opened"),
    "a program for a policy": (replaced(policy_name, b"\x7fELF" + bytes(99)), "is a program"),
    "an empty record": (replaced(record_name, b""), "is empty"),
    "no submission.json": (lambda packed: archive(("records/" + "0" * 16 + ".json", b"{}")), "There is no such file"),
    "deep JSON": (text(b"[" * 100_000 + b"]" * 100_000), "nested more than 24 levels deep"),
    "deep JSON in a record": (replaced(record_name, b'{"a":' * 99 + b"1" + b"}" * 99), "nested more than 24"),
    "huge JSON": (text(b'{"note": "' + b"a" * (17 << 20) + b'"}'), "it may have 16,777,216"),
    "quotes without end": (text(rb"\"" * (7 << 20)), "is not JSON"),  # a search for their ends could take for ever
    "brackets in a text": (text(b'{"note": "' + b"[" * 99 + b'"}'), "Field required"),
    "100,000 digits": (text(b'{"schema_version": ' + b"9" * 100_000 + b"}"), "a number of 100,000 digits"),
    "100,000 digits after the point": (text(b'{"a": 0.' + b"9" * 100_000 + b"}"), "a number of 100,002 digits"),
    "NaN": (text(b'{"scores": {"a": NaN}}'), "has NaN, which is no number"),
    "infinity": (text(b'{"scores": {"a": -Infinity}}'), "has -Infinity, which is no number"),
    "infinity by size": (text(b'{"scores": {"a": 1e999}}'), "has the number 1e999, which is infinite"),
    "NaN in an episode": (replaced(outcomes_name, b'{"item": 0, "value": NaN}'), "line 1 of outcomes/.* has NaN"),
    "a key twice": (text(b'{"a": 1, "a": 2}'), "one key twice"),
    "no UTF-8": (text(b'{"a": "\xff"}'), "is not UTF-8"),
    "a byte order mark": (text(b"\xef\xbb\xbf{}"), "byte order mark"),
    "half a character": (text(rb'{"note": "\ud800"}'), r"U\+D800"),
    "a control character": (manifest(lambda v: v.update(note="a\x07")), r"U\+0007"),
    "turned text": (manifest(lambda v: v["author"].update(name="ada\u202emoc")), r"U\+202E"),
    "an invisible space": (manifest(lambda v: v["author"].update(name="a\u200bda")), r"U\+200B"),
    "a Cyrillic a": (manifest(lambda v: v["author"].update(name="\u0430da")), "mixes Cyrillic and Latin"),
    "a formula": (manifest(lambda v: v["author"].update(name='=HYPERLINK("http://x")')), "takes for a formula"),
    "a formula after a space": (manifest(lambda v: v.update(note=" +1+1")), "takes for a formula"),
    "a formula for an algorithm": (manifest(lambda v: v.update(algorithm="@SUM(A1)")), "takes for a formula"),
    "markup for an algorithm": (manifest(lambda v: v.update(algorithm="<script>")), "algorithm: String should match"),
    "a script as contact": (manifest(lambda v: v["author"].update(contact="javascript:alert(1)")), "author.contact"),
    "a field more": (manifest(lambda v: v.update(verified=True)), "verified: Extra inputs are not permitted"),
    "another version": (manifest(lambda v: v.update(schema_version=2)), "schema_version"),
    "a seed too large": (manifest(lambda v: v["cells"][0].update(seed=2**64)), "cells.0.seed"),
    "no cells": (manifest(lambda v: v.update(cells=[])), "cells: Tuple should have at least 1 item"),
    "a path for a key": (manifest(lambda v: v["cells"][0].update(key="../../../../etc")), "cells.0.key"),
    "not listed": (manifest(lambda v: v["files"].popitem()), "not listed in submission.json"),
    "listed only": (manifest(lambda v: v["files"].update(x={"size": 1, "sha256": "0" * 64})), "listed .* and missing"),
}


@pytest.mark.parametrize("name", CORPUS)
def test_it_is_rejected_for_the_right_reason(name: str, packed: Packed, tmp_path: Path) -> None:
    make, reason = CORPUS[name]
    path = tmp_path / "file"
    path.write_bytes(make(packed))
    found, _ = examine(path)
    assert not found.is_sound
    said = " ".join(finding.sentence for finding in found.findings)
    assert re.search(reason, said), said
    assert said.isprintable()
    assert not Path("/tmp/gnomon-a-pickle-was-opened").exists()


@pytest.mark.parametrize("kind", ["link", "pipe", "link for a folder", "deep"])
def test_a_folder_with_what_is_no_file(kind: str, packed: Packed, tmp_path: Path) -> None:
    folder = tmp_path / "submission"
    for name, content in packed.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    target = folder / outcomes_name(packed.submission.cells[0].key)
    if kind == "link":
        target.unlink()
        target.symlink_to("/etc/passwd")
    elif kind == "pipe":  # to open it would be to wait for ever
        target.unlink()
        os.mkfifo(target)
    elif kind == "link for a folder":
        (folder / "more").symlink_to("/")
    else:
        (folder / "records" / "a" / "b").mkdir(parents=True)
    found, _ = examine(folder)
    assert any("is a link, a device or a folder" in finding.sentence for finding in found.findings)


def test_a_device_is_no_submission() -> None:
    found, _ = examine(Path("/dev/zero"))
    assert found.findings[0].sentence == "It is neither a file nor a folder."


def test_a_bomb_of_memory_is_stopped_by_the_limits_of_the_child(packed: Packed, tmp_path: Path) -> None:
    """Sixty megabytes of episodes, each of which is fine: no rule forbids them, the child's limits do."""
    line = packed.files[outcomes_name(packed.submission.cells[0].key)].splitlines(keepends=True)[0]
    name = outcomes_name(packed.submission.cells[0].key)
    path = tmp_path / "file.zip"
    path.write_bytes(zipped(packed.files | {name: line * ((60 << 20) // len(line))}))
    found = read_submission(path, ReadingLimits(patience=600, seconds=3, memory=1 << 30))
    assert "cannot be read: reading it takes more than" in found.findings[0].sentence


@pytest.mark.parametrize("name", ["a bomb", "a pickle"])
def test_the_command_answers_with_an_exit_code_and_a_sentence(name: str, packed: Packed, tmp_path: Path) -> None:
    make, reason = CORPUS[name]
    (tmp_path / "file.zip").write_bytes(make(packed))
    command = [sys.executable, "-m", "gnomon", "leaderboard", "validate", "file.zip", "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 30  # however busy the machine is
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert reason in " ".join(finding["sentence"] for finding in json.loads(done.stdout))


@pytest.mark.parametrize("name", ["none.zip", "n" * 300])
def test_a_file_that_is_not_there_is_a_wrong_call(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gnomon", "leaderboard", "validate", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "There is no" in done.stderr
