"""Readings that are kept: a folder whose bytes have not changed is not opened by a child process again.

The reading of a sound submission lies in this home's cache under a hash of the names and bytes of its files and of the
code that reads, never beside the submission, where a stranger could put one. Bytes are hashed here and parsed nowhere.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from gnomon import __version__
from gnomon.files import hash_file, hash_of, home, write_atomically
from gnomon.leaderboard.reading.reader import PATIENT, Reading, read_submission

MOST_BYTES = 1 << 30  # of a folder; more is read each time
MOST_FILES = 20_000


def read_kept(folder: Path) -> Reading:
    """What the folder of a submission holds, from the cache where it was read before."""
    mark = _fingerprint(folder)
    if mark is None:
        return read_submission(folder, PATIENT)
    path = home() / "cache" / "readings" / f"{mark}.json"
    with suppress(OSError, ValidationError):
        return Reading.model_validate_json(path.read_bytes())
    found = read_submission(folder, PATIENT)
    if found.is_sound and _fingerprint(folder) == mark:  # nobody changed it meanwhile
        write_atomically(path, found.model_dump_json())
    return found


def _fingerprint(folder: Path) -> str | None:
    """A hash of names and bytes; none where there is something else than files, or too much."""
    try:
        files = list(_files(folder))
        return hash_of([__version__, _reader(), [[name, hash_file(folder / name)] for name in files]])
    except (OSError, UnicodeError, _Unfit):
        return None


class _Unfit(Exception):
    """What a folder must not have if its reading is to be kept."""


def _files(folder: Path) -> Iterator[str]:
    """The names of the files in a folder and below, in their order."""
    bytes_left, names = MOST_BYTES, []
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            facts = os.lstat(Path(place) / name)
            if name in files:
                bytes_left -= facts.st_size
                names.append((Path(place) / name).relative_to(folder).as_posix())
            fit = stat.S_ISREG(facts.st_mode) if name in files else stat.S_ISDIR(facts.st_mode)
            if not fit or bytes_left < 0 or len(names) > MOST_FILES:
                raise _Unfit
    yield from sorted(names)


@cache
def _reader() -> str:
    """A hash of the code that reads."""
    room = Path(__file__).parents[1]
    sources = [*room.glob("reading/*.py"), room / "submission.py", room / "verify" / "gate.py"]
    return hash_of([hash_file(path) for path in sorted(sources)])
