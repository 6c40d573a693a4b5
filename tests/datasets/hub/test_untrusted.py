"""What a hostile mirror may send: manifests, HDF5 files and cards that try to lead elsewhere, or to fill memory."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.datasets.hub.layout import card_files, read_manifest
from gnomon.datasets.hub.plain_hdf5 import refuse_unless_plain
from gnomon.datasets.hub.pull import pull_dataset
from gnomon.datasets.manifest import Manifest
from gnomon.datasets.minari_file import DATA
from gnomon.errors import DatasetError

SMALL = "maze/umaze/planner-test-v1"
MANIFEST = f"{SMALL}/manifest.json"
HDF5 = f"{SMALL}/{DATA}"
pytestmark = [pytest.mark.service, pytest.mark.xdist_group("hub")]


FILE = {"bytes": 3, "sha256": "0" * 64}


@pytest.mark.parametrize(
    "name",
    [
        *("../evil", "data/../../evil", "/etc/evil", "data//evil", ".hidden", "data/.evil", "C:\\evil", ""),
        *("data\\..\\evil", "manifest.json", "columns/rewards.npy", "x" * 300, "data/evil\n", "data/\u2024\u2024/evil"),
    ],
)
def test_a_manifest_cannot_name_a_file_elsewhere(served, name: str, tmp_path: Path) -> None:
    files = json.loads(served.files[MANIFEST])["files"]
    served.change_manifest(SMALL, files=files | {name: FILE})
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(DatasetError, match="cannot be a file of a dataset"):
        pull_dataset(SMALL, [served.url])
    assert {path for path in tmp_path.rglob("*") if path.is_file() and ".locks" not in path.parts} == before


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"files": {}}, "does not list data/main_data.hdf5"),
        ({"files": {DATA: {"bytes": -1, "sha256": "0" * 64}}}, "cannot be a file of a dataset"),
        ({"recipe_hash": "0" * 64}, "another recipe than this version"),
        ({"episodes": "many"}, "is damaged"),
        ({"surprise": 1}, "is damaged"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_before_any_data(served, fields: dict[str, Any], sentence: str) -> None:
    served.change_manifest(SMALL, **fields)
    with pytest.raises(DatasetError, match=sentence):
        pull_dataset(SMALL, [served.url])
    assert served.sent[HDF5] == 0


def test_a_manifest_without_end_is_not_read(served) -> None:
    served.files[MANIFEST] += b" " * 2**24
    with pytest.raises(DatasetError, match=r"is longer than 1,048,576 bytes"):
        pull_dataset(SMALL, [served.url])


def test_a_size_that_no_disk_has_is_refused_before_any_data(served) -> None:
    files = json.loads(served.files[MANIFEST])["files"]
    served.change_manifest(SMALL, files=files | {DATA: {"bytes": 2**60, "sha256": "0" * 64}})
    with pytest.raises(DatasetError, match=r"bytes and [\d,]+ are free"):
        pull_dataset(SMALL, [served.url])
    assert served.sent[HDF5] == 0


def _serve_hdf5(served: Any, path: Path) -> None:
    content = path.read_bytes()
    files = json.loads(served.files[MANIFEST])["files"]
    told = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    served.files[HDF5] = content
    served.change_manifest(SMALL, files=files | {DATA: told})


def test_other_data_with_a_fitting_file_hash_is_refused_by_the_content_hash(served, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "other.hdf5"
    path.write_bytes(served.files[HDF5])
    with h5py.File(path, "r+") as file:
        file["episode_0/rewards"][0] += 1  # pyright: ignore[reportIndexIssue, reportOperatorIssue]
    _serve_hdf5(served, path)
    with pytest.raises(DatasetError, match="does not have the content hash"):
        pull_dataset(SMALL, [served.url])
    assert not list((home / "datasets/.pulls").iterdir())
    assert not (home / "datasets" / SMALL).exists()


def _external(file: h5py.File) -> None:
    del file["episode_0/rewards"]
    file["episode_0/rewards"] = h5py.ExternalLink("/etc/passwd", "/x")


def _soft(file: h5py.File) -> None:
    del file["episode_0/rewards"]
    file["episode_0/rewards"] = h5py.SoftLink("/episode_1/rewards")


def _raw(file: h5py.File) -> None:
    del file["episode_0/rewards"]
    file.create_dataset("episode_0/rewards", (4,), "u1", external=[("/etc/passwd", 0, 4)])


def _bomb(file: h5py.File) -> None:
    file.create_dataset("episode_0/more", (2**40,), "u1", chunks=(2**20,), compression="gzip")


def _shared(file: h5py.File) -> None:
    for number in range(300):
        file[f"again_{number}"] = file["episode_0/observations"]


def _text(file: h5py.File) -> None:
    file["text"] = np.array(["a", "b"], dtype=object)


@pytest.mark.parametrize("trick", [_external, _soft, _raw, _bomb, _shared, _text])
def test_an_hdf5_file_with_tricks_is_refused(trick: Callable[[h5py.File], None], served, tmp_path: Path) -> None:
    path = tmp_path / "trick.hdf5"
    path.write_bytes(served.files[HDF5])
    refuse_unless_plain(path)
    with h5py.File(path, "r+") as file:
        trick(file)
    _serve_hdf5(served, path)
    with pytest.raises(DatasetError, match=r"plain array|link to elsewhere|arrays take more"):
        pull_dataset(SMALL, [served.url])


def test_what_is_no_hdf5_file_is_refused(served, tmp_path: Path) -> None:
    path = tmp_path / "text.hdf5"
    path.write_text("not HDF5")
    _serve_hdf5(served, path)
    with pytest.raises(DatasetError, match="is not what its manifest says"):
        pull_dataset(SMALL, [served.url])


@given(st.binary(max_size=300))
def test_bytes_that_are_no_manifest_are_one_sentence(content: bytes) -> None:
    class Remote:
        url = "test://remote"

        def read(self, name: str, limit: int) -> bytes:
            return content

    with pytest.raises(DatasetError, match="is damaged"):
        read_manifest(Remote(), SMALL)  # pyright: ignore[reportArgumentType]


@given(st.text(max_size=200).map(str.encode))
def test_a_readme_names_only_files_inside_the_folder(readme: bytes) -> None:
    manifest = Manifest.model_construct(files={})
    for name in card_files(b"plots/a.png ../b.png /c.png columns/d.csv " + readme, manifest):
        assert not name.startswith(("/", ".", "columns/"))
        assert ".." not in name.split("/")
