"""What cannot be imported is one sentence: exit code 2 for a wrong call, 1 for data that cannot be used."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gnomon.datasets.columns import from_episodes, to_episodes
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats import FORMATS, read_rows
from gnomon.datasets.formats.exporting import export_dataset
from gnomon.datasets.formats.importing import import_dataset
from gnomon.datasets.formats.repair import episodes_of
from gnomon.errors import DatasetError, GnomonError
from gnomon.files import hash_arrays

GNOMON = str(Path(sys.executable).with_name("gnomon"))
GOOD = {
    "observations": np.zeros((4, 2), np.float32),
    "actions": np.zeros((4, 1), np.float32),
    "rewards": np.zeros(4, np.float32),
    "terminals": np.array([0, 1, 0, 1], bool),
    "timeouts": np.zeros(4, bool),
}


def hdf5(path: Path, without: str = "", **changes: Any) -> Path:
    """A small D4RL file with some arrays changed."""
    with h5py.File(path / "data.hdf5", "w") as file:
        for name, array in {**GOOD, **changes}.items():
            if name != without:
                file[name] = array
    return path / "data.hdf5"


def archive(path: Path, **arrays: Any) -> Path:
    np.savez(path / "data.npz", **arrays)
    return path / "data.npz"


def file_of(content: bytes, name: str) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        (path / name).write_bytes(content)
        return path / name

    return write


def truncated(path: Path) -> Path:
    file = hdf5(path, observations=np.zeros((4000, 2), np.float32))
    os.truncate(file, 10_000)
    return file


def truncated_archive(path: Path) -> Path:
    file = archive(path, obs=np.zeros((4000, 2)), action=np.zeros((4000, 1)))
    os.truncate(file, 10_000)
    return file


def pickled(path: Path) -> Path:
    return archive(path, obs=np.array([{"a": 1}], dtype=object), action=np.zeros((1, 1)), done=np.ones(1))


def minari(path: Path, **arrays: Any) -> Path:
    (path / "data").mkdir()
    with h5py.File(path / "data/main_data.hdf5", "w") as file:
        for name, array in arrays.items():
            file[f"episode_0/{name.replace('__', '/')}"] = array
    return path


def with_not_a_number(path: Path) -> Path:
    return hdf5(path, rewards=np.array([0, np.nan, 0, np.inf], np.float32))


def empty_lerobot(path: Path, version: str = "v3.0") -> Path:
    (path / "meta").mkdir()
    (path / "meta/info.json").write_text(json.dumps({"codebase_version": version, "features": {}}))
    return path


def old_lerobot(path: Path) -> Path:
    return empty_lerobot(path, "v2.1")


STEPS = {"actions": np.zeros((1, 1)), "rewards": np.zeros(1), "terminations": [True], "truncations": [False]}
DAMAGED: list[tuple[Callable[[Path], Path], str]] = [
    (file_of(b"", "data.hdf5"), "cannot be read as d4rl data"),
    (file_of(b"not a file of data", "data.hdf5"), "cannot be read as d4rl data"),
    (truncated, "cannot be read as d4rl data"),
    (file_of(b"", "data.npz"), "is not recognised as any of d4rl, lerobot, minari, neorl, npz, ogbench"),
    (file_of(b"PK\x03\x04", "data.npz"), "is not recognised as any of"),
    (file_of(b"a,b\n1,2\n", "data.csv"), "is not recognised as any of"),
    (lambda path: path, "is not recognised as any of"),
    (truncated_archive, "is not recognised as any of"),
    (pickled, r"cannot be read as neorl data \(Object arrays cannot be loaded when allow_pickle=False\)"),
    (lambda path: hdf5(path, without="observations"), "has no array 'observations'"),
    (lambda path: hdf5(path, without="actions"), "has no array 'actions'"),
    (
        lambda path: hdf5(path, without="timeouts"),
        "does not say where time limits cut episodes; give their length with --horizon",
    ),
    (lambda path: hdf5(path, terminals=np.zeros(4, bool)), "No row is flagged as the end of an episode"),
    (
        lambda path: hdf5(path, actions=np.zeros((3, 1))),
        "different lengths, so rows are lost: actions 3, observations 4",
    ),
    (lambda path: hdf5(path, rewards=np.zeros((4, 2))), "different lengths, so rows are lost"),
    (lambda path: hdf5(path, actions=np.zeros(4)), "The actions are 4 of float64; gnomon reads a vector a row"),
    (lambda path: hdf5(path, observations=np.zeros((4, 8, 8), "u1")), "The observations are 4 × 8 × 8 of uint8"),
    (lambda path: hdf5(path, **{name: array[:0] for name, array in GOOD.items()}), "The data has no rows"),
    (with_not_a_number, "The rewards are NaN or infinite in 2 rows"),
    (lambda path: hdf5(path, observations=np.full((4, 2), 1e39)), "The observations are NaN or infinite in 6 rows"),
    (
        lambda path: hdf5(path, terminals=np.zeros(4, bool), timeouts=np.ones(4, bool)),
        "No episode has a transition whose next observation is known",
    ),
    (
        lambda path: archive(path, obs=np.zeros((2, 1)), action=np.zeros((2, 1)), done=[0, 1]),
        "add the array 'truncated'",
    ),
    (lambda path: minari(path, observations__image=np.zeros((2, 1)), **STEPS), "The observations have the parts image"),
    (lambda path: minari(path, observations=np.zeros((2, 8, 8), "u1"), **STEPS), "are no flat vectors of real numbers"),
    (lambda path: minari(path, observations=np.zeros((2, 1))), "cannot be read as minari data"),
    (lambda path: minari(path), "has no episodes"),
    (lambda path: hdf5(path, rewards=["a", "b", "c", "d"]), "The rewards are 4 of object; gnomon reads a number a row"),
    (lambda path: hdf5(path, next_observations=np.zeros((4, 3))), "have 2 numbers and the next observations 3"),
    (empty_lerobot, "has no Parquet tables"),
    (old_lerobot, "is LeRobot v2.1; convert it to v3.0 with LeRobot first"),
]


@pytest.mark.parametrize(("make", "sentence"), DAMAGED)
def test_data_that_cannot_be_used_is_one_sentence(make, sentence: str, tmp_path: Path, home: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(GnomonError, match=sentence) as error:
        import_dataset(make(tmp_path / "data"), "imported/data-v1")
    assert error.value.exit_code == 1
    assert len(str(error.value).splitlines()) == 1
    assert not (home / "datasets").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"path": "nowhere.hdf5"}, "There is no nowhere.hdf5"),
        ({"path": "nowhere.hdf5", "format": "d4rl"}, "There is no nowhere.hdf5"),
        ({"format": "d4lr"}, "Did you mean d4rl"),
        ({"format": "minari"}, "is a file; minari data is a folder"),
        ({"path": ".", "format": "d4rl"}, "is a folder; d4rl data is a file"),
        ({"id": "Hopper"}, "'Hopper' is no id for a dataset"),
        ({"id": "../../etc-v1"}, "is no id for a dataset"),
        ({"id": "maze/umaze/wander-v1"}, "is a dataset that gnomon builds; choose another id"),
        ({"task": "maze/umaz-v1"}, "Did you mean maze/umaze-v1"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    options: dict[str, str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
    arguments: dict[str, Any] = {"path": str(hdf5(tmp_path)), "id": "imported/data-v1", **options}
    with pytest.raises(GnomonError, match=sentence) as error:
        import_dataset(**arguments)
    assert error.value.exit_code == 2


def test_data_of_another_shape_than_the_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GnomonError, match="The observations have 2 numbers and those of maze/umaze-v1 6"):
        import_dataset(hdf5(tmp_path), "imported/data-v1", task="maze/umaze-v1")


def test_the_linter_sees_what_an_import_refuses(tmp_path: Path) -> None:
    rows = read_rows(with_not_a_number(tmp_path))
    assert np.isnan(rows.columns["rewards"][1])


KINDS = ("float32", "float64", "int64", "bool", "uint8", "S3", "complex64")
SHAPES = [(4, 2), (4, 1), (4,), (4,), (6, 2), (2,), (3,), (4, 2, 2), (0, 2), (0,), ()]
ANY_ARRAY = arrays(st.sampled_from(KINDS), st.sampled_from(SHAPES))
ALL_NAMES = {
    "d4rl": ("observations", "actions", "rewards", "next_observations", "terminals", "timeouts", "infos/episode"),
    "neorl": ("obs", "next_obs", "action", "reward", "done", "truncated", "index"),
    "npz": ("observations", "actions", "rewards", "terminated", "truncated", "offsets", "seeds"),
    "ogbench": ("observations", "actions", "rewards", "terminals"),
}


@pytest.mark.parametrize("format", ALL_NAMES)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_arrays_are_episodes_or_one_sentence(format: str, data: st.DataObject) -> None:
    chosen = data.draw(st.dictionaries(st.sampled_from(ALL_NAMES[format]), ANY_ARRAY))
    with tempfile.TemporaryDirectory() as folder:
        path = _flat_hdf5(Path(folder), chosen) if format == "d4rl" else archive(Path(folder), **chosen)
        try:
            columns, _ = episodes_of(read_rows(path, format))
        except DatasetError as error:
            sentence = str(error)
        else:
            sentence = "It fits."
            assert hash_arrays(from_episodes(to_episodes(columns))) == hash_arrays(columns)
        assert len(sentence.splitlines()) == 1


def _flat_hdf5(folder: Path, changes: dict[str, np.ndarray]) -> Path:
    with h5py.File(folder / "data.hdf5", "w") as file:
        for name, array in {**GOOD, **changes}.items():
            file[name] = array
    return folder / "data.hdf5"


FOR_OTHERS = {"tasks.parquet", "stats.json", "metadata.json"}  # parts of an export that gnomon does not read


@pytest.mark.parametrize("format", [id for id, format in FORMATS.items() if format.write])
def test_an_export_that_lost_half_of_a_file_is_refused(format: str, small: Dataset, tmp_path: Path) -> None:
    path = tmp_path / f"data{(FORMATS[format].suffixes or ('',))[0]}"
    export_dataset(small, format, path)
    for file in [path] if path.is_file() else [file for file in path.rglob("*.*") if file.name not in FOR_OTHERS]:
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
        with pytest.raises(DatasetError):
            import_dataset(path, "imported/cut-v1", format)
        file.write_bytes(content)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([GNOMON, "datasets", *arguments], capture_output=True, text=True)


def test_the_commands_say_what_was_repaired_and_what_is_wrong(tmp_path: Path) -> None:
    path = str(hdf5(tmp_path))
    made = run("import", path, "--id", "imported/data-v1")
    assert made.returncode == 0, made.stderr
    repair, first, place = made.stdout.splitlines()
    assert first.startswith("imported/data-v1: 4 transitions in 2 episodes, content ")
    assert repair == "Terminated episodes without their final observation: 2; it is a copy of the last one."
    assert place.endswith("datasets/imported/data-v1")
    written = run("export", "imported/data-v1", str(tmp_path / "out.npz"), "--format", "npz")
    assert written.stdout.startswith(f"{tmp_path / 'out.npz'}: imported/data-v1 as npz, content ")
    again = run("import", str(tmp_path / "out.npz"), "--id", "imported/again-v1")
    assert again.stdout.splitlines()[-2].split()[-1] == first.split()[-1] == written.stdout.split()[-1]
    wrong = run("export", "imported/data-v1", str(tmp_path / "out.npz"), "--format", "npz")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
    assert "is there already" in wrong.stderr
