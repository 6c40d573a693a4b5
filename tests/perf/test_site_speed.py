"""Two hundred submissions to a track, from their runs to pages: statistics, pages, and pages where little has changed.

make bench

Reading the submissions from their files is not in it: `gnomon.leaderboard.reading` does that, each in a process of its
own. The peer is the statistics: pages should cost less than what they show.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from submitted_runs import DATASETS, network, record_of

from gnomon.evaluation.record import Record
from gnomon.evaluation.results import Results
from gnomon.evaluation.suites import SUITES, Suite
from gnomon.leaderboard.board import make_board
from gnomon.leaderboard.entrants import Trust
from gnomon.leaderboard.site.build import build_site
from gnomon.leaderboard.tracks import TRACKS

pytestmark = pytest.mark.perf
SUBMISSIONS, SEEDS = 200, 5


def seconds(call: Callable[[], object]) -> float:
    """Processor time, so that a neighbour on the machine does not count."""
    begun = time.process_time()
    call()
    return time.process_time() - begun


def submitted() -> list[Record]:
    """Runs of 200 algorithms on two datasets, with returns around a level of their own."""
    stream, records = np.random.default_rng(0), []
    for dataset in DATASETS:
        made = record_of(dataset, 0, network(0))
        for number in range(SUBMISSIONS):
            algorithm = made.algorithm.model_copy(update={"name": f"algorithm-{number}"})
            for seed in range(SEEDS):
                values = stream.normal(200 - number / 2, 20, len(made.outcomes))
                outcomes = [
                    outcome.model_copy(update={"value": value, "total_reward": value})
                    for outcome, value in zip(made.outcomes, values.tolist(), strict=True)
                ]
                key = f"{len(records):016x}"
                changed = {"key": key, "algorithm": algorithm, "seed": seed, "outcomes": outcomes}
                records.append(made.model_copy(update=changed))
    return records


def test_two_hundred_submissions(benchmark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    len(SUITES)
    monkeypatch.setitem(SUITES._entries, "poles", Suite("poles", "For tests.", DATASETS, "lite"))
    track, results = replace(TRACKS["near-real"], suite_name="poles"), Results(tuple(submitted()))
    trust = {
        name: Trust("L1", f"{place:016x}", "Ada", "2026-11-01", "Sound.")
        for place, name in enumerate(results.algorithms)
    }
    boards = []
    computed = seconds(lambda: boards.append(make_board(track, results, trust)))
    assert len(boards[0].rows) == SUBMISSIONS
    first = seconds(lambda: build_site(boards, tmp_path))
    again = seconds(lambda: build_site(boards, tmp_path))
    weights = [path.stat().st_size / 1000 for path in tmp_path.rglob("*.html")]
    pages = f"{len(weights)} pages {first:.1f} s, again {again:.1f} s; heaviest {max(weights):.0f} kB"
    print(f"\nstatistics {computed:.1f} s, {pages}")
    benchmark.extra_info.update(statistics=computed, pages=first, again=again, kilobytes=max(weights))
    benchmark.pedantic(lambda: None)
