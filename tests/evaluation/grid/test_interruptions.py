"""Workers killed at random, and a driver that is killed and started again: the same table, to the byte."""

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.grid import BACK_OFF

SMALL = "maze/umaze/planner-test-v1"
GNOMON = str(Path(sys.executable).with_name("gnomon"))


def kill_workers(times: int, stop: Event, killed: list[int]) -> None:
    """Kill a worker of this process at random moments."""
    stream = random.Random(0)
    while len(killed) < times and not stop.wait(stream.uniform(0.2, 0.8)):
        if workers := [process for process in multiprocessing.active_children() if process.is_alive()]:
            process = stream.choice(workers)
            process.kill()
            killed.append(process.pid or 0)


def test_workers_that_are_killed_at_random_change_nothing(
    table_of, algorithm, hasty, another_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [algorithm("Slow"), "bc"]
    undisturbed = table_of(names, seeds=2, workers=2)
    monkeypatch.setenv("GNOMON_HOME", str(another_home))
    stop, killed = Event(), []
    killer = Thread(target=kill_workers, args=(len(BACK_OFF), stop, killed))  # no run can lose all of its attempts
    killer.start()
    try:
        disturbed = table_of(names, seeds=2, workers=2)
    finally:
        stop.set()
        killer.join()
    assert killed
    assert disturbed == undisturbed


def records(home: Path) -> int:
    return len(list((home / "runs").glob("*/record.json")))


@pytest.mark.slow  # starts whole commands, each with a server of workers
def test_a_driver_that_is_killed_goes_on_where_it_was(
    table_of, algorithm, home: Path, another_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"seeds": 4, "protocol": "smoke"}
    undisturbed = table_of([algorithm("Slow")], workers=2, **options)
    command = [GNOMON, "evaluate", algorithm("Slow"), "--dataset", SMALL, "--protocol", "smoke", "--seeds", "4"]
    environment = {**os.environ, "GNOMON_HOME": str(another_home)}
    driver = subprocess.Popen([*command, "--workers", "1"], env=environment, start_new_session=True)
    while not records(another_home) and driver.poll() is None:
        time.sleep(0.01)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    before = {path: path.stat().st_mtime_ns for path in (another_home / "runs").glob("*/record.json")}
    assert 1 <= len(before) < 4
    assert_nobody_works_in(driver.pid)
    monkeypatch.setenv("GNOMON_HOME", str(another_home))
    assert table_of([algorithm("Slow")], workers=2, **options) == undisturbed
    assert all(path.stat().st_mtime_ns == moment for path, moment in before.items())


def assert_nobody_works_in(session: int) -> None:
    """The workers of a driver that is gone end by themselves."""
    for _ in range(100):
        if not any(_session_of(entry) == session for entry in Path("/proc").glob("[0-9]*")):
            return
        time.sleep(0.1)
    raise AssertionError("workers are left")


def _session_of(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[3])
    except OSError:
        return None


@pytest.mark.slow  # as above
def test_printed_commands_give_the_same_records(
    algorithm, own_small: Path, another_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = [algorithm("Good"), "--dataset", SMALL, "--protocol", "smoke", "--seeds", "2"]
    declared = ["--tried", "3", "--online-episodes", "7", "--tuning-note", "By hand, it's said."]
    printed = subprocess.run(
        [GNOMON, "evaluate", *call, *declared, "--engine", "print"], capture_output=True, text=True, check=True
    )
    assert len(printed.stdout.splitlines()) == 2
    environment = {**os.environ, "GNOMON_HOME": str(another_home)}
    path = f"{Path(GNOMON).parent}:{os.environ['PATH']}"
    subprocess.run(["bash", "-euc", printed.stdout], check=True, env={**environment, "PATH": path}, capture_output=True)
    here = evaluate(algorithm("Good"), datasets=[SMALL], protocol="smoke", seeds=2)
    monkeypatch.setenv("GNOMON_HOME", str(another_home))
    there = evaluate(algorithm("Good"), datasets=[SMALL], protocol="smoke", seeds=2)
    assert [record.key for record in there.records] == [record.key for record in here.records]
    assert [record.outcomes for record in there.records] == [record.outcomes for record in here.records]
    assert there.records[0].algorithm.tuning is not None
    assert json.loads(there.records[0].model_dump_json())["algorithm"]["tuning"]["foreign"] == "By hand, it's said."
