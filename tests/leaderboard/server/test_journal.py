"""The journal's chain, and what crashes leave of it."""

import json
from multiprocessing import get_context
from pathlib import Path

import pytest

from gnomon.errors import GnomonError
from gnomon.leaderboard.server.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def written(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.append("ada", "visit.begun", f"{number:08x}")


def test_events_come_back_in_order_and_nobody_else_can_read_them(journal: Journal) -> None:
    written(journal, 3)
    events = [event for event, _ in journal.after()]
    assert [event.sequence for event in events] == [0, 1, 2]
    assert [event.subject for event in events] == ["00000000", "00000001", "00000002"]
    assert journal.faults() == []
    assert journal.path.stat().st_mode & 0o077 == 0


def test_reading_goes_on_where_it_ended(journal: Journal) -> None:
    written(journal, 2)
    (_, _), (_, end) = journal.after()
    written(journal, 1)
    assert [event.sequence for event, _ in journal.after(end)] == [2]


@pytest.mark.parametrize("line", [0, 1])
def test_a_changed_or_missing_line_breaks_the_chain(journal: Journal, line: int) -> None:
    written(journal, 3)
    lines = journal.path.read_text().splitlines()
    changed = json.loads(lines[line])
    changed["actor"] = "eve"
    journal.path.write_text("\n".join([*lines[:line], json.dumps(changed), *lines[line + 1 :]]) + "\n")
    assert [fault.where for fault in journal.faults()] == [f"line {line + 2}"]
    journal.path.write_text("\n".join(lines[:line] + lines[line + 1 :]) + "\n")
    assert journal.faults()[0].where == f"line {line + 1}"


def test_a_line_that_a_crash_cut_short_is_no_event_and_makes_room(journal: Journal) -> None:
    written(journal, 2)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + whole.splitlines()[1][:40])
    assert [event.sequence for event, _ in journal.after()] == [0, 1]
    written(journal, 1)
    assert [event.sequence for event, _ in journal.after()] == [0, 1, 2]
    assert journal.faults() == []


def test_what_is_no_event_is_a_sentence(journal: Journal) -> None:
    journal.path.write_text('{"odd": 1}\n')
    with pytest.raises(GnomonError, match="restore the journal from a backup"):
        list(journal.after())


def test_processes_that_write_at_once_take_turns(journal: Journal) -> None:
    context = get_context("fork")
    writers = [context.Process(target=written, args=(journal, 20)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(list(journal.after())) == 80
    assert journal.faults() == []
