"""A submission to damage, the track that ranks it, and an empty register."""

from collections.abc import Callable
from pathlib import Path

import pytest
from submitted_runs import ADA, DATASETS, PROTOCOL, Made, network, record_of

from gnomon.benchmarks.policy_file import save_policy
from gnomon.evaluation.protocol import PROTOCOLS
from gnomon.evaluation.record import RECORD
from gnomon.evaluation.suites import SUITES, Suite
from gnomon.files import write_atomically
from gnomon.leaderboard.pack import Packed, pack, zipped
from gnomon.leaderboard.register import Register
from gnomon.leaderboard.tracks import TRACKS, Track


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three seeds on two datasets, each with its policy; read them, never write to them."""
    folder, records = tmp_path_factory.mktemp("runs"), {}
    for number, (dataset, seed) in enumerate((dataset, seed) for dataset in DATASETS for seed in range(3)):
        policy = network(number)
        record = record_of(dataset, seed, policy)
        records[record.key] = record
        write_atomically(folder / record.key / RECORD, record.model_dump_json())
        save_policy(policy, folder / record.key / "policy.safetensors")
    return Made(tuple(sorted(folder.iterdir())), records)


@pytest.fixture(scope="session")
def packed(made: Made) -> Packed:
    """The submission of the runs."""
    return pack(made.folders, "tiny", ADA, "CC-BY-4.0", "Made for tests.")


@pytest.fixture
def track(monkeypatch: pytest.MonkeyPatch) -> Track:
    """The track that ranks the submission, for the length of a test."""
    track = Track("tiny", "Tiny", "For tests.", "tiny", "tiny", margin=10.0)
    for registry, entry in (
        (PROTOCOLS, PROTOCOL),
        (SUITES, Suite("tiny", "For tests.", DATASETS, "tiny")),
        (TRACKS, track),
    ):
        len(registry)
        monkeypatch.setitem(registry._entries, "tiny", entry)
    return track


@pytest.fixture
def save(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    """Write files as a zip, and give its path."""

    def write(files: dict[str, bytes]) -> Path:
        path = tmp_path / "submission.zip"
        path.write_bytes(zipped(files))
        return path

    return write


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """An empty register."""
    return Register(tmp_path / "register")
