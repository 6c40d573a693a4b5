"""Who is ranked: runs of this home and submissions of the register, each once, under a name of its own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from submitted_runs import Made

from gnomon.evaluation import shipped
from gnomon.evaluation.record import RECORD, Record
from gnomon.evaluation.suites import SUITES
from gnomon.files import home, write_atomically
from gnomon.leaderboard.board import make_board
from gnomon.leaderboard.entrants import Submitted, Trust, entrants, submitted
from gnomon.leaderboard.ledger import Entry, State
from gnomon.leaderboard.pack import Packed, write_packed
from gnomon.leaderboard.reading.reader import Reading
from gnomon.leaderboard.register import Register
from gnomon.leaderboard.tracks import Track


@pytest.fixture
def reading(packed: Packed, made: Made) -> Reading:
    """The submission as it is read."""
    return Reading(findings=[], submission=packed.submission, records=made.records)


def known(reading: Reading, state: State, subject: str = "a" * 64) -> Submitted:
    entry = Entry(
        sequence=0,
        previous="0" * 64,
        time=datetime(2026, 11, 1, tzinfo=UTC),
        subject=subject,
        state=state,
        reason="As it is.",
        key="",
    )
    return Submitted(reading, entry)


def run_here(records: Sequence[Record]) -> None:
    """Put runs into the home."""
    for record in records:
        write_atomically(home() / "runs" / record.key / RECORD, record.model_dump_json())


def another(reading: Reading, digest: str) -> Reading:
    """The same runs of another source, so under other keys."""
    keys = {key: f"{digest}{key[2:]}" for key in reading.records}
    records = {
        keys[key]: record.model_copy(
            update={
                "key": keys[key],
                "gnomon": "0.0.9",
                "algorithm": record.algorithm.model_copy(update={"digest": digest * 32}),
            }
        )
        for key, record in reading.records.items()
    }
    return reading.model_copy(update={"records": records})


@pytest.mark.parametrize(("state", "count"), [("received", 0), ("structural", 1), ("reevaluated", 1), ("retrained", 1)])
def test_what_is_structurally_sound_is_ranked(reading: Reading, track: Track, state: State, count: int) -> None:
    found = entrants(track, [known(reading, state)])
    assert len(found.results.algorithms) == len(found.trust) == count
    assert found.tombstones == ()


@pytest.mark.parametrize("state", ["rejected", "disputed", "withdrawn"])
def test_what_does_not_stand_leaves_a_tombstone(reading: Reading, track: Track, state: State) -> None:
    found = entrants(track, [known(reading, state)])
    assert found.results.algorithms == []
    assert [(stone.algorithm, stone.trust.level, stone.trust.reason) for stone in found.tombstones] == [
        ("pole-net", state, "As it is.")
    ]


def test_runs_of_this_home_that_were_submitted_count_once(reading: Reading, track: Track) -> None:
    run_here(list(reading.records.values()))
    found = entrants(track, [known(reading, "structural"), known(reading, "reevaluated", "b" * 64)])
    assert len(found.results.records) == 6
    assert found.trust == {"pole-net": Trust("L2", "b" * 16, "Ada Lovelace", "2026-11-01", "As it is.")}


def test_a_row_with_one_run_more_than_the_submission_is_local(reading: Reading, track: Track) -> None:
    run_here(list(reading.records.values()))
    few = reading.model_copy(update={"records": dict(list(reading.records.items())[:5])})
    assert entrants(track, [known(few, "reevaluated")]).trust == {"pole-net": Trust()}


def test_two_of_one_name_have_the_names_of_their_authors(reading: Reading, track: Track) -> None:
    run_here(list(reading.records.values()))
    others = [
        known(another(reading, "b0"), "structural", "b0" * 32),
        known(another(reading, "c0"), "retrained", "c0" * 32),
    ]
    found = entrants(track, others)
    assert {name: trust.level for name, trust in found.trust.items()} == {
        "pole-net": "local",
        "pole-net (Ada Lovelace)": "L3",  # the more trusted comes first
        "pole-net (b0b0b0b0)": "L1",
    }
    board = make_board(track, found.results, found.trust, found.tombstones)
    assert {row.algorithm: row.trust.level for row in board.rows} == {
        name: trust.level for name, trust in found.trust.items()
    }


def test_a_submission_of_another_track_or_scale_is_not_on_the_board(reading: Reading, track: Track) -> None:
    assert entrants(replace(track, id="other"), [known(reading, "reevaluated")]).trust == {}
    task = {"task": next(iter(reading.records.values())).task.model_copy(update={"reference": 9.0})}
    records = {key: record.model_copy(update=task) for key, record in reading.records.items()}
    moved = reading.model_copy(update={"records": records})
    assert entrants(track, [known(moved, "reevaluated")]).trust == {}


def test_a_register_is_read(packed: Packed, track: Track, register: Register, tmp_path: Path) -> None:
    write_packed(packed.files, tmp_path / "packed.zip")
    register.receive(tmp_path / "packed.zip")
    (one,) = submitted(register)
    assert (one.submission, one.trust.level) == (packed.submission, "L0")


@pytest.fixture
def shipped_here(reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """The same runs, as if they came with gnomon."""
    records = list(reading.records.values())
    shipped.ship(records, tmp_path / "shipped_runs" / "small.parquet")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "shipped_runs")
    return records


def test_what_comes_with_gnomon_is_ranked_in_an_empty_home(shipped_here: list[Record], track: Track) -> None:
    found = entrants(track, [])
    assert {record.key for record in found.results.records} == {record.key for record in shipped_here}
    (trust,) = found.trust.values()
    assert trust.level == "shipped"
    assert f"none of its {len(shipped_here)} runs was repeated here" in trust.reason


def test_a_repeated_run_is_told_and_one_that_came_out_otherwise_ends_the_trust(
    shipped_here: list[Record], track: Track
) -> None:
    run_here(shipped_here[:1])
    (trust,) = entrants(track, []).trust.values()
    assert (trust.level, f"1 of its {len(shipped_here)} runs" in trust.reason) == ("shipped", True)
    first = shipped_here[0]
    longer = first.outcomes[0].model_copy(update={"length": first.outcomes[0].length + 1})
    run_here([first.model_copy(update={"outcomes": [longer, *first.outcomes[1:]]})])
    (trust,) = entrants(track, []).trust.values()
    assert (trust.level, trust.reason[:30]) == ("local", f"1 of its {len(shipped_here)} runs came out otherwise"[:30])


def test_one_more_seed_of_a_shipped_algorithm_makes_the_row_local(shipped_here: list[Record], track: Track) -> None:
    first = shipped_here[0]
    run_here([first.model_copy(update={"seed": 1000, "key": "f" * 16})])
    (trust,) = entrants(track, []).trust.values()
    assert trust.level == "local"


def test_what_only_comes_with_gnomon_is_not_shown_where_it_lacks_a_dataset(
    shipped_here: list[Record], track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    wider = replace(track.suite, datasets=(*track.suite.datasets, "maze/open/wander-v1"))
    monkeypatch.setitem(SUITES._entries, wider.name, wider)
    assert entrants(track, []).results.records == ()
    run_here(shipped_here[:1])
    assert len(entrants(track, []).results.records) == len(shipped_here)
