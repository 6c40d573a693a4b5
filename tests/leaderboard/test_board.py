"""The board: ranks, ties, what is missing, and numbers that can be worked out by hand."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import Record
from gnomon.evaluation.results import Results
from gnomon.leaderboard.board import make_board
from gnomon.leaderboard.tracks import TRACKS

TRACK = TRACKS["quickstart"]
FIRST, SECOND = TRACK.suite.datasets


@pytest.fixture
def record(own_small: Path, tiny_protocol: Protocol) -> Record:
    """A true record, to make others from."""
    results = evaluate("bc", datasets=["maze/umaze/planner-test-v1"], protocol=tiny_protocol, seeds=1, workers=1)
    return results.records[0]


def variant(record: Record, algorithm: str, dataset: str, seed: int, successes: int) -> Record:
    """The same record of another algorithm, dataset and seed, with so many successes in four episodes."""
    outcomes = [
        outcome.model_copy(update={"value": float(number < successes), "item": number})
        for number, outcome in enumerate(record.outcomes)
    ]
    return record.model_copy(
        update={
            "algorithm": record.algorithm.model_copy(update={"name": algorithm}),
            "dataset": record.dataset.model_copy(update={"id": dataset}),
            "task": record.task.model_copy(update={"random": 0.0, "reference": 1.0}),
            "seed": seed,
            "outcomes": outcomes,
        }
    )


def grid(record: Record, **successes: tuple[int, int]) -> list[Record]:
    """Three seeds of each algorithm on both datasets, with so many successes on each."""
    return [
        variant(record, algorithm, dataset, seed, count)
        for algorithm, counts in successes.items()
        for dataset, count in zip((FIRST, SECOND), counts, strict=True)
        for seed in range(3)
    ]


def test_rows_are_ranked_by_the_statistic_and_equals_share_a_rank(record: Record) -> None:
    board = make_board(TRACK, Results(tuple(grid(record, low=(1, 1), high=(4, 4), also_low=(1, 1)))))
    assert [(row.algorithm, row.rank) for row in board.rows] == [("high", 1), ("also_low", 2), ("low", 2)]
    assert board.rows[0].estimates["iqm"].value == 100
    assert board.rows[0].estimates["optimality-gap"].value == 0
    assert board.rows[1].estimates["mean"].value == 25


def test_a_rank_says_how_sure_it_is(record: Record) -> None:
    board = make_board(TRACK, Results(tuple(grid(record, low=(1, 1), high=(4, 4), also_low=(1, 1)))))
    high, also_low, low = (row.standing for row in board.rows)
    assert high is not None
    assert (high.probability_best, high.tier, high.best_rank) == (1.0, 1, 1)
    assert also_low is not None
    assert low is not None
    assert (also_low.tier, also_low.best_rank, also_low.worst_rank) == (low.tier, low.best_rank, low.worst_rank)
    assert board.as_json()["rows"][0]["standing"]["probability_best"] == 1.0


def test_a_statistic_of_which_less_is_better_ranks_the_smallest_first(record: Record) -> None:
    track = replace(TRACK, statistic="optimality-gap")
    board = make_board(track, Results(tuple(grid(record, low=(1, 1), high=(4, 4)))))
    assert [(row.algorithm, row.rank) for row in board.rows] == [("high", 1), ("low", 2)]


def test_an_algorithm_that_has_not_run_everywhere_is_not_ranked_and_says_why(record: Record) -> None:
    records = grid(record, whole=(2, 2), half=(4, 4), few=(4, 4))
    kept = [r for r in records if (r.algorithm.name, r.dataset.id) != ("half", SECOND)]
    kept = [r for r in kept if (r.algorithm.name, r.dataset.id, r.seed) != ("few", FIRST, 2)]
    board = make_board(TRACK, Results(tuple(kept)))
    assert [(row.algorithm, row.rank) for row in board.rows] == [("whole", 1), ("few", None), ("half", None)]
    assert board.rows[1].missing == f"2 of 3 seeds on {FIRST}"
    assert board.rows[2].missing == f"not run on {SECOND}"
    assert board.rows[2].estimates == {}
    assert [row.standing is None for row in board.rows] == [False, True, True]


def test_probability_of_improvement_is_between_ranked_algorithms(record: Record) -> None:
    board = make_board(TRACK, Results(tuple(grid(record, low=(1, 2), high=(4, 2)))))
    found = {(pair.algorithm, pair.over): pair.probability.value for pair in board.improvements}
    assert found == {("high", "low"): 0.75, ("low", "high"): 0.25}


def test_equal_records_give_an_equal_board_in_any_order(record: Record) -> None:
    records = [variant(record, "bc", dataset, seed, seed) for dataset in (FIRST, SECOND) for seed in range(4)]
    board = make_board(TRACK, Results(tuple(records)))
    again = make_board(TRACK, Results(tuple(reversed(records))))
    assert json.dumps(board.as_json()) == json.dumps(again.as_json())


def test_a_board_without_runs_has_datasets_and_no_rows() -> None:
    board = make_board(replace(TRACK, title="Empty"), Results(()))
    assert board.rows == ()
    assert [line.id for line in board.datasets] == [FIRST, SECOND]
    assert board.command == "gnomon quickstart"


def test_only_the_first_ranked_are_compared_with_each_other(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnomon.leaderboard.board.MOST_COMPARED", 2)
    board = make_board(TRACK, Results(tuple(grid(record, low=(1, 1), high=(4, 4), middle=(2, 3)))))
    assert {(pair.algorithm, pair.over) for pair in board.improvements} == {("high", "middle"), ("middle", "high")}


def test_the_best_of_several_policies_is_averaged_over_datasets(record: Record) -> None:
    """One dataset on which the seeds score 0, 50 and 100, and one on which all score 100."""
    first = [variant(record, "bc", FIRST, seed, successes) for seed, successes in enumerate((0, 2, 4))]
    second = [variant(record, "bc", SECOND, seed, 4) for seed in range(3)]
    (row,) = make_board(TRACK, Results((*first, *second))).rows
    best = {1: 50, 2: (50 * 3 + 100 * 5) / 9, 3: (50 * 7 + 100 * 19) / 27}  # 0, 50, 100 drawn n times from three
    assert [(point.policies, point.value) for point in row.best_of] == [
        (n, pytest.approx((value + 100) / 2)) for n, value in best.items()
    ]
    ends = [(point.lower, point.value, point.upper) for point in row.best_of]
    assert all(list(three) == sorted(end for end in three if end is not None) for three in ends)


def test_a_row_says_when_and_on_what_its_runs_ended(record: Record) -> None:
    records = grid(record, bc=(2, 2))
    late = records[0].finished.replace(year=2031)
    records = [records[0].model_copy(update={"finished": late, "hardware": {"cpu": "another"}}), *records[1:]]
    (row,) = make_board(TRACK, Results(tuple(records))).rows
    assert row.finished.startswith("2031-")
    assert row.hardware["cpu"] == ", ".join(sorted({"another", record.hardware["cpu"]}))
    assert row.hardware["torch"] == record.versions["torch"]
