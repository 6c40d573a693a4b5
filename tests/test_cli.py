"""The command line as a user meets it: real processes, exit codes, one sentence an error."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

GNOMON = str(Path(sys.executable).with_name("gnomon"))
ROOT = Path(__file__).parent.parent


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A real `gnomon` process in the root of the checkout."""
    everything = {**os.environ, **environment}
    return subprocess.run([GNOMON, *arguments], capture_output=True, text=True, cwd=ROOT, env=everything)


def _sentences(result: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of standard error, without those that tell the cost of a build."""
    return [line for line in result.stderr.splitlines() if not line.endswith("of memory")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["tasks", "info", "maze/umaz-v1"], "There is no task 'maze/umaz-v1'. Did you mean maze/umaze-v1"),
        (["datasets", "build", "maze/medium/wanderer-v1"], "Did you mean maze/medium/wander-v1"),
        (["datasets", "verify", "maze/medium/wanderer-v1"], "Did you mean maze/medium/wander-v1"),
        (["datasets", "build", "maze/open/wander-v1", "--workers", "none"], "workers must be auto or a number from 1"),
        (["evaluate", "td3bc"], "There is no baseline 'td3bc'. Did you mean td3-bc"),
        (["evaluate", "bc", "--suite", "quikstart"], "Did you mean quickstart?"),
        (["evaluate", "bc", "--protocol", "light"], "Did you mean lite?"),
        (["evaluate", "nowhere.py:Mine"], "There is no file"),
        (["evaluate", "examples/my_algorithm.py:NearestNeighbor"], "Did you mean NearestNeighbour?"),
        (["evaluate", "examples/my_algorithm.py:Memory"], "has no method train"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_code_2(arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert sentence in result.stderr
    assert result.stderr.startswith("gnomon: ")
    assert len(_sentences(result)) == 1
    assert result.stdout == ""


def test_a_dataset_that_is_not_there_names_the_command_that_makes_it() -> None:
    result = run("datasets", "verify", "maze/open/wander-v1")
    assert result.returncode == 1
    assert "make it with: gnomon datasets build maze/open/wander-v1" in result.stderr


def test_debug_shows_the_traceback() -> None:
    assert "Traceback" in run("--debug", "tasks", "info", "none").stderr


@pytest.mark.parametrize(
    "arguments", [["tasks", "list"], ["datasets", "list"], ["baselines", "list"], ["protocol", "list"]]
)
def test_lists_are_json_on_demand(arguments: list[str]) -> None:
    rows = json.loads(run(*arguments, "--json").stdout)
    assert rows
    assert all(rows[0].keys() == row.keys() for row in rows)


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("datasets", "build", "maze/open/wander-v1", GNOMON_HOME=str(tmp_path / "file" / "home"))
    assert result.returncode == 1
    assert len(_sentences(result)) == 1
    assert "set GNOMON_HOME" in result.stderr


@pytest.mark.skipif(
    sys.platform != "linux", reason="read-only and small file systems are mounted in a Linux name space"
)
@pytest.mark.parametrize(("options", "sentence"), [("ro,size=1m", "read-only"), ("size=600k", "disk is full")])
def test_a_disk_that_cannot_take_the_data_is_one_sentence_and_leaves_no_dataset(
    tmp_path: Path, options: str, sentence: str
) -> None:
    script = f"""
        mount -t tmpfs -o {options} none {tmp_path}
        GNOMON_HOME={tmp_path}/home {GNOMON} datasets build maze/open/planner-v1
        code=$?
        find {tmp_path} -name manifest.json
        exit $code
    """
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    result = subprocess.run(alone, capture_output=True, text=True)
    if "unshare" in result.stderr or "mount:" in result.stderr:
        pytest.skip(f"this machine gives no user name space: {result.stderr.strip()}")
    assert result.returncode == 1, result.stderr
    assert sentence in result.stderr
    assert len(_sentences(result)) == 1
    assert result.stdout == ""


def test_lint_and_quality_are_shown_and_kept_in_the_report(own_small: Path) -> None:
    id = "maze/umaze/planner-test-v1"
    findings = json.loads(run("datasets", "lint", id, "--json").stdout)
    values = json.loads(run("datasets", "quality", id, "--json").stdout)
    assert "TQ" in run("datasets", "quality", id).stdout
    report = json.loads((own_small / "report.json").read_text())
    assert report["lint"]["findings"] == findings
    assert report["quality"] == values
    assert run("datasets", "verify", id, "--replay", "2").returncode == 0


def test_lint_of_a_file_with_errors_exits_with_1(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", observations=np.zeros((4, 2)), actions=np.zeros((3, 1)), terminals=np.zeros(4))
    result = run("datasets", "lint", str(tmp_path / "data.npz"), "--json")
    assert result.returncode == 1
    assert [finding["rule"] for finding in json.loads(result.stdout)] == ["lengths"]


def test_protocol_diff_names_the_rules_and_exits_with_1() -> None:
    result = run("protocol", "diff", "smoke", "lite")
    assert result.returncode == 1
    assert "episodes: 50 in smoke, 100 in lite" in result.stdout
    assert run("protocol", "diff", "lite", "lite").returncode == 0


def test_the_version_is_printed() -> None:
    from gnomon import __version__

    result = run("--version")
    assert (result.returncode, result.stdout.strip()) == (0, __version__)
