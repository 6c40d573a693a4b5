"""Servers that lie, break off and flip bytes: nothing corrupt is accepted, and what arrived whole is kept."""

from collections.abc import Callable
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from gnomon.datasets.hub.pull import pull_dataset
from gnomon.datasets.minari_file import DATA, METADATA
from gnomon.errors import DatasetError

SMALL = "maze/umaze/planner-test-v1"
MANIFEST = f"{SMALL}/manifest.json"
HDF5 = f"{SMALL}/{DATA}"
pytestmark = [pytest.mark.service, pytest.mark.xdist_group("hub")]


def test_a_connection_that_is_cut_is_taken_up_where_it_ended(served) -> None:
    size = len(served.files[HDF5])
    served.cut_after, served.cuts = size // 3, 2
    pull_dataset(SMALL, [served.url]).verify()
    assert served.sent[HDF5] == size


def test_a_server_that_always_cuts_is_given_up_and_the_next_pull_fetches_only_the_rest(served, home: Path) -> None:
    size = len(served.files[HDF5])
    served.cut_after = size // 10
    with pytest.raises(DatasetError, match=rf"{DATA} ended after {5 * (size // 10):,} of {size:,} bytes"):
        pull_dataset(SMALL, [served.url])
    assert not (home / "datasets" / SMALL).exists()
    served.cut_after = None
    pull_dataset(SMALL, [served.url]).verify()
    assert served.sent[HDF5] == size


def test_a_server_that_knows_no_ranges_begins_again(served) -> None:
    size = len(served.files[HDF5])
    served.ranges, served.cut_after, served.cuts = False, size // 2, 1
    pull_dataset(SMALL, [served.url]).verify()
    assert served.sent[HDF5] == size // 2 + size


def test_pythons_own_web_server_is_a_mirror(elsewhere: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(elsewhere.parents[2]))

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Quiet) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        pull_dataset(SMALL, [f"http://127.0.0.1:{server.server_port}/"]).verify()
        server.shutdown()


def test_flipped_bytes_are_never_accepted(staged, served, home: Path) -> None:
    served.flipped = DATA
    with pytest.raises(DatasetError, match=f"{served.url}: .*{DATA} does not have the hash"):
        pull_dataset(SMALL, [served.url])
    assert not (home / "datasets" / SMALL).exists()
    assert not staged(DATA).exists()
    assert staged(METADATA).exists()  # the good file waits for the next pull
    served.flipped = ""
    served.sent.clear()
    pull_dataset(SMALL, [served.url]).verify()
    assert served.sent[f"{SMALL}/{METADATA}"] == 0


def test_bad_bytes_of_one_mirror_do_not_spoil_the_next(staged, served, elsewhere: Path) -> None:
    good = dict(served.files)
    served.files[HDF5] = bytes(len(good[HDF5]))
    served.cut_after = len(good[HDF5]) // 8
    with pytest.raises(DatasetError, match="ended after"):
        pull_dataset(SMALL, [served.url])
    assert not any(staged(DATA).read_bytes())
    pull_dataset(SMALL, [f"file://{elsewhere.parents[2]}"]).verify()


@pytest.mark.parametrize("change", [lambda content: content[:-7], lambda content: content + b"more"])
def test_a_file_of_another_size_is_refused_before_it_is_fetched(
    staged, served, change: Callable[[bytes], bytes]
) -> None:
    size = len(served.files[HDF5])
    served.files[HDF5] = change(served.files[HDF5])
    told = f"{DATA} is {len(served.files[HDF5]):,} bytes long, not {size:,} as the manifest says"
    with pytest.raises(DatasetError, match=told):
        pull_dataset(SMALL, [served.url])
    assert staged(DATA).stat().st_size == 0


def test_a_mirror_that_is_dead_is_passed_over_and_one_that_lies_too(served, elsewhere: Path) -> None:
    served.flipped = DATA
    mirrors = ["http://127.0.0.1:1/dead", served.url, f"file://{elsewhere.parents[2]}"]
    amounts: list[int] = []
    dataset = pull_dataset(SMALL, mirrors, lambda amount, total: amounts.append(amount))
    dataset.verify()
    assert sum(amounts) == sum(file.bytes for file in dataset.manifest.files.values())


def test_when_all_mirrors_fail_one_sentence_tells_what_each_did(served) -> None:
    served.change_manifest(SMALL, id="maze/umaze/other-v1")
    mirrors = ["http://127.0.0.1:1/dead", served.url, "file:///nowhere/at/all"]
    with pytest.raises(DatasetError) as error:
        pull_dataset(SMALL, mirrors)
    sentence = str(error.value)
    assert "\n" not in sentence
    for part in (
        "/dead: <urlopen error",
        f"{served.url}: {MANIFEST} is that of 'maze/umaze/other-v1'",
        "/all: there is",
    ):
        assert part in sentence


def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(DatasetError, match="nstall gcsfs"):
        pull_dataset(SMALL, ["gs://bucket/folder"])
