"""What every format that is written and read promises: the same content hash, the same bytes, whole files or none."""

import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.benchmarks.contracts import Episode
from gnomon.datasets.columns import from_episodes
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats import FORMATS, format_of
from gnomon.datasets.formats.d4rl import to_d4rl
from gnomon.datasets.formats.exporting import export_dataset
from gnomon.datasets.formats.importing import import_dataset
from gnomon.datasets.store import load_dataset
from gnomon.datasets.write import Provenance, add_dataset
from gnomon.errors import DatasetError, UnknownId, UsageError

WRITTEN = ["d4rl", "lerobot", "minari", "npz"]
TASK = "maze/umaze-v1"


def place(folder: Path, format: str) -> Path:
    """A path that an export of this format may have."""
    return folder / f"data{(FORMATS[format].suffixes or ('',))[0]}"


def bytes_of(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def test_every_format_is_complete() -> None:
    assert FORMATS.broken == {}
    assert set(FORMATS) == {"d4rl", "lerobot", "minari", "neorl", "npz", "ogbench"}
    assert [id for id, format in FORMATS.items() if format.write] == WRITTEN
    assert all(format.summary.endswith(".") for format in FORMATS.values())
    assert all(sentence.endswith(".") for format in FORMATS.values() for sentence in format.lost)


@pytest.mark.parametrize("format", WRITTEN)
def test_an_export_is_imported_with_the_same_content_hash(
    format: str, small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_dataset(small, format, place(tmp_path, format))
    monkeypatch.setenv("GNOMON_HOME", str(tmp_path / "home"))
    assert format_of(place(tmp_path, format)) == format
    made = import_dataset(place(tmp_path, format), "imported/umaze-v1", task=TASK, licence="CC-BY-4.0").manifest
    assert FORMATS[format].lost or made.content_hash == small.manifest.content_hash
    assert (made.origin, made.task, made.licence) == ("imported", TASK, "CC-BY-4.0")
    assert made.recipe["repairs"] == []
    assert made.statistics == small.manifest.statistics
    load_dataset("imported/umaze-v1").verify()


def test_exports_at_another_time_are_the_same_bytes_and_leave_nothing_else(small: Dataset, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        for format in WRITTEN:
            export_dataset(small, format, place(tmp_path / folder / format, format))
        time.sleep(2.1 if folder == "a" else 0)  # a ZIP file counts two seconds
    for format in WRITTEN:
        first, second = (place(tmp_path / folder / format, format) for folder in ("a", "b"))
        assert bytes_of(first) == bytes_of(second)
        assert list(first.parent.iterdir()) == [first]


@pytest.mark.parametrize("format", WRITTEN)
def test_an_export_that_fails_leaves_nothing(
    format: str, small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pathlib.Path.rename", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        export_dataset(small, format, place(tmp_path / "exports", format))
    assert list((tmp_path / "exports").iterdir()) == []


def test_wrong_exports_are_refused(small: Dataset, own_small: Path, tmp_path: Path) -> None:
    (tmp_path / "there.npz").write_bytes(b"mine")
    with pytest.raises(UsageError, match="is there already"):
        export_dataset(small, "npz", tmp_path / "there.npz")
    with pytest.raises(UsageError, match=r"export to data\.hdf5"):
        export_dataset(small, "d4rl", tmp_path / "data")
    with pytest.raises(UsageError, match="ogbench is only read; export to one of d4rl, lerobot, minari, npz"):
        export_dataset(small, "ogbench", tmp_path / "data.npz")
    with pytest.raises(UnknownId, match="Did you mean lerobot"):
        export_dataset(small, "lerobt", tmp_path / "data")
    rewards = np.load(own_small / "columns/rewards.npy")
    np.save(own_small / "columns/rewards.npy", rewards + 1)
    with pytest.raises(DatasetError, match="does not have the content hash"):
        export_dataset(Dataset(own_small, small.manifest), "npz", tmp_path / "data.npz")
    assert (tmp_path / "there.npz").read_bytes() == b"mine"


@st.composite
def played(draw: st.DrawFn) -> list[Episode]:
    """One to five episodes of one to four steps, with vectors of one to three numbers."""
    stream = np.random.default_rng(draw(st.integers(0, 2**32)))
    dimension, width = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    endings = [(True, False), (False, True), (False, False)]
    return [
        Episode(
            seed=draw(st.integers(-1, 2**63 - 1)),
            observations=stream.normal(size=(length + 1, dimension)).astype(np.float32),
            actions=np.full((length, width), np.nan, np.float32) if missing else np.ones((length, width), np.float32),
            rewards=stream.normal(size=length).astype(np.float32),
            success=stream.random(length) < 0.5,
            terminated=ending[0],
            truncated=ending[1],
        )
        for length, ending, missing in draw(
            st.lists(
                st.tuples(st.integers(1, 4), st.sampled_from(endings), st.sampled_from([False, False, True])),
                min_size=1,
                max_size=5,
            )
        )
    ]


@pytest.mark.parametrize("format", WRITTEN)
@settings(max_examples=12, deadline=None)
@given(episodes=played(), knows=st.booleans())
def test_any_episodes_come_back(format: str, episodes: list[Episode], knows: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", folder)
        data = from_episodes(episodes)
        data["success"] &= knows
        provenance = Provenance(origin="imported", task=None, recipe={"made": "by hand"}, knows_success=knows)
        dataset, path = add_dataset("random/first-v1", provenance, data), place(Path(folder), format)
        if format == "lerobot" and np.isnan(data["actions"]).any():
            with pytest.raises(UsageError, match="episodes without actions, which LeRobot cannot hold"):
                export_dataset(dataset, format, path)
            return
        export_dataset(dataset, format, path)
        made = import_dataset(path, "random/second-v1", format).manifest
        assert made.content_hash == dataset.manifest.content_hash
        assert ("success" in made.statistics) == (knows or format == "minari")


def test_minari_loads_the_export(small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import minari

    export_dataset(small, "minari", tmp_path / small.id)
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    theirs = minari.load_dataset(small.id)
    assert (theirs.total_episodes, theirs.total_steps) == (small.manifest.episodes, small.manifest.transitions)
    monkeypatch.setenv("GNOMON_HOME", str(tmp_path / "home"))
    assert import_dataset(small.id, "imported/umaze-v1").manifest.content_hash == small.manifest.content_hash


def test_lerobot_files_have_the_types_that_its_reader_casts_to(small: Dataset, tmp_path: Path) -> None:
    """LeRobot 0.4 casts to a scalar where a feature's shape is [1], to a list of fixed length where it is longer."""
    import json

    import datasets
    import pandas

    export_dataset(small, "lerobot", tmp_path / "data")
    info = json.loads((tmp_path / "data/meta/info.json").read_text())
    features = {
        name: datasets.Value(feature["dtype"])
        if feature["shape"] == [1]
        else datasets.Sequence(datasets.Value(feature["dtype"]), length=feature["shape"][0])
        for name, feature in info["features"].items()
    }
    file = str(tmp_path / "data" / info["data_path"].format(chunk_index=0, file_index=0))
    rows = datasets.Dataset.from_parquet(file, features=datasets.Features(features), cache_dir=str(tmp_path / "cache"))
    arrays = small.transitions()
    assert isinstance(rows, datasets.Dataset)
    assert np.array_equal(np.array(rows["observation.state"], np.float32), arrays.observations)
    assert rows["next.done"] == (arrays.terminated | arrays.truncated).tolist()
    assert rows["frame_index"][:3] == [0, 1, 2]
    episodes = pandas.read_parquet(tmp_path / "data/meta/episodes/chunk-000/file-000.parquet")
    assert episodes["dataset_to_index"].tolist() == small.columns["offsets"][1:].tolist()
    tasks = pandas.read_parquet(tmp_path / "data/meta/tasks.parquet")
    assert episodes["tasks"][0].tolist() == tasks.index.tolist() == [small.task.summary]
    statistics = json.loads((tmp_path / "data/meta/stats.json").read_text())
    assert set(statistics) == set(features)
    assert np.allclose(statistics["action"]["mean"], arrays.actions.mean(0, dtype="f8"))


def test_d4rl_arrays_are_the_transitions(small: Dataset) -> None:
    arrays, ours = to_d4rl(small), small.transitions()
    assert [arrays[name].dtype.str for name in ("terminals", "timeouts", "rewards")] == ["|b1", "|b1", "<f4"]
    assert np.array_equal(arrays["next_observations"], ours.next_observations)
    assert np.array_equal(arrays["terminals"], ours.terminated)
    assert np.array_equal(arrays["timeouts"], ours.truncated)


def test_the_page_has_the_formats_there_are() -> None:
    page = (Path(__file__).parents[3] / "docs/formats.md").read_text()
    rows = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")
    ]
    told = {id: (writes == "yes", kept == "the same") for id, _, reads, writes, kept in rows if reads == "yes"}
    assert told == {id: (bool(format.write), bool(format.write and not format.lost)) for id, format in FORMATS.items()}
