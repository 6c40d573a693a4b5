"""Recipes of several parts: each has its own policy and seeds, and whole episodes only."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.build import build_dataset
from gnomon.datasets.cards.card import write_card
from gnomon.datasets.cost import estimate
from gnomon.datasets.recipe import Recipe, joined
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.verify import rebuild

PLANNER = Recipe("maze/umaze/planner-part-v1", "", "maze/umaze-v1", "maze/planner", {"noise": 0.5}, 1000, lanes=2)
RANDOM = replace(PLANNER, id="maze/umaze/random-part-v1", policy="uniform", options={}, transitions=700)


@pytest.fixture
def mixed(home: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """Only for a test's time: other tests count the recipes."""
    monkeypatch.setenv("GNOMON_HOME", str(home.with_name("joined")))
    recipe = joined("maze/umaze/mixed-test-v1", "Planned and random episodes.", [PLANNER, RANDOM])
    monkeypatch.setitem(RECIPES._all(), recipe.id, recipe)
    return recipe


def test_parts_stand_one_behind_the_other(mixed: Recipe) -> None:
    dataset = build_dataset(mixed.id, workers=1)
    dataset.verify()
    data, seeds = dataset.columns, dataset.columns["seeds"].tolist()
    border = seeds.index(seed_of("collect", RANDOM.hash, 0))
    assert seeds[:border] == [seed_of("collect", PLANNER.hash, index) for index in range(border)]
    assert seeds[border:] == [seed_of("collect", RANDOM.hash, index) for index in range(len(seeds) - border)]
    steps = int(data["offsets"][border])
    assert data["offsets"][border - 1] < PLANNER.transitions <= steps
    assert data["offsets"][-2] - steps < RANDOM.transitions <= data["offsets"][-1] - steps
    assert data["success"][:steps].sum() > data["success"][steps:].sum()
    rebuild(dataset, workers=2)


def test_the_hash_is_that_of_the_parts(mixed: Recipe) -> None:
    assert mixed.transitions == 1700
    assert replace(mixed, parts=(replace(PLANNER, summary="Other words."), RANDOM)).hash == mixed.hash
    assert replace(mixed, parts=(RANDOM, PLANNER)).hash != mixed.hash
    assert replace(mixed, parts=(PLANNER, replace(RANDOM, transitions=800))).hash != mixed.hash


def test_its_cost_and_its_card_name_every_part(mixed: Recipe) -> None:
    assert estimate(mixed, 1).disk_bytes > 1700 * 50
    card = write_card(build_dataset(mixed.id, workers=1)).read_text()
    assert "| 1,000 transitions | `maze/planner`, noise 0.5 |" in card
    assert "| 700 transitions | `uniform` |" in card


def test_the_manifest_holds_the_whole_recipe(mixed: Recipe) -> None:
    recipe = build_dataset(mixed.id, workers=1).manifest.recipe
    assert [part["policy"] for part in recipe["parts"]] == ["maze/planner", "uniform"]
    assert json.loads(json.dumps(recipe)) == recipe


def test_parts_of_different_tasks_are_refused() -> None:
    with pytest.raises(ValueError, match="unpack"):
        joined("maze/umaze/mixed-v1", "", [PLANNER, replace(RANDOM, task="maze/open-v1")])


def test_an_empty_list_of_parts_does_not_change_a_hash() -> None:
    """The hash of a recipe that was written before there were parts."""
    before = "b05e28410a8659f4a9df8df2dd2922738a7d8981240ee3f8b27820c979f0d191"
    assert RECIPES["maze/umaze/planner-v1"].hash == before
