"""Pulls that are stopped, killed and doubled: the next one takes up what has arrived."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gnomon.datasets.hub import storage
from gnomon.datasets.hub.pull import pull_dataset
from gnomon.datasets.minari_file import DATA
from gnomon.datasets.store import load_dataset

SMALL = "maze/umaze/planner-test-v1"
HDF5 = f"{SMALL}/{DATA}"
GNOMON = str(Path(sys.executable).with_name("gnomon"))
pytestmark = [pytest.mark.service, pytest.mark.xdist_group("hub")]


def test_a_disk_that_fills_up_keeps_what_has_arrived(served, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("gnomon.datasets.columns.save", full)
        with pytest.raises(OSError, match="No space left"):
            pull_dataset(SMALL, [served.url])
    served.sent.clear()
    pull_dataset(SMALL, [served.url]).verify()
    assert served.sent[HDF5] == 0


@pytest.mark.parametrize("kind", ["hf", "s3", "file"])
def test_blocks_that_arrived_are_not_fetched_again(
    staged, kind: str, elsewhere: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = _filled(kind, elsewhere, request)
    monkeypatch.setattr(storage, "BLOCK", 2**14)
    arrived: list[int] = []

    def stop_after_three_blocks(amount: int, total: int) -> None:
        arrived.append(amount)
        if sum(arrived) > 3 * 2**14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull_dataset(SMALL, [url], stop_after_three_blocks)
    kept = staged(DATA).stat().st_size
    assert 0 < kept < (elsewhere / DATA).stat().st_size
    amounts: list[int] = []
    dataset = pull_dataset(SMALL, [url], lambda amount, total: amounts.append(amount))
    dataset.verify()
    assert amounts[0] >= kept
    assert sum(amounts) == sum(file.bytes for file in dataset.manifest.files.values())


def _filled(kind: str, elsewhere: Path, request: pytest.FixtureRequest) -> str:
    """URL of a remote with the small dataset."""
    if kind == "hf":
        hub = request.getfixturevalue("hub")
        hub.copy(elsewhere, SMALL)
        hub.exists = True
        return "hf://org/name"
    if kind == "s3":
        from s3fs import S3FileSystem

        bucket = request.getfixturevalue("bucket")
        S3FileSystem(skip_instance_cache=True).put(str(elsewhere), f"{bucket}/{SMALL}", recursive=True)
        return bucket
    return f"file://{elsewhere.parents[2]}"


def _start_pull(url: str, home: Path, signal_at: Callable[[], bool]) -> subprocess.Popen[str]:
    environment = {**os.environ, "GNOMON_HOME": str(home)}
    process = subprocess.Popen(
        [GNOMON, "datasets", "pull", SMALL, "--from", url],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    while not signal_at() and process.poll() is None:
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_a_pull_that_is_killed_is_taken_up_by_the_next(staged, served, home: Path, by: signal.Signals) -> None:
    size = len(served.files[HDF5])
    served.delay = 0.1
    process = _start_pull(served.url, home, lambda: served.sent[HDF5] > size // 3)
    process.send_signal(by)
    began = time.monotonic()
    process.communicate()
    assert process.returncode != 0
    assert time.monotonic() - began < 5  # also where the other threads must be stopped
    assert not (home / "datasets" / SMALL).exists()
    kept = staged(DATA).stat().st_size
    assert 0 < kept < size
    time.sleep(4 * served.delay)  # the server notices at its next block
    served.delay = 0.0
    served.sent.clear()
    result = _start_pull(served.url, home, lambda: True)
    assert result.wait() == 0
    assert served.sent[HDF5] == size - kept
    load_dataset(SMALL).verify()
    assert not list((home / "datasets/.pulls").iterdir())


def test_two_pulls_at_once_download_once(served, home: Path) -> None:
    served.delay = 0.02
    first = _start_pull(served.url, home, lambda: served.sent[HDF5] > 0)
    second = _start_pull(served.url, home, lambda: True)
    assert (first.wait(), second.wait()) == (0, 0)
    assert served.sent[HDF5] == len(served.files[HDF5])


def test_the_command_line_tells_one_sentence_and_pushes_to_a_folder(
    elsewhere: Path, home: Path, tmp_path: Path
) -> None:
    mirror = f"file://{tmp_path}/mirror"
    there = {**os.environ, "GNOMON_HOME": str(elsewhere.parents[3])}
    pushed = subprocess.run([GNOMON, "datasets", "push", SMALL, mirror], env=there, capture_output=True, text=True)
    assert f"gnomon datasets pull {SMALL} --from {mirror}" in pushed.stdout
    pull = [GNOMON, "datasets", "pull", SMALL]
    failed = subprocess.run([*pull, "--from", "http://127.0.0.1:1/x"], capture_output=True, text=True)
    assert (failed.returncode, len(failed.stderr.splitlines())) == (1, 1)
    card = subprocess.run([*pull, "--from", mirror, "--card"], capture_output=True, text=True)
    assert card.stdout.startswith("# Small")
    pulled = subprocess.run(pull, env={**os.environ, "GNOMON_MIRRORS": mirror}, capture_output=True, text=True)
    assert str(home / "datasets" / SMALL) in pulled.stdout
    load_dataset(SMALL).verify()
