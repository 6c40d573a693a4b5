"""Readings that are kept: a folder is opened once as long as its bytes stay, and never taken for what it is not."""

from pathlib import Path

import pytest

from gnomon.files import home
from gnomon.leaderboard.pack import Packed, write_packed
from gnomon.leaderboard.reading import kept
from gnomon.leaderboard.reading.kept import read_kept
from gnomon.leaderboard.reading.reader import Reading, ReadingLimits, read_submission
from gnomon.leaderboard.submission import MANIFEST

Opened = list[Path]


@pytest.fixture
def folder(packed: Packed, tmp_path: Path) -> Path:
    write_packed(packed.files, tmp_path / "folder")
    return tmp_path / "folder"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The folders for which a child process was started."""
    found: Opened = []

    def read(path: Path, limits: ReadingLimits) -> Reading:
        found.append(path)
        return read_submission(path, limits)

    monkeypatch.setattr(kept, "read_submission", read)
    return found


def test_a_folder_is_opened_once(folder: Path, opened: Opened) -> None:
    first, again = read_kept(folder), read_kept(folder)
    assert first.is_sound
    assert again == first
    assert opened == [folder]


def test_a_folder_that_was_changed_is_opened_again(folder: Path, opened: Opened) -> None:
    assert read_kept(folder).is_sound
    changed = next(path for path in sorted(folder.rglob("*.jsonl")))
    changed.write_bytes(changed.read_bytes().replace(b"1", b"2", 1))
    assert not read_kept(folder).is_sound
    assert not read_kept(folder).is_sound  # what is unsound is not kept
    assert len(opened) == 3


def test_what_is_not_only_files_is_never_kept(folder: Path, tmp_path: Path) -> None:
    (folder / MANIFEST).rename(tmp_path / "elsewhere")
    (folder / MANIFEST).symlink_to(tmp_path / "elsewhere")
    assert not read_kept(folder).is_sound
    assert not (home() / "cache").exists()


def test_a_reading_that_was_damaged_is_made_again(folder: Path, opened: Opened) -> None:
    first = read_kept(folder)
    (file,) = (home() / "cache" / "readings").glob("*.json")
    file.write_text("{}")
    assert read_kept(folder) == first
    assert len(opened) == 2
