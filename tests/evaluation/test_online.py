"""Offline to online: who may act under which protocol, and what is said of the steps in the task."""

from dataclasses import replace
from pathlib import Path

import pytest

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.hybrid.rlpd import RLPD
from gnomon.baselines.hybrid.wsrl import WSRL
from gnomon.errors import UsageError
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.online import OnlineRow, online_rows
from gnomon.evaluation.protocol import PROTOCOLS, Protocol
from gnomon.evaluation.rerun import rerun
from gnomon.evaluation.results import Results

SMALL = "maze/umaze/planner-test-v1"
STEPS = 60


@pytest.fixture
def online(tiny_protocol: Protocol) -> Protocol:
    return replace(tiny_protocol, name="tiny-online", online_steps=STEPS)


@pytest.mark.slow  # half a minute: twenty points, each scored on twenty episodes
def test_hybrid_algorithms_and_both_controls_share_a_table(own_small: Path, online: Protocol) -> None:
    evaluate("wsrl", datasets=[SMALL], protocol=online, seeds=2, workers=1)
    found = evaluate(["rlpd-without-data", "bc"], datasets=[SMALL], protocol=online, seeds=1, workers=1)
    rows = {row.algorithm: row for row in online_rows(found)}
    assert list(rows) == ["bc", "rlpd-without-data", "wsrl"]
    assert rows["bc"].regret is rows["bc"].dip is rows["rlpd-without-data"].dip is None
    first, second = (record for record in found.records if record.algorithm.name == "wsrl")
    assert rerun(second.key).identical  # alone as beside another seed
    curve = first.curve
    assert [point.update for point in curve][-1] == online.budget.work == 30 + STEPS
    scores = [(point.update, point.metrics["score"] or 0.0) for point in curve if "score" in point.metrics]
    early = [score for update, score in scores if 30 < update <= 30 + STEPS // 10]
    assert len(early) == 2
    assert curve[-1].metrics["dip"] == scores[0][1] - min(early)


def test_what_acts_needs_a_protocol_with_steps(own_small: Path, tiny_protocol: Protocol) -> None:
    with pytest.raises(UsageError, match="tiny grants no steps; choose one of: lite-online, smoke-online"):
        evaluate("rlpd", datasets=[SMALL], protocol=tiny_protocol, workers=1)
    with pytest.raises(UsageError, match="sac learns no policy from a dataset; train it with: gnomon baselines train"):
        evaluate("sac", datasets=[SMALL], protocol=tiny_protocol, workers=1)


def test_a_protocol_without_steps_has_no_such_table(own_small: Path, tiny_protocol: Protocol) -> None:
    assert online_rows(evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=1)) == []
    assert online_rows(Results(())) == []


def test_the_protocol_sets_the_batches_and_the_passes_of_an_offline_phase() -> None:
    budget = Budget(updates=7, batch_size=9, online_steps=STEPS)
    assert (WSRL().within(budget).config.offline_passes, RLPD().within(budget).config.offline_passes) == (7, 0)
    assert WSRL().within(budget).config.batch_size == 9


def test_steps_are_a_rule() -> None:
    assert PROTOCOLS["smoke"].hash != replace(PROTOCOLS["smoke"], online_steps=1).hash
    assert PROTOCOLS["lite-online"].budget.work == 100_000


def test_missing_sums_are_shown_as_missing(own_small: Path, tiny_protocol: Protocol) -> None:
    found = evaluate("bc", datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=1)
    row = OnlineRow(SMALL, "bc", found.cell("bc", SMALL), regret=0.123, dip=None)
    assert (row.as_text()["regret"], row.as_text()["dip"]) == ("0.12", "—")
