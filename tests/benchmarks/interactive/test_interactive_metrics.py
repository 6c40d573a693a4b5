"""Metrics of episodes in turns, by hand; feedback and diversity on scripts whose truth is known; logs."""

import json
from pathlib import Path

import pytest
from pyarrow import parquet

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.number_scripts import solutions_on
from gnomon.benchmarks.interactive.plays import Play, evaluation_seeds, plays
from gnomon.benchmarks.interactive.text import Event, Page
from gnomon.datasets.interactions.log import logged, write_log
from gnomon.errors import UsageError
from gnomon.evaluation.interactive import metrics
from gnomon.evaluation.interactive.diversity import coverage, distinct_solutions, diversity, sampled_plays


def play(*events: Event, seed: int = 0, text: str = "") -> Play:
    pages = [Page("start", 0, 9, False, "")]
    pages += [Page(event, turn, 9, turn == len(events), text) for turn, event in enumerate(events, 1)]
    success = "right" in events
    rewards, solved_at = (0.0,) * len(events), len(events) * success
    return Play(seed, events, rewards, success, solved_at, success, tuple(pages), ("",) * len(events))


PLAYED = [
    play("done", "right", seed=1),
    play("invalid", "done", "error", "invalid", "right", seed=2),
    play("error", "error", "wrong", seed=3),
    play("done", "done", "invalid", seed=4),
]


def test_rates_by_hand() -> None:
    assert metrics.success_rate(PLAYED).value == 0.5
    assert [metrics.success_within(PLAYED, k).value for k in (1, 2, 4, 5)] == [0, 0.25, 0.25, 0.5]
    assert metrics.event_rate(PLAYED, "invalid").value == 3 / 13
    assert metrics.event_rate(PLAYED, "error").value == 3 / 13
    recovery = metrics.recovery_rate(PLAYED)  # faults with a next turn: 3 of the second episode, 2 of the third
    assert recovery is not None
    assert recovery.value == pytest.approx((2 + 1) / 5)
    assert (recovery.n, recovery.unit) == (2, "clusters")
    assert metrics.mean_turns(PLAYED).value == (2 + 5 + 3 + 3) / 4
    assert metrics.recovery_rate(PLAYED[:1]) is None
    assert all(found is None or found.unit in ("items", "clusters") for found in metrics.summary(PLAYED).values())


def test_a_slope_by_hand() -> None:
    under = {
        1: [play("wrong", seed=1), play("wrong", seed=2), play("wrong", seed=3)],
        2: [play("right", seed=1), play("wrong", seed=2), play("wrong", seed=3)],
        3: [play("right", seed=1), play("right", seed=2), play("wrong", seed=3)],
    }
    assert metrics.gain_per_turn(under).value == pytest.approx(1 / 3)  # 0, 1/3, 2/3
    with pytest.raises(UsageError, match="two limits"):
        metrics.gain_per_turn({1: under[1]})
    with pytest.raises(UsageError, match="same problems"):
        metrics.gain_per_turn({1: under[1], 2: under[2][::-1]})


def test_more_turns_and_more_feedback_are_worth_something_to_the_careless_script() -> None:
    tasks = {kind: INTERACTIVE_TASKS[f"interactive/tool-chat-{kind}-2-v1"] for kind in ("none", "localised")}
    seeds = evaluation_seeds("feedback", 40)
    played = {kind: plays(task, task.policy("careless"), seeds) for kind, task in tasks.items()}
    gain = metrics.feedback_gain(played["localised"], played["none"])
    assert gain.lower is not None
    assert gain.lower > 0
    localised = tasks["localised"]
    limited = {k: plays(localised.limited(k), localised.policy("careless"), seeds) for k in (4, 6, 8)}
    slope = metrics.gain_per_turn(limited)
    assert slope.lower is not None
    assert slope.lower > 0
    with pytest.raises(UsageError, match="same problems"):
        metrics.feedback_gain(played["localised"], played["none"][1:])


def test_diversity_by_hand() -> None:
    rows = [
        [play("right", text="a"), play("right", text="a"), play("right", text="b"), play("wrong", text="c")],
        [play("right", text="a"), play("wrong"), play("wrong"), play("wrong")],
    ]
    found = diversity(rows)
    assert found is not None
    assert found.value == pytest.approx(1 - 2 / 6)
    assert distinct_solutions(rows).value == 1.5
    with pytest.raises(UsageError, match="different problems"):
        distinct_solutions([[play(seed=1), play(seed=2)]])


@pytest.mark.parametrize("game", ["countdown-2", "line-1"])
def test_an_explorer_finds_more_solutions_than_who_always_plays_the_same(game: str) -> None:
    task = INTERACTIVE_TASKS[f"interactive/number-{game}-v1"]
    seeds = evaluation_seeds(task.id, 6)
    same, explored = (
        sampled_plays(task, lambda sample, name=name: task.policy(name, sample), seeds, 8)
        for name in ("expert", "explorer")
    )
    assert distinct_solutions(same).value == 1
    assert distinct_solutions(explored).value > 1.5
    assert coverage(same).value < coverage(explored).value <= 1
    first, last = explored[0][0].pages[0], explored[0][0].pages[-1]
    assert last.text in solutions_on(first)


def test_a_log_is_the_same_in_both_files_and_shares_no_problem_with_an_evaluation(tmp_path: Path) -> None:
    task = INTERACTIVE_TASKS["interactive/text-dom-form-1-v1"]
    rows = logged(task, {"expert": 3, "careless": 2, "random": 3})
    write_log(rows, tmp_path / "log")
    read = parquet.read_table(tmp_path / "log" / "episodes.parquet")
    lines = (tmp_path / "log" / "episodes.jsonl").read_text(encoding="utf-8").splitlines()
    assert read.to_pylist() == [json.loads(line) for line in lines] == rows
    assert [row["script"] for row in rows] == ["expert"] * 3 + ["careless"] * 2 + ["random"] * 3
    assert len({row["seed"] for row in rows}) == 8
    assert not {row["seed"] for row in rows} & set(evaluation_seeds(task.id, 1000))
    for row in rows:
        assert len(row["messages"]) == 2 * len(row["rewards"]) + 1 == 2 * len(row["events"]) + 1
        assert row["return"] == pytest.approx(sum(row["rewards"]))
        assert row["ended_by"] in ("right", "wrong", "turns")
    with pytest.raises(UsageError, match="there already"):
        write_log(rows, tmp_path / "log")
    with pytest.raises(UsageError, match="nothing"):
        write_log([], tmp_path / "other")
