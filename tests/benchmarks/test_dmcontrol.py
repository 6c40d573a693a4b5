"""The control suite's tasks: their observations and episodes are the suite's own, and no step pays more than 1."""

import numpy as np
import pytest
from dm_control import suite

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.simulators.dmcontrol import SEED_WORDS
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.dmcontrol import FINE_TUNING, NAMES, PRETRAINING, SUITE
from gnomon.datasets.policies import POLICIES


def test_ten_tasks_are_for_pretraining_and_six_others_for_fine_tuning() -> None:
    assert (len(PRETRAINING), len(FINE_TUNING), len(set(NAMES))) == (10, 6, 16)
    assert all((domain, task) in suite.BENCHMARKING for domain, task, _, _ in SUITE.values())


@pytest.mark.parametrize("name", NAMES)
def test_named_parts_are_the_suites(name: str) -> None:
    domain, task, _, sizes = SUITE[name]
    specs = suite.load(domain, task).observation_spec()
    assert {part: int(np.prod(spec.shape)) for part, spec in specs.items()} == sizes
    assert list(specs) == list(sizes)


@pytest.mark.parametrize("name", ["finger-turn-hard", "fish-upright", "cheetah-run"])
def test_an_episode_is_the_one_that_the_suite_plays(name: str) -> None:
    """The suite alone, with the stored seed and actions, gives what was stored."""
    domain, of_suite, _, _ = SUITE[name]
    task = TASKS[f"dmcontrol/{name}-v1"]
    (episode,) = rollout(task, POLICIES["uniform"](task), [seed_of("train", name, 0)], lanes=1)
    words = np.random.SeedSequence(episode.seed).generate_state(SEED_WORDS)
    alone = suite.load(domain, of_suite, task_kwargs={"random": np.random.RandomState(words)})
    steps = [alone.reset(), *(alone.step(action.astype(np.float64)) for action in episode.actions)]
    theirs = [np.concatenate([np.ravel(part) for part in step.observation.values()]) for step in steps]
    assert np.array_equal(episode.observations, np.array(theirs, np.float32))
    assert np.array_equal(episode.rewards, np.array([step.reward for step in steps[1:]], np.float32))
    assert steps[-1].last()
    assert episode.truncated
    assert (len(episode), steps[-1].discount) == (1000, 1.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_pays_nothing_to_one(name: str) -> None:
    environment = TASKS[f"dmcontrol/{name}-v1"].make()
    environment.reset(seed=1)
    stream = np.random.default_rng(0)
    actions = [
        *np.zeros((20, *environment.action_box.shape)),
        *stream.uniform(-1, 1, (80, *environment.action_box.shape)),
    ]
    rewards = [environment.step(action)[1] for action in actions]
    assert min(rewards) >= 0
    assert max(rewards) <= 1


def test_a_pole_that_begins_upright_earns_nearly_everything() -> None:
    """Balancing starts within 0.034 rad of upright, at the middle: the first step pays almost 1."""
    environment = TASKS["dmcontrol/cartpole-balance-v1"].make()
    environment.reset(seed=0)
    assert environment.step(np.zeros(1))[1] > 0.95


def test_a_scale_ends_at_the_bound() -> None:
    assert {TASKS[f"dmcontrol/{name}-v1"].scale.reference for name in NAMES} == {1000.0}
