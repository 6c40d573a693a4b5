"""Replay data of the control suite is there for a task from the day that the checkpoints of a training ship."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gnomon.datasets.policies import trained
from gnomon.datasets.recipes.dmcontrol import recipes_of

STEPS = [0, 50_000, 100_000]


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The card of a training of one task, where the shipped ones are looked for."""
    monkeypatch.setattr(trained, "WEIGHTS", tmp_path)
    trained.card_of.cache_clear()
    folder = trained.folder_of("dmcontrol/cheetah-run-v1")
    folder.mkdir(parents=True)
    files = {f"{step:09d}.safetensors": f"{step:064x}" for step in STEPS[1:]}
    ladders = {"medium-replay": STEPS[:2], "full-replay": STEPS}
    (folder / trained.CARD).write_text(json.dumps({"sha256": files, "ladders": ladders}))
    yield
    trained.card_of.cache_clear()


@pytest.mark.usefixtures("card")
def test_a_published_ladder_is_two_kinds_of_replay_data() -> None:
    random, medium, full = recipes_of("cheetah-run")
    assert [recipe.id for recipe in (random, medium, full)] == [
        f"dmcontrol/cheetah-run/{kind}-v1" for kind in ("random", "medium-replay", "full-replay")
    ]
    assert [part.options.get("step") for part in full.parts] == [None, *STEPS[1:]]
    assert [part.policy for part in full.parts] == ["uniform", "trained", "trained"]
    assert [part.transitions for part in medium.parts] == [100_000, 100_000]
    assert medium.summary.startswith("2 checkpoints from step 0")


@pytest.mark.usefixtures("card")
def test_a_task_without_a_training_has_random_data_alone() -> None:
    (random,) = recipes_of("walker-run")
    assert (random.policy, random.transitions) == ("uniform", 100_000)
