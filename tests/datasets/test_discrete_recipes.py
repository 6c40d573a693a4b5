"""The five qualities of discrete data: who acts in each, and that a small build of each is clean and made again."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.build import build_dataset, collect
from gnomon.datasets.cards.card import write_card
from gnomon.datasets.columns import Columns
from gnomon.datasets.lint import lint
from gnomon.datasets.lint.subject import subject_of
from gnomon.datasets.policies.epsilon_greedy import EpsilonGreedy
from gnomon.datasets.policies.trained import card_of
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.report import measure
from gnomon.datasets.verify import rebuild
from gnomon.datasets.write import Provenance, add_dataset
from gnomon.files import hash_arrays

KINDS = ("random", "expert", "mixed", "noisy", "replay")
NAMES = sorted({id.split("/")[1] for id in RECIPES if id.startswith("discrete/")})


def test_there_are_five_of_six_tasks() -> None:
    assert sorted(TASKS[f"discrete/{name}-v1"].id for name in NAMES) == [id for id in TASKS if "discrete/" in id]
    assert sorted(id for id in RECIPES if id.startswith("discrete/")) == sorted(
        f"discrete/{name}/{kind}-v1" for name in NAMES for kind in KINDS
    )


def test_epsilon_is_the_share_of_uniform_actions() -> None:
    """Of two actions, every second uniform one is the greedy one."""
    task = TASKS["discrete/cartpole-v1"]
    policy = EpsilonGreedy(task, 0.2)
    episodes = rollout(task, policy, range(20), lanes=4)
    seen = np.concatenate([episode.observations[:-1] for episode in episodes])
    taken = np.concatenate([episode.actions for episode in episodes])
    error = (0.1 * 0.9 / len(taken)) ** 0.5
    greedy = policy.greedy.act(seen, np.zeros(len(seen), bool))  # pyright: ignore[reportAttributeAccessIssue]
    assert np.mean(taken != greedy) == pytest.approx(0.1, abs=5 * error)
    alone = rollout(task, EpsilonGreedy(task, 0.2), [13], lanes=2)[0]
    assert np.array_equal(alone.actions, episodes[13].actions), "the noise belongs to the episode"


@pytest.mark.parametrize("name", NAMES)
def test_shares_of_mixed_and_rungs_of_replay(name: str) -> None:
    mixed, replay = (RECIPES[f"discrete/{name}/{kind}-v1"] for kind in ("mixed", "replay"))
    assert [(part.policy, part.transitions) for part in mixed.parts] == [("uniform", 80_000), ("trained", 20_000)]
    card = card_of(mixed.task)
    assert mixed.parts[1].options["step"] == card["named"]["expert"]["step"]
    first, *rungs = replay.parts
    assert (first.policy, {part.transitions for part in replay.parts}) == ("uniform", {100_000 // len(replay.parts)})
    assert [rung.options["step"] for rung in rungs] == card["ladders"]["full-replay"][1:]
    assert rungs[-1].options["step"] == card["curve"][-1][0]
    expected = [max(0.05, 1 - 0.95 * rung.options["step"] / (0.2 * card["steps"])) for rung in rungs]
    assert [rung.options["epsilon"] for rung in rungs] == pytest.approx(expected)


def small(recipe: Recipe) -> Recipe:
    """Four episodes or more of the same policies; of a long ladder, a few rungs."""
    rungs = recipe.parts[:: max(1, len(recipe.parts) // 4)]
    parts = tuple(replace(part, transitions=1, lanes=2) for part in rungs)
    return replace(recipe, id=recipe.id.replace("-v1", "-test-v1"), transitions=100, lanes=2, parts=parts)


def played(recipe: Recipe, folder: Path) -> Columns:
    """What a build collects, without worker processes, which take longer than all else here."""

    def here(function: Any, items: Iterable[Any], workers: Any, preload: Any) -> Iterator[Any]:
        yield from map(function, items)

    return collect(recipe, folder, here, 1, lambda _: None)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("id", [f"discrete/{name}/{kind}-v1" for name in NAMES for kind in KINDS])
def test_a_small_build_is_clean_and_is_made_again(id: str, tmp_path: Path) -> None:
    recipe = small(RECIPES[id])
    provenance = Provenance(origin="built", task=recipe.task, recipe=asdict(recipe), recipe_hash=recipe.hash)
    dataset = add_dataset(recipe.id, provenance, played(recipe, tmp_path / "once"))
    assert hash_arrays(played(recipe, tmp_path / "again")) == dataset.manifest.content_hash
    assert dataset.columns["actions"].dtype == np.int64
    assert [finding for finding in lint(subject_of(dataset)) if finding.severity == "error"] == []
    measured = measure(dataset)
    assert measured["entropy"] is measured["saturation"] is None
    assert measured["saco"]["unique"] > 0  # pyright: ignore[reportIndexIssue, reportOptionalSubscript]


def test_a_card_says_who_acted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = replace(small(RECIPES["discrete/cartpole/mixed-v1"]), id="discrete/cartpole/mixed-card-v1")
    monkeypatch.setitem(RECIPES._all(), recipe.id, recipe)  # only for a test's time: other tests count the recipes
    dataset = build_dataset(recipe.id, workers=1)
    rebuild(dataset, workers=1)
    card = write_card(dataset).read_text()
    assert "an expert of mean return 500" in card
    assert "`trained`, step 60000" in card
