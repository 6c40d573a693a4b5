"""Logs of interactions: rebuilt to the same hash, equal in both files, and damage is found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.plays import evaluation_seeds
from gnomon.datasets.cli.building import building
from gnomon.datasets.interactions import build
from gnomon.datasets.interactions.lint import findings_of
from gnomon.datasets.interactions.log import LINES, logged, write_rows
from gnomon.datasets.interactions.recipes import LogRecipe, log_recipes
from gnomon.errors import DatasetError

ID = "interactive/text-dom-form-1/mixed-v1"
TASK = INTERACTIVE_TASKS["interactive/text-dom-form-1-v1"]


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> LogRecipe:
    """Of six episodes."""
    small = replace(log_recipes()[ID], episodes=2)
    monkeypatch.setitem(log_recipes(), ID, small)
    return small


def test_there_is_a_recipe_for_every_task_with_an_expert_and_a_random_script() -> None:
    assert [recipe.task for recipe in log_recipes().values()] == list(INTERACTIVE_TASKS)
    assert all({"expert", "random"} <= set(recipe.scripts) for recipe in log_recipes().values())
    assert len({recipe.hash for recipe in log_recipes().values()}) == len(INTERACTIVE_TASKS)


def test_a_log_has_both_files_with_the_rows_of_its_hash_and_is_built_again_the_same(recipe: LogRecipe) -> None:
    manifest = build.build_log(recipe)
    folder = build.log_folder(ID)
    assert build.read_lines(folder) == build.read_parquet(folder)
    assert build.verify_log(ID, rebuild=True) == manifest
    assert (manifest.episodes, manifest.recipe_hash) == (6, recipe.hash)
    assert manifest.scripts["expert"] == {"return": 1.0, "success": 1.0, "score": 100.0}
    assert manifest.turns == sum(len(row["events"]) for row in build.read_lines(folder))
    assert {file.name for file in folder.iterdir()} == {"episodes.jsonl", "episodes.parquet", "manifest.json"}


def test_the_commands_build_and_verify_logs(recipe: LogRecipe) -> None:
    for arguments, told in ((["build", ID], "6 episodes"), (["verify", ID, "--rebuild"], "built again the same")):
        result = CliRunner().invoke(building, arguments, catch_exceptions=False)
        assert result.exit_code == 0
        assert told in result.output


def test_a_changed_row_and_a_missing_log_are_found(recipe: LogRecipe) -> None:
    with pytest.raises(DatasetError, match="is no log"):
        build.verify_log(ID)
    build.build_log(recipe)
    lines = build.log_folder(ID) / LINES
    lines.write_text(lines.read_text().replace('"success": true', '"success": false', 1))
    with pytest.raises(DatasetError, match="does not hold the rows"):
        build.verify_log(ID)


def test_another_recipe_has_other_problems(recipe: LogRecipe) -> None:
    first = logged(TASK, {"expert": 2}, recipe.hash)
    assert {row["seed"] for row in first}.isdisjoint(row["seed"] for row in logged(TASK, {"expert": 2}))


def test_the_linter_finds_what_each_rule_is_about(tmp_path: Path) -> None:
    rows = logged(TASK, {"expert": 1, "random": 1})
    write_rows(rows, tmp_path)
    assert findings_of(build.read_lines(tmp_path)) == []
    good = rows[0]
    flipped = json.loads(json.dumps(good))
    flipped["messages"][-1]["content"] = flipped["messages"][-1]["content"].replace(", the end", "")
    broken = {
        "log/turns": [{**good, "rewards": good["rewards"][:-1]}, rows[1]],
        "log/events": [{**good, "events": ["error", *good["events"][1:]]}, rows[1]],
        "log/end": [flipped, rows[1]],
        "log/return": [{**good, "return": 0.25}, rows[1]],
        "log/seeds": [good, {**rows[1], "seed": good["seed"]}],
        "log/leak": [{**good, "seed": evaluation_seeds(TASK.problems, 7)[6]}, rows[1]],
        "log/quality": [good],
    }
    assert {rule: [finding.rule for finding in findings_of(bad)] for rule, bad in broken.items()} == {
        rule: [rule] for rule in broken
    }
