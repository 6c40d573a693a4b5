"""What the leaderboard's tests are given.

Boards for the page's tests: made up, with every case that the page must show. And a submission to damage, the track
that ranks it, and an empty register.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from submitted_runs import ADA, DATASETS, PROTOCOL, Made, network, record_of

from gnomon.benchmarks.policy_file import save_policy
from gnomon.evaluation.improvement import probability_of_improvement
from gnomon.evaluation.intervals import bootstrap_estimate, student_estimate
from gnomon.evaluation.protocol import PROTOCOLS
from gnomon.evaluation.ranks import Ranked, ranking
from gnomon.evaluation.record import RECORD
from gnomon.evaluation.statistics import STATISTICS
from gnomon.evaluation.suites import SUITES, Suite
from gnomon.files import write_atomically
from gnomon.leaderboard.board import Board, Cell, DatasetLine, Improvement, Row
from gnomon.leaderboard.entrants import Tombstone, Trust
from gnomon.leaderboard.pack import Packed, pack, zipped
from gnomon.leaderboard.register import Register
from gnomon.leaderboard.tracks import TRACKS, Track

HOSTILE = '<script>alert("x")</script>, "a" & \'b\''


def _row(standing: Ranked, scores: np.ndarray) -> Row:
    algorithm = standing.algorithm
    return Row(
        algorithm=algorithm,
        rank=standing.rank,
        standing=standing,
        missing="",
        estimates={name: bootstrap_estimate(name, statistic.compute, scores) for name, statistic in STATISTICS.items()},
        seeds=len(scores),
        reference=algorithm,
        digest="ab" * 32,
        config={"hidden": [128, 128]},
        command=f"gnomon evaluate {algorithm} --seed-list 0",
        training_seconds=12.5,
    )


def _dataset(id: str) -> DatasetLine:
    return DatasetLine(
        id=id,
        summary="Made up.",
        task="maze/umaze-v1",
        metric="success",
        recipe_hash="cd" * 32,
        content_hashes=("ef" * 32,),
        data_score=41.2,
        transitions=100_591,
        episodes=263,
    )


def _cell(algorithm: str, dataset: str, scores: np.ndarray) -> Cell:
    return Cell(algorithm, dataset, student_estimate(scores), tuple(range(len(scores))), tuple(scores.tolist()))


@pytest.fixture(scope="session")
def make_board() -> Callable[..., Board]:
    """A board of so many algorithms, datasets and seeds; the first algorithm's seeds tie on the first dataset."""

    def make(names: tuple[str, ...] = ("bc", "td3-bc", HOSTILE), datasets: int = 2, seeds: int = 3) -> Board:
        stream, ids = np.random.default_rng(0), [f"maze/test-{number}/wander-v1" for number in range(datasets)]
        scores = {name: stream.normal(90 - 12 * place, 5, (seeds, datasets)) for place, name in enumerate(names)}
        for name in names[:1]:
            scores[name][:, 0] = 100
        return Board(
            track="quickstart",
            suite="quickstart",
            title="Quick start",
            summary="Made up for tests.",
            statistic="iqm",
            least_seeds=3,
            protocol="smoke",
            protocol_hash="12" * 32,
            rules=PROTOCOLS["smoke"].rules,
            datasets=tuple(map(_dataset, ids)),
            rows=tuple(_row(standing, scores[standing.algorithm]) for standing in ranking(scores, STATISTICS["iqm"])),
            cells=tuple(_cell(name, id, scores[name][:, column]) for name in names for column, id in enumerate(ids)),
            improvements=tuple(
                Improvement(one, other, bootstrap_estimate("p", probability_of_improvement, scores[one], scores[other]))
                for one in names
                for other in names
                if one != other
            ),
        )

    return make


@pytest.fixture(scope="session")
def board(make_board: Callable[..., Board]) -> Board:
    """Three ranked algorithms, one with a hostile name, and one that has not run everywhere; and a tombstone.

    The first is re-evaluated, the second structurally sound, the others are of this machine.
    """
    made = make_board()
    first, second, *others = made.rows
    sound = replace(first.trust, level="L1", submission="1" * 16, author="Ada Lovelace", since="2026-11-01")
    shown = replace(sound, level="L2", submission="2" * 16, reason="Within the margin of 10.")
    made = replace(made, rows=(replace(first, trust=shown), replace(second, trust=sound), *others))
    stone = Tombstone(HOSTILE, replace(sound, level="withdrawn", submission="3" * 16, reason="The seeds were tuned."))
    late = replace(
        made.rows[0],
        algorithm="late",
        rank=None,
        standing=None,
        missing="not run on maze/test-1/wander-v1",
        estimates={},
        trust=Trust(),
    )
    cell = replace(made.cells[0], algorithm="late")
    return replace(made, rows=(*made.rows, late), cells=(*made.cells, cell), tombstones=(stone,))


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


@pytest.fixture(scope="session")
def rank() -> Callable[[pytest.MonkeyPatch], Track]:
    """Register the track that ranks the submission, as long as a patch lasts."""

    def add(patch: pytest.MonkeyPatch) -> Track:
        track = Track("tiny", "Tiny", "For tests.", "tiny", "tiny", margin=10.0)
        for registry, entry in (
            (PROTOCOLS, PROTOCOL),
            (SUITES, Suite("tiny", "For tests.", DATASETS, "tiny")),
            (TRACKS, track),
        ):
            len(registry)
            patch.setitem(registry._entries, "tiny", entry)
        return track

    return add


@pytest.fixture
def track(monkeypatch: pytest.MonkeyPatch, rank: Callable[[pytest.MonkeyPatch], Track]) -> Track:
    """The track that ranks the submission, for the length of a test."""
    return rank(monkeypatch)


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
