"""A folder or a zip → names and bytes; every entry that a submission cannot have is a finding, and is not opened.

What is looked for in a zip: names that lead out of the folder ("zip slip"), links and devices, encrypted or oddly
packed entries, one name twice (also where only the case differs), entries that overlap (the bomb of Fifield 2019, "A
better zip bomb", WOOT), sizes that the header understates, and more entries or bytes than a submission needs.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from gnomon.findings import Finding
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.submission import ALGORITHM, FILE_NAME, FOLDERS, MANIFEST

Contents = dict[str, bytes]

MOST_ENTRIES = 16_000
MOST_BYTES = 256 << 20  # of all files together
LARGEST = 64 << 20  # of one file
MOST_FINDINGS = 100
END_OF_ZIP = struct.Struct("<4s4H2LH")  # PKWARE's APPNOTE.TXT, section 4.3.16
LOCAL_HEADER = 30  # bytes; section 4.3.7
KINDS = {
    b"\x89HDF": "an HDF5 file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip file",
    b"\x93NUMPY": "a NumPy array",
    b"\x7fELF": "a program",
    b"7z\xbc\xaf": "a 7z archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"#!": "a script",
}


class Refused(ValueError):
    """The whole of it is no submission; the message is a sentence's end that begins with what was given."""


def contents_of(path: Path) -> tuple[Contents, list[Finding]]:
    """The files of a submission, by name, and what is wrong with those that are not among them.

    Raises:
        Refused: it is neither a folder nor a zip, or too large.
        OSError: it cannot be opened.
    """
    found, size = _Found(), 0
    for name, content in _of_folder(path, found) if path.is_dir() else _of_zip(path, found):
        found.files[name] = content
        size += len(content)
        if size > MOST_BYTES:
            raise Refused(f"holds more than {MOST_BYTES >> 20} MiB")
    return found.files, found.findings


class _Found:
    """What was found so far."""

    def __init__(self) -> None:
        self.files: Contents = {}
        self.findings: list[Finding] = []
        self.names: dict[str, str] = {}  # in lower case → as it is written

    def accepts(self, name: str) -> bool:
        """Whether a submission can have a file of this name that it does not have yet."""
        objection = objection_to_name(name)
        if objection is None and (other := self.names.setdefault(name.casefold(), name)) != name:
            objection = f"differs from {other} in the case of letters alone"
        elif objection is None and name in self.files:
            objection = "is there twice"
        return self.holds(name, objection)

    def holds(self, name: str, objection: str | None) -> bool:
        """Whether there is no objection; one becomes a finding."""
        if objection is not None:
            self.findings.append(Finding("contents", "error", shown(name, 80), f"The entry {objection}."))
            if len(self.findings) >= MOST_FINDINGS:
                raise Refused(f"holds {MOST_FINDINGS} entries or more that a submission cannot have")
        return objection is None


def objection_to_name(name: str) -> str | None:
    """What is wrong with the name of an entry; none where a submission has such a file.

    >>> objection_to_name("../../etc/passwd")
    'has a name that leads out of the submission'
    """
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or name[1:2] == ":":
        return "has an absolute name"
    if ".." in parts:
        return "has a name that leads out of the submission"
    if not name.isascii() or not name.isprintable():
        return "has a name with characters that cannot be seen or look like others"
    if name != MANIFEST and not FILE_NAME.fullmatch(name):
        return f"is no file that a submission has ({MANIFEST}, {ALGORITHM}, or {', '.join(FOLDERS)} with a run's key)"
    return None


def kind_of(content: bytes) -> str | None:
    """What a file is by its first bytes, where that is something that no submission has."""
    if content[:1] == b"\x80" and content[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "a pickle, which is never opened"
    if content[:2] in (b"(d", b"(l", b"(i", b"cp", b"c_", b"cb", b"co") and content.rstrip()[-1:] == b".":
        return "a pickle, which is never opened"
    return next((kind for magic, kind in KINDS.items() if content.startswith(magic)), None)


def _of_folder(path: Path, found: _Found) -> Iterator[tuple[str, bytes]]:
    for count, entry in enumerate(_walked(path), 1):
        if count > MOST_ENTRIES:
            raise Refused(f"has more than {MOST_ENTRIES:,} entries")
        name = os.fsencode(Path(entry.path).relative_to(path)).decode(errors="backslashreplace")
        status = entry.stat(follow_symlinks=False)
        is_file = stat.S_ISREG(status.st_mode)
        objection = _too_large(status.st_size) if is_file else "is a link, a device or a folder"
        if found.holds(name, objection) and found.accepts(name):
            yield name, _content_of(entry.path)


def _walked(folder: Path, deeper: int = 1) -> Iterator["os.DirEntry[str]"]:
    """The entries of a folder and of the folders in it; what lies deeper is not looked at, its folder is an entry."""
    with os.scandir(folder) as entries:
        for entry in sorted(islice(entries, MOST_ENTRIES + 1), key=lambda entry: entry.name):
            if deeper and entry.is_dir(follow_symlinks=False):
                yield from _walked(Path(entry.path), deeper - 1)
            else:
                yield entry


def _content_of(path: str) -> bytes:
    """The bytes of a file that is no link, and that nobody lengthens while it is read."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(LARGEST + 1)


def _of_zip(path: Path, found: _Found) -> Iterator[tuple[str, bytes]]:
    _check_zip(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise Refused(f"has {len(entries):,} entries; it may have {MOST_ENTRIES:,}")
            _check_apart(entries, path.stat().st_size)
            for entry in entries:
                if found.holds(entry.filename, _objection_to_entry(entry)) and found.accepts(entry.filename):
                    content = _unpacked(archive, entry)
                    if content is None:
                        found.holds(entry.filename, "is damaged, or longer than its header says")
                    else:
                        yield entry.filename, content
    except (zipfile.BadZipFile, zipfile.LargeZipFile, struct.error, NotImplementedError, UnicodeError) as error:
        raise Refused(f"is a damaged zip ({shown(str(error), 100)})") from error


def _check_zip(path: Path) -> None:
    """Look at the first and the last bytes alone."""
    if not path.is_file():
        raise Refused("is neither a file nor a folder")
    size = path.stat().st_size
    if size == 0:
        raise Refused("is empty")
    with path.open("rb") as file:
        start = file.read(64)
        file.seek(max(0, size - 65_557))
        end = file.read()
    if not start.startswith(b"PK"):
        raise Refused(f"is {kind_of(start) or 'neither a zip nor a folder'}")
    if size > MOST_BYTES:
        raise Refused(f"has {size:,} bytes; it may have {MOST_BYTES:,}")
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < END_OF_ZIP.size:
        raise Refused("is a truncated zip")
    _, _, _, _, entries, directory, _, _ = END_OF_ZIP.unpack_from(end, at)
    if entries > MOST_ENTRIES or directory > 200 * MOST_ENTRIES:
        raise Refused(f"has more than {MOST_ENTRIES:,} entries")


def _check_apart(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse entries that share bytes: a kilobyte could stand for a terabyte."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [*(entry.header_offset for entry in ordered[1:]), size]
    for entry, end in zip(ordered, ends, strict=True):
        if entry.header_offset + LOCAL_HEADER + entry.compress_size > end:
            raise Refused("is a zip whose entries overlap")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Refused(f"would unpack to more than {MOST_BYTES >> 20} MiB")


def _objection_to_entry(entry: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or entry.is_dir():
        return "is a link, a folder or a device"
    if entry.flag_bits & 0x1:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way other than stored or deflated"
    return _too_large(entry.file_size)


def _too_large(size: int) -> str | None:
    return f"has {size:,} bytes; a file may have {LARGEST:,}" if size > LARGEST else None


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """The bytes of an entry, never more than its header says; none where they are not what the header says."""
    try:
        with archive.open(entry) as file:
            content = file.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
        return None
    return content if len(content) == entry.file_size else None
