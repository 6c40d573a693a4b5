"""Poisonous runs among good ones: who is blamed, how often it is tried, what is kept, and what a later call does."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gnomon.errors import AlgorithmError, GnomonError, PolicyError
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.failure import FAILURE, Failure
from gnomon.evaluation.protocol import Protocol

SMALL = "maze/umaze/planner-test-v1"
GNOMON = str(Path(sys.executable).with_name("gnomon"))


def failures(home: Path) -> dict[tuple[str, int], Failure]:
    files = (home / "runs").glob(f"*.failed/{FAILURE}")
    read = [Failure.model_validate_json(file.read_bytes()) for file in files]
    return {(failure.algorithm.name, failure.seed): failure for failure in read}


def test_poisonous_runs_are_set_aside_and_all_others_done(
    own_small: Path, home: Path, algorithm, attempts, hasty, tiny_protocol: Protocol
) -> None:
    names = [algorithm(name) for name in ("Raises", "Kills", "Good", "Hungry")]
    with pytest.raises(
        AlgorithmError, match=r"raises failed while training .* a bug in line 1. It is set aside after 1"
    ):
        evaluate(names, datasets=[SMALL], protocol=tiny_protocol, seeds=1, workers=2)
    assert evaluate(names[2], datasets=[SMALL], protocol=tiny_protocol, seeds=1).algorithms == ["good"]
    found = failures(home)
    assert {name: failure.attempts for (name, _), failure in found.items()} == {"raises": 1, "kills": 3, "hungry": 3}
    assert [attempts(name) for name in ("raises", "kills", "hungry", "good")] == [1, 3, 3, 1]
    assert "SIGKILL (out of memory?)" in found["kills", 0].sentence
    assert "MemoryError" in found["hungry", 0].sentence
    assert found["raises", 0].traceback[-1].endswith("ValueError: a bug in line 1")
    assert any("in misbehave" in line for line in found["raises", 0].traceback)
    assert found["raises", 0].command.endswith("--seed-list 0 --retry-failed")
    assert found["raises", 0].versions.keys() >= {"torch", "mujoco"}


def test_a_later_call_tries_again_only_when_it_is_told_to(
    own_small: Path, home: Path, algorithm, attempts, hasty, tiny_protocol: Protocol
) -> None:
    for _ in range(2):
        with pytest.raises(AlgorithmError, match="to try again, add --retry-failed"):
            evaluate(algorithm("Raises"), datasets=[SMALL], protocol=tiny_protocol, seeds=1)
    assert attempts("raises") == 1
    with pytest.raises(AlgorithmError):
        evaluate(algorithm("Raises"), datasets=[SMALL], protocol=tiny_protocol, seeds=1, retry_failed=True)
    assert attempts("raises") == 2


def test_a_run_that_passes_at_last_is_no_failure_any_more(
    own_small: Path, home: Path, algorithm, attempts, monkeypatch: pytest.MonkeyPatch, tiny_protocol: Protocol
) -> None:
    from gnomon.evaluation import grid

    monkeypatch.setattr(grid, "BACK_OFF", ())
    with pytest.raises(GnomonError, match="killed by SIGKILL"):
        evaluate(algorithm("KillsOnce"), datasets=[SMALL], protocol=tiny_protocol, seeds=1)
    assert failures(home)
    again = evaluate(algorithm("KillsOnce"), datasets=[SMALL], protocol=tiny_protocol, seeds=1, retry_failed=True)
    assert len(again.records) == 1
    assert not failures(home)


def test_one_seed_does_not_take_the_seeds_of_its_stack_with_it(
    own_small: Path, home: Path, algorithm, hasty, tiny_protocol: Protocol
) -> None:
    with pytest.raises(GnomonError, match=r"kills-with-seed-one on .*, seed 1: .* after 3 attempts"):
        evaluate(algorithm("KillsWithSeedOne"), datasets=[SMALL], protocol=tiny_protocol, seeds=4, workers=1)
    assert failures(home).keys() == {("kills-with-seed-one", 1)}
    others = evaluate(algorithm("KillsWithSeedOne"), datasets=[SMALL], protocol=tiny_protocol, seeds=[0, 2, 3])
    assert [record.seed for record in others.records] == [0, 2, 3]


def test_a_time_limit_ends_a_run_that_swallows_exceptions(
    own_small: Path, home: Path, algorithm, hasty, tiny_protocol: Protocol
) -> None:
    with pytest.raises(GnomonError, match=r"endless on .*, seed 0: it took longer than its time limit of 1 s"):
        evaluate(algorithm("Endless"), datasets=[SMALL], protocol=tiny_protocol, seeds=1, time_limit=1)
    assert any("misbehave" in line for line in failures(home)["endless", 0].traceback)


def test_policies_that_are_none_are_not_tried_again(own_small: Path, home: Path, tmp_path: Path, tiny_protocol) -> None:
    (tmp_path / "none.py").write_text("class N:\n name = 'n'\n def train(self, *a):\n  return []\n")
    with pytest.raises(PolicyError, match="after 1 attempt;"):
        evaluate(f"{tmp_path}/none.py:N", datasets=[SMALL], protocol=tiny_protocol, seeds=1)


def test_the_command_shows_the_others_and_exits_with_1(own_small: Path, algorithm: Callable[[str], str]) -> None:
    arguments = [algorithm("Raises"), algorithm("Good"), "--dataset", SMALL, "--protocol", "smoke", "--seeds", "1"]
    command = [GNOMON, "evaluate", ",".join(arguments[:2]), *arguments[2:], "--json"]
    result = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    assert result.returncode == 1, result.stderr
    assert [row["algorithm"] for row in json.loads(result.stdout)] == ["good"]
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("gnomon: raises failed while training")


def test_a_process_that_swallows_everything_is_ended(tmp_path: Path) -> None:
    script = """
import time
from gnomon.evaluation import perform
perform.GRACE = 0.5
with perform._limited(0.5, 1):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100)
    assert result.returncode == 1
    assert "Timeout" in result.stderr
