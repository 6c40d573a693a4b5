"""What is pushed is what is pulled, by every kind of remote; what is there already is not sent again."""

import json
from pathlib import Path

import numpy as np
import pytest
from fsspec.implementations.local import LocalFileSystem

from gnomon.datasets.columns import NAMES, Columns, from_episodes, load, to_episodes
from gnomon.datasets.hub import REMOTES, connect
from gnomon.datasets.hub.pull import pull_dataset, read_card
from gnomon.datasets.hub.push import push_dataset
from gnomon.datasets.minari_file import DATA
from gnomon.datasets.write import Provenance, add_dataset
from gnomon.errors import DatasetError, UsageError

SMALL = "maze/umaze/planner-test-v1"
pytestmark = [pytest.mark.service, pytest.mark.xdist_group("hub")]


@pytest.fixture(params=["file", "memory", "s3", "hf"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty remote that can be written."""
    if request.param == "s3":
        return request.getfixturevalue("bucket")
    if request.param == "hf":
        request.getfixturevalue("hub")
        return "hf://org/name"
    return f"{request.param}://{tmp_path}/mirror"


@pytest.fixture
def push(elsewhere: Path, monkeypatch: pytest.MonkeyPatch):
    """Push the small dataset of the other home."""

    def push_from_elsewhere(url: str) -> int:
        amounts: list[int] = []
        with monkeypatch.context() as patch:
            patch.setenv("GNOMON_HOME", str(elsewhere.parents[3]))
            push_dataset(SMALL, url, lambda amount, total: amounts.append(amount))
        return sum(amounts)

    return push_from_elsewhere


def first_half(data: Columns) -> Columns:
    """The first half of the episodes."""
    episodes = to_episodes(data)
    return from_episodes(episodes[: len(episodes) // 2])


def test_the_schemes_are_found() -> None:
    assert {"hf", "http", "https", "file", "memory", "s3", "gs"} <= set(REMOTES)
    assert not REMOTES.broken


def test_a_round_trip_keeps_every_byte(url: str, push, elsewhere: Path, home: Path) -> None:
    pushed = push(url)
    amounts: list[tuple[int, int]] = []
    dataset = pull_dataset(SMALL, [url], lambda *amount: amounts.append(amount))
    dataset.verify()
    assert dataset.path == home / "datasets" / SMALL
    for name in [*dataset.manifest.files, "manifest.json", "README.md", "report.json", "plots/returns.svg"]:
        assert (dataset.path / name).read_bytes() == (elsewhere / name).read_bytes()
    ours, theirs = load(dataset.path / "columns"), load(elsewhere / "columns")
    assert all(np.array_equal(ours[name], theirs[name]) for name in NAMES)
    assert not (dataset.path / "plots/private.svg").exists()  # what the card does not name stays at home
    total = sum(file.bytes for file in dataset.manifest.files.values())
    assert sum(amount for amount, _ in amounts) == total < pushed
    assert {told for _, told in amounts} == {total}
    assert not list((home / "datasets/.pulls").iterdir())


def test_what_is_there_already_is_not_pushed_again(url: str, push, elsewhere: Path) -> None:
    first = push(url)
    (elsewhere / "README.md").write_text("# New card\n")
    assert push(url) < first / 10
    assert read_card(SMALL, [url]) == "# New card\n"
    pull_dataset(SMALL, [url]).verify()


def test_another_dataset_under_the_id_is_not_replaced(url: str, push, elsewhere: Path) -> None:
    push(url)
    manifest = elsewhere / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    with pytest.raises(DatasetError, match="holds another maze/umaze/planner-test-v1; push to another URL"):
        push(url)


def test_damaged_data_is_not_pushed(push, elsewhere: Path, tmp_path: Path) -> None:
    metadata = elsewhere / "data/metadata.json"
    metadata.write_text(metadata.read_text().replace("hdf5", "hdf6"))
    with pytest.raises(DatasetError, match=r"metadata.json was changed"):
        push(f"file://{tmp_path}/mirror")
    (elsewhere / DATA).write_bytes(bytes(elsewhere.joinpath(DATA).stat().st_size))
    with pytest.raises(DatasetError, match="cannot be read"):
        push(f"file://{tmp_path}/mirror")
    assert not (tmp_path / "mirror").exists()


def test_a_dataset_that_is_here_is_not_pulled(own_small: Path) -> None:
    assert pull_dataset(SMALL, ["http://127.0.0.1:1/nobody"]).path == own_small


def test_a_missing_remote_is_one_sentence(url: str) -> None:
    with pytest.raises(DatasetError, match=f"there is no {SMALL}/manifest.json") as error:
        pull_dataset(SMALL, [url])
    assert "\n" not in str(error.value)


def test_a_mirror_that_is_the_home_of_a_colleague(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNOMON_MIRRORS", f"file:///nowhere, file://{elsewhere.parents[2]}")
    pull_dataset(SMALL).verify()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("org/name", "is not a URL such as"),
        ("s3://", "is not a URL such as"),
        ("htp://host/folder", "no scheme of a URL 'htp'. Did you mean http"),
        ("hf://name", "write hf://org/name"),
        ("hf://org/name/more", "write hf://org/name"),
    ],
)
def test_a_wrong_url_is_refused_before_anything_is_asked(url: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        connect(url)


def test_no_mirror_at_all() -> None:
    with pytest.raises(UsageError, match="--from URL, or set GNOMON_MIRRORS"):
        pull_dataset(SMALL)


def test_a_web_server_takes_no_push(push, web) -> None:
    with pytest.raises(UsageError, match="can only be read; push to file:///folder"):
        push(web.url)


def test_the_card_is_read_without_the_data_and_without_terminal_codes(elsewhere: Path, home: Path, web) -> None:
    web.copy(elsewhere, SMALL)
    assert read_card(SMALL, [web.url]) == "# Small\n\n![returns](plots/returns.svg) [31mred\n"
    del web.files[f"{SMALL}/README.md"]
    assert json.loads(read_card(SMALL, [web.url]))["id"] == SMALL
    assert web.sent[f"{SMALL}/{DATA}"] == 0
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_a_push_to_the_hub_is_one_commit_and_goes_on_after_an_interruption(
    hub, push, elsewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hub.refuse_commits = True
    with pytest.raises(DatasetError, match=r"could not be pushed to hf://org/name .*the same command goes on"):
        push("hf://org/name")
    uploaded = hub.sent["uploads"]
    assert uploaded == (elsewhere / DATA).stat().st_size
    assert not hub.files
    hub.refuse_commits = False
    push("hf://org/name")
    assert hub.sent["uploads"] == uploaded
    assert [f"{SMALL}/manifest.json" in commit for commit in hub.commits] == [True]
    assert "%" not in capfd.readouterr().err  # the client's own bars


def test_the_manifest_is_stored_after_all_else(push, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put = LocalFileSystem.put_file

    def put_without_data(self: LocalFileSystem, ours: str, theirs: str) -> None:
        if theirs.endswith(DATA):
            raise ConnectionError("the cable was pulled")
        put(self, ours, theirs)

    mirror = tmp_path / "mirror"
    with monkeypatch.context() as patch:
        patch.setattr(LocalFileSystem, "put_file", put_without_data)
        with pytest.raises(DatasetError, match="the cable was pulled"):
            push(f"file://{mirror}")
    assert not (mirror / SMALL / "manifest.json").exists()
    push(f"file://{mirror}")
    pull_dataset(SMALL, [f"file://{mirror}"]).verify()


def test_a_push_to_s3_goes_on_after_an_interruption(bucket: str, push, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3
    from s3fs import S3FileSystem

    name, store = bucket.split("/")[2], boto3.client("s3")
    push(bucket)
    before = {item["Key"]: item["LastModified"] for item in store.list_objects(Bucket=name)["Contents"]}
    store.delete_object(Bucket=name, Key=f"data/{SMALL}/manifest.json")
    with pytest.raises(DatasetError, match="there is no"):
        pull_dataset(SMALL, [bucket])
    sent: list[str] = []
    put = S3FileSystem.put_file
    monkeypatch.setattr(
        S3FileSystem, "put_file", lambda self, ours, theirs: sent.append(theirs) or put(self, ours, theirs)
    )
    push(bucket)
    assert sent == [f"{name}/data/{SMALL}/manifest.json"]
    assert len(before) == len(store.list_objects(Bucket=name)["Contents"])
    pull_dataset(SMALL, [bucket]).verify()


def test_one_remote_holds_many_datasets(url: str, push, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "maze/umaze/other-v1"
    provenance = Provenance(origin="imported", task="maze/umaze-v1", recipe={"source": "a test"})
    with monkeypatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(elsewhere.parents[3]))
        add_dataset(other, provenance, first_half(load(elsewhere / "columns")))
        push_dataset(other, url)
    push(url)
    assert pull_dataset(other, [url]).manifest.episodes < pull_dataset(SMALL, [url]).manifest.episodes
