"""The commands on interactive tasks."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.errors import UnknownId, UsageError
from gnomon.evaluation.interactive.cli import interactive

TASK = "interactive/text-dom-form-1-v1"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(interactive, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_list_shows_every_task() -> None:
    assert {row["task"] for row in json.loads(run("list", "--json"))} == set(INTERACTIVE_TASKS)


def test_evaluate_shows_a_row_a_task_and_player_with_intervals() -> None:
    rows = json.loads(run("evaluate", TASK, "--episodes", "5", "--json"))
    assert [(row["player"], row["success"]["value"]) for row in rows] == [("expert", 1.0), ("random", 0.0)]
    assert rows[0]["success"]["n"] == 5
    limited = json.loads(run("evaluate", TASK, "--player", "expert", "--turns", "1", "--episodes", "3", "--json"))
    assert (limited[0]["success"]["value"], limited[0]["turns"]["value"]) == (0.0, 1.0)
    assert "expert" in run("evaluate", TASK, "--episodes", "3", "--player", "expert")


def test_a_file_of_completions_is_a_player_like_any_other(tmp_path: Path) -> None:
    from gnomon.benchmarks.interactive.plays import evaluation_seeds

    path = tmp_path / "completions.jsonl"
    rows = [
        {"item": f"{TASK}/{seed}", "sample": 0, "completion": "thinking\nsubmit"} for seed in evaluation_seeds(TASK, 3)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (row,) = json.loads(run("evaluate", TASK, "--player", f"file:{path}", "--episodes", "3", "--json"))
    assert (row["success"]["value"], row["turns"]["value"]) == (0.0, 1.0)


def test_log_writes_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    assert "6 episodes" in run("log", TASK, "--output", str(folder), "--episodes", "3")
    assert {file.name for file in folder.iterdir()} == {"episodes.jsonl", "episodes.parquet"}


def test_wrong_names_are_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownId, match="Did you mean"):
        run("evaluate", "interactive/text-dom-form-9-v1")
    with pytest.raises(UsageError, match="no script"):
        run("evaluate", TASK, "--player", "wizard")
