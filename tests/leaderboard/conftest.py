"""Boards for the page's tests: made up, with every case that the page must show."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gnomon.evaluation.improvement import probability_of_improvement
from gnomon.evaluation.intervals import bootstrap_estimate, student_estimate
from gnomon.evaluation.protocol import PROTOCOLS
from gnomon.evaluation.ranks import Ranked, ranking
from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.board import Board, Cell, DatasetLine, Improvement, Row

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
    """Three ranked algorithms, one with a hostile name, and one that has not run everywhere."""
    made = make_board()
    late = replace(
        made.rows[0],
        algorithm="late",
        rank=None,
        standing=None,
        missing="maze/test-1/wander-v1 was not run",
        estimates={},
    )
    cell = replace(made.cells[0], algorithm="late")
    return replace(made, rows=(*made.rows, late), cells=(*made.cells, cell))
