"""Suites and protocols: what they name exists, what is not there is one sentence, and differences are all named."""

import json
import subprocess
import sys
from dataclasses import fields, replace

import pytest

from gnomon.datasets.recipes import RECIPES
from gnomon.errors import UnknownId
from gnomon.evaluation.protocol import PROTOCOLS, Protocol, differences
from gnomon.evaluation.suites import SUITES, Suite, get_suite


def gnomon(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gnomon", *arguments], capture_output=True, text=True)


def test_the_registry_is_whole() -> None:
    assert list(SUITES) == [
        "antmaze", "discrete", "locomotion", "maze", "maze-stitch", "memory", "metaworld-10", "nearreal", "quickstart",
        "reference-lite",
    ]  # fmt: skip


@pytest.mark.parametrize("name", list(SUITES))
def test_a_suite_names_datasets_that_can_be_ranked(name: str) -> None:
    suite = SUITES[name]
    assert suite.name == name
    assert suite.protocol in PROTOCOLS
    assert len(set(suite.datasets)) == len(suite.datasets)
    for id in suite.datasets:
        assert RECIPES[id].ranked


def test_the_near_real_suite_is_every_task_that_has_data() -> None:
    """A shifted variant has none; where there is a small dataset too, the suite has the larger one."""
    judged = {RECIPES[id].task for id in SUITES["nearreal"].datasets}
    assert judged == {recipe.task for id, recipe in RECIPES.items() if id.startswith("nearreal/")}


def test_a_suite_whose_data_cannot_be_built_is_an_error_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from gnomon.evaluation.evaluate import evaluate

    later = Suite("later", "Of another version.", ("maze/open/later-v1",), "smoke")
    monkeypatch.setitem(SUITES._all(), "later", later)
    with pytest.raises(UnknownId, match=r"There is no dataset 'maze/open/later-v1'\. Did you mean"):
        evaluate("bc", suite="later")


def test_an_unknown_suite_suggests_the_nearest() -> None:
    with pytest.raises(UnknownId, match="Did you mean metaworld-10"):
        get_suite("metaworld10")
    result = gnomon("suites", "show", "quikstart")
    assert (result.returncode, "Did you mean quickstart?" in result.stderr) == (2, True)


def test_the_commands_list_and_show() -> None:
    rows = json.loads(gnomon("suites", "list", "--json").stdout)
    assert {row["suite"]: row["datasets"] for row in rows}["metaworld-10"] == 10
    shown = json.loads(gnomon("suites", "show", "memory", "--json").stdout)
    assert [(row["dataset"], row["task"], row["state"]) for row in shown] == [
        ("memory/double-t-maze/forgetful-v1", "memory/double-t-maze-v1", "can be built"),
        ("memory/dialogue/forgetful-v1", "memory/dialogue-v1", "can be built"),
    ]


OTHER = {"policy_mode": "sampled", "checkpoint": "best", "success_rule": "last step"}


@pytest.mark.parametrize("rule", [field.name for field in fields(Protocol) if field.name not in ("name", "summary")])
def test_every_rule_that_differs_is_named_and_changes_the_hash(rule: str) -> None:
    lite = PROTOCOLS["lite"]
    value = getattr(lite, rule)
    other = replace(lite, **{rule: value + 1 if isinstance(value, int) else OTHER.get(rule, "other")})
    assert differences(lite, other) == {rule: (value, getattr(other, rule))}
    assert other.hash != lite.hash


def test_the_commands_of_protocols() -> None:
    shown = json.loads(gnomon("protocol", "show", "lite").stdout)
    assert shown["hash"] == PROTOCOLS["lite"].hash
    result = gnomon("protocol", "diff", "smoke", "lite")
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "updates: 12000 in smoke, 50000 in lite",
        "episodes: 50 in smoke, 100 in lite",
    ]
    assert gnomon("protocol", "diff", "lite", "lite").returncode == 0
