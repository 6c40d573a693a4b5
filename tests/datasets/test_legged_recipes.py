"""A quadruped's data: what the trainings make possible is there once they are published, and not before."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.fixed_point import fixed_point, save_fixed_point
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.legged import SPEEDS
from gnomon.datasets.policies import POLICIES, trained
from gnomon.datasets.policies.legged import SKILL, Navigator
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes.legged import NAMES, SOURCES, recipes
from gnomon.errors import DatasetError
from gnomon.files import hash_file

STEPS = [0, 50_000, 100_000]
COLUMNS = {SOURCES[0]: 58, SOURCES[1]: 58, SKILL: 59}


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty place where published trainings are looked for."""
    monkeypatch.setattr(trained, "WEIGHTS", tmp_path)
    trained.card_of.cache_clear()
    yield tmp_path
    trained.card_of.cache_clear()


def publish(task: str, lean: float = 0.0) -> None:
    """Publish a network that always asks for the action `lean`."""
    folder = trained.folder_of(task)
    folder.mkdir(parents=True)
    weight = np.zeros((COLUMNS[task], 24), np.float32)
    bias = np.repeat([np.arctanh(lean), -2], 12).astype(np.float32)
    policy = fixed_point([(weight, bias)], -np.ones(12, np.float32), np.ones(12, np.float32), "normal")
    files = [folder / f"{step:09d}.safetensors" for step in STEPS[1:]]
    for file in files:
        save_fixed_point(policy, file)
    card = {
        "sha256": {file.name: hash_file(file) for file in files},
        "ladders": {"full-replay": STEPS},
        "named": {"expert": {"step": STEPS[-1]}},
    }
    (folder / trained.CARD).write_text(json.dumps(card))


def by_id() -> dict[str, Recipe]:
    return {recipe.id: recipe for recipe in recipes()}


@pytest.mark.usefixtures("weights")
def test_without_trainings_there_is_random_data_of_every_task() -> None:
    found = by_id()
    assert set(found) == {f"legged/{name}/random-v1" for name in NAMES}
    assert {recipe.task for recipe in found.values()} == {id for id in TASKS if id.startswith("legged/")}


@pytest.mark.usefixtures("weights")
def test_one_speed_is_not_enough_to_judge_another() -> None:
    publish(SOURCES[0])
    assert {id for id in by_id() if not id.endswith("/random-v1")} == {"legged/walk-050/full-replay-v1"}


@pytest.mark.usefixtures("weights")
def test_two_speeds_make_data_for_three_others() -> None:
    for source in SOURCES:
        publish(source)
    found = by_id()
    kinds = {"075": "interpolate", "125": "extrapolate", "025": "extrapolate"}
    for speed, kind in kinds.items():
        recipe = found[f"legged/walk-{speed}/{kind}-v1"]
        assert (recipe.task, TASKS[recipe.task].judged.id) == (f"legged/walk-{speed}-v1",) * 2
        ladders = [[None, source, source] for source in SOURCES]
        assert [part.options.get("trained_on") for part in recipe.parts] == [*ladders[0], *ladders[1]]
        assert len({part.hash for part in recipe.parts}) == 6, "two random parts with one hash have the same episodes"
        assert sum(part.transitions for part in recipe.parts) == pytest.approx(500_000, abs=6)
        assert f"{SPEEDS[speed]:g} m/s" in recipe.summary


@pytest.mark.usefixtures("weights")
def test_a_transfer_has_the_rewards_of_the_speed_that_is_judged() -> None:
    """The actions are the checkpoint's and the same at both speeds; what is paid for them is not."""
    publish(SOURCES[0], lean=0.2)
    options = trained.named(SOURCES[0], "expert").options(trained_on=SOURCES[0])
    episodes = [_played(f"legged/walk-{speed}-v1", options) for speed in ("050", "125")]
    assert np.array_equal(episodes[0].observations, episodes[1].observations)
    assert episodes[0].actions == pytest.approx(0.2, abs=1e-3)
    assert (episodes[0].rewards > episodes[1].rewards + 0.5).mean() > 0.5


def _played(task: str, options: dict[str, object]) -> Episode:
    policy = POLICIES["legged/trained-elsewhere"](TASKS[task], **options)
    (episode,) = rollout(TASKS[task], policy, [seed_of("collect", "test", 0)], lanes=1)
    return episode


@pytest.mark.usefixtures("weights")
def test_a_runner_cannot_act_where_it_sees_something_else() -> None:
    with pytest.raises(DatasetError, match="choose a task of the same body"):
        POLICIES["legged/trained-elsewhere"](TASKS[SOURCES[0]], trained_on=SKILL)


@pytest.mark.usefixtures("weights")
def test_a_runner_makes_data_of_mazes_and_of_what_hiking_judges() -> None:
    publish(SKILL)
    found = by_id()
    assert TASKS[found["legged/run-to/full-replay-v1"].task].judged.id == "legged/hiking-v1"
    for maze in ("umaze", "medium"):
        recipe = found[f"legged/maze-{maze}-near/navigator-v1"]
        assert TASKS[recipe.task].judged.id == f"legged/maze-{maze}-v1"
        assert recipe.options["noise"] == 0.1


@pytest.mark.usefixtures("weights")
def test_the_navigator_tells_the_runner_the_way_to_the_next_cell() -> None:
    """In the umaze's first cell with the goal in the last one, the way leads along x."""
    publish(SKILL)
    task = TASKS["legged/maze-umaze-v1"]
    navigator, observation = Navigator(task), task.make().reset(seed=0)[0]
    columns = task.observation
    observation[columns["position"]], observation[columns["goal"]] = [-2, 2], [-2, -2]
    for degrees, expected in ((0, 0), (90, -90), (-135, 135)):
        half = np.radians(degrees) / 2
        observation[columns["orientation"]] = [np.cos(half), 0, 0, np.sin(half)]
        assert np.degrees(navigator.heading_errors(observation[None])) == pytest.approx(expected, abs=1e-4)
    seen: list[np.ndarray] = []

    class Watched:
        def act(self, observations: np.ndarray, reset: np.ndarray) -> np.ndarray:
            seen.append(observations)
            return np.zeros((1, 12))

    navigator.runner = Watched()  # pyright: ignore[reportAttributeAccessIssue]
    navigator.act(observation[None], np.array([True]))
    assert seen[0].dtype == np.float32
    assert np.array_equal(seen[0][0, :58], observation[2:60])
    assert np.degrees(seen[0][0, 58]) == pytest.approx(135, abs=1e-4)


@pytest.mark.usefixtures("weights")
def test_the_navigators_noise_belongs_to_the_episode() -> None:
    publish(SKILL)
    task, seeds = TASKS["legged/maze-umaze-near-v1"], [seed_of("collect", "test", index) for index in range(2)]
    together = rollout(task, Navigator(task, noise=0.1), seeds, lanes=2)
    (alone,) = rollout(task, Navigator(task, noise=0.1), seeds[1:], lanes=1)
    assert np.array_equal(alone.actions, together[1].actions)
    assert 0.08 < np.concatenate([episode.actions for episode in together]).std() < 0.12
