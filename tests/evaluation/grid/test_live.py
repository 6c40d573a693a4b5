"""What a terminal shows of a grid, and that nothing is shown elsewhere."""

from collections import Counter
from io import StringIO

import pytest

from gnomon.benchmarks.contracts import ScoreScale
from gnomon.evaluation import live
from gnomon.evaluation.grid import Grid
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.run import AlgorithmUnderTest, Run


@pytest.fixture
def grid(tiny_protocol: Protocol) -> Grid:
    """Two algorithms with three seeds each, in every state."""
    algorithms = [AlgorithmUnderTest(name, name, name, {}, "maze") for name in ("bc", "iql")]
    runs = [
        Run(algorithm, "d", "r", ScoreScale(0, 1), seed, tiny_protocol) for algorithm in algorithms for seed in range(3)
    ]
    made = Grid(runs)
    for run, state in zip(runs, ("done", "done", "running", "failed", "running", "waiting"), strict=True):
        made.states[run.key] = state
    return made


def test_runs_are_counted_by_algorithm_and_state(grid: Grid) -> None:
    assert live.tally(grid) == {
        "bc": Counter(done=2, running=1),
        "iql": Counter(failed=1, running=1, waiting=1),
    }


def test_the_share_is_that_of_the_runs_or_of_the_updates_whichever_is_more(grid: Grid) -> None:
    assert grid.share == 3 / 6
    grid.updates = 5 * 30
    assert grid.share == 5 / 6
    assert live.time_left(50, grid.share) == pytest.approx(10)


def test_the_table_has_a_row_an_algorithm_and_the_time_left(grid: Grid) -> None:
    from rich.console import Console

    console = Console(file=StringIO(), width=80)
    console.print(live.table(grid, seconds=60))
    lines = console.file.getvalue().splitlines()  # pyright: ignore[reportAttributeAccessIssue]
    assert lines[0].split() == ["algorithm", "waiting", "running", "done", "failed"]
    assert [line.split() for line in lines[1:4]] == [
        ["bc", "0", "1", "2", "0"],
        ["iql", "1", "1", "0", "1"],
        ["all", "1", "2", "2", "1"],
    ]
    assert lines[4].strip() == "0:01:00 gone, 0:01:00 left"


def test_without_a_terminal_nothing_is_shown(grid: Grid, capfd: pytest.CaptureFixture[str]) -> None:
    with live.live_table() as on_change:
        on_change(grid)
    assert capfd.readouterr() == ("", "")


def test_on_a_terminal_the_table_is_drawn(grid: Grid, capfd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with live.live_table() as on_change:
        on_change(grid)
    assert "gone" in capfd.readouterr().err
