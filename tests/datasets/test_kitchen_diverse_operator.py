"""The operator in randomised kitchens: it follows their layout, its plans and faults are what they say, and data."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from collections.abc import Callable
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from gnomon.benchmarks.contracts import StochasticPolicy
from gnomon.benchmarks.rollout import Lanes
from gnomon.benchmarks.seeds import policy_stream
from gnomon.benchmarks.simulators.kitchen_diverse import DiverseKitchen
from gnomon.benchmarks.simulators.kitchen_pixels import painter
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.kitchen_diverse import SUBTASKS, seen_as_state, subtasks_of
from gnomon.datasets.build import build_dataset
from gnomon.datasets.lint import lint
from gnomon.datasets.lint.subject import subject_of
from gnomon.datasets.policies.kitchen_diverse import MISS, DiverseArm, DiverseOperation, DiverseOperator, StateOperator
from gnomon.datasets.policies.kitchen_diverse import draw_queue as queue_of
from gnomon.datasets.policies.kitchen_scripts import SCRIPTS
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.verify import rebuild
from gnomon.errors import GnomonError, UsageError

TASK = TASKS["kitchen-diverse/standard-v1"]
STANDARD, RECOMBINED = SUBTASKS["standard"], SUBTASKS["recombined"]


def renderer_or_skip() -> None:
    """Skip the test where pictures cannot be drawn."""
    try:
        painter()
    except GnomonError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def kitchen() -> DiverseKitchen:
    return DiverseKitchen(STANDARD)


@pytest.fixture(scope="module")
def arm() -> DiverseArm:
    return DiverseArm()


@pytest.fixture
def operation(arm: DiverseArm) -> Callable[..., DiverseOperation]:
    """Makes one episode of an operator."""

    def make(
        seed: int, plan: str = "ordered", noise: float = 0.0, misses: float = 0.0, hesitation: float = 0.0
    ) -> DiverseOperation:
        return DiverseOperation(arm, STANDARD, plan, noise, misses, hesitation, policy_stream(seed))

    return make


def test_a_pixels_task_has_its_state_and_its_subtasks() -> None:
    pixels = TASKS["kitchen-diverse/recombined-pixels-v1"]
    assert seen_as_state(pixels) is TASKS["kitchen-diverse/recombined-v1"]
    assert subtasks_of(pixels) == RECOMBINED
    assert subtasks_of(TASK) == STANDARD


def test_the_handles_are_where_the_simulator_has_them(kitchen: DiverseKitchen, arm: DiverseArm) -> None:
    sites = {waypoint.site for script in SCRIPTS.values() for waypoint in script}
    assert len(sites) == 7
    for seed in (1, 2):
        observation = kitchen.reset(seed=seed)[0].astype(np.float32).astype(np.float64)
        arm.arrange(observation[63:])
        arm.look(np.concatenate([observation[:9], observation[18:39]]))
        mujoco.mj_kinematics(kitchen.model, kitchen.data)
        for site in sites:
            assert arm.place(site) == pytest.approx(kitchen.data.site(site).xpos, abs=1e-6)


@pytest.mark.parametrize("subtask", SCRIPTS)
def test_every_subtask_is_done_with_noise(
    subtask: str, arm: DiverseArm, operation: Callable[..., DiverseOperation]
) -> None:
    alone = DiverseKitchen([subtask])
    operated = operation(5, noise=1.0)
    operated.queue, operated.subtasks = [subtask], (subtask,) * 4
    observation, _ = alone.reset(seed=5)
    for _ in range(140):
        padded = np.concatenate([observation[:59], np.zeros(4), observation[60:]])
        observation, _, terminated, *_ = alone.step(operated.act(padded).clip(-1, 1).astype(np.float32))
        if terminated:
            return
    pytest.fail(f"{subtask} is not complete after 140 steps")


@pytest.mark.slow
@pytest.mark.parametrize("name", SUBTASKS)
def test_the_expert_does_all_four_in_most_kitchens(name: str) -> None:
    """Twenty whole episodes take ten seconds."""
    task = TASKS[f"kitchen-diverse/{name}-v1"]
    episodes = Lanes(task, 2).run(DiverseOperator(task), list(range(20)))
    assert np.mean([episode.terminated for episode in episodes]) >= 0.8


def test_plans() -> None:
    drawn = {plan: [queue_of(plan, RECOMBINED, policy_stream(seed)) for seed in range(200)] for plan in (
        "ordered", "shuffled", "play", "parts", "standard"
    )}  # fmt: skip
    assert {tuple(queue) for queue in drawn["ordered"]} == {RECOMBINED}
    assert {tuple(queue) for queue in drawn["standard"]} == {STANDARD}
    shuffled = {tuple(queue) for queue in drawn["shuffled"]}
    assert len(shuffled) == 24
    assert {frozenset(queue) for queue in shuffled} == {frozenset(RECOMBINED)}
    for plan in ("play", "parts"):
        assert all(len(queue) == 5 and set(queue) <= set(SCRIPTS) for queue in drawn[plan])
        assert set().union(*drawn[plan]) == set(SCRIPTS)


def test_only_in_parts_one_of_the_four_stays_undone(operation: Callable[..., DiverseOperation]) -> None:
    three = np.array([True, True, True, False])
    assert operation(1, "play")._may_do("slide cabinet", three)
    assert not operation(1, "parts")._may_do("slide cabinet", three)
    assert operation(1, "parts")._may_do("top burner", three)


def test_a_miss_goes_past_and_happens_as_often_as_asked(
    kitchen: DiverseKitchen, operation: Callable[..., DiverseOperation]
) -> None:
    observation, _ = kitchen.reset(seed=2)
    past = []
    for seed in range(60):
        fumbling = operation(seed, misses=0.5)
        fumbling.act(observation)
        past.append(np.linalg.norm(fumbling.past))
    assert set(np.round(past, 9)) == {0.0, MISS}
    assert np.mean(past) / MISS == pytest.approx(0.5, abs=0.2)


def test_a_hand_that_hesitates_stops(kitchen: DiverseKitchen, operation: Callable[..., DiverseOperation]) -> None:
    observation, _ = kitchen.reset(seed=2)
    resting = dict.fromkeys((0.0, 0.2), 0)
    for share in resting:
        operated = operation(1, hesitation=share)
        for _ in range(60):
            operated.act(observation)
            resting[share] += operated.rest > 0
    assert resting[0.0] == 0
    assert 20 < resting[0.2] < 60


def test_noise_comes_from_the_episode_alone(kitchen: DiverseKitchen) -> None:
    observations = np.stack([kitchen.reset(seed=2)[0].astype(np.float32)] * 3)
    operator = DiverseOperator(TASK, noise=1.0, misses=0.5, hesitation=0.1)
    assert isinstance(operator, StochasticPolicy)
    operator.start_episodes([0, 1, 2], [1, 2, 1])
    played = np.stack([operator.act(observations, np.zeros(3, bool)) for _ in range(10)])
    assert np.array_equal(played[:, 0], played[:, 2])
    assert not np.array_equal(played[:, 0], played[:, 1])


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(UsageError, match="no plan 'mixed'; choose one of ordered, shuffled, play, parts, standard"):
        DiverseOperator(TASK, plan="mixed")


def test_where_pictures_are_seen_the_operator_acts_as_on_the_state() -> None:
    """Short episodes, three of them in two lanes; the second of a lane begins where the first was cut."""
    pixels = TASKS["kitchen-diverse/standard-pixels-v1"]
    renderer_or_skip()
    played = []
    for task, kind in ((replace(pixels, horizon=12), StateOperator), (replace(TASK, horizon=12), DiverseOperator)):
        played.append(Lanes(task, 2).run(kind(task, noise=1.0), [4, 5, 6]))
    for seen, known in zip(*played, strict=True):
        assert seen.observations.shape == (13, 6, 64, 64)
        assert np.array_equal(seen.actions, known.actions)
        assert np.array_equal(seen.rewards, known.rewards)


@pytest.mark.slow
@pytest.mark.parametrize("id", [id for id in RECIPES if id.startswith("kitchen-diverse/") and not RECIPES[id].parts])
def test_few_episodes_are_clean_and_come_out_again(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is built twice, in five seconds a time."""
    if "-pixels" in id:
        renderer_or_skip()
    small = replace(RECIPES[id], id=id.replace("-v1", "-small-v1"), transitions=700, lanes=2)
    monkeypatch.setitem(RECIPES._all(), small.id, small)
    dataset = build_dataset(small.id, workers=1)
    assert len(dataset.columns["seeds"]) >= 3
    assert [finding for finding in lint(subject_of(dataset)) if finding.severity != "note"] == []
    rebuild(dataset, workers=1)
