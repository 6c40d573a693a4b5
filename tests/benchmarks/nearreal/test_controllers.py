"""The controllers: what they promise, worked by hand."""

import numpy as np
import pytest

from gnomon.benchmarks.contracts import Policy
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.simulators.glucose import dose
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.nearreal import spring_matrices
from gnomon.datasets.policies.nearreal_insulin import action_of

BEGIN, GO_ON = np.ones(1, bool), np.zeros(1, bool)


def pid(**gains: float) -> Policy:
    zero = {f"{kind}_{mass}": 0.0 for kind in ("proportional", "integral", "derivative") for mass in (1, 2)}
    return POLICIES["nearreal/spring-pid"](TASKS["nearreal/spring-v1"], **(zero | gains))


def acts(controller: Policy, observation: np.ndarray, begin: np.ndarray) -> np.ndarray:
    return np.asarray(controller.act(observation, begin))[0]


def error(first: float, second: float) -> np.ndarray:
    """An observation with masses at rest in 0 and these targets."""
    return np.array([[0, 0, 0, 0, first, second]], np.float32)


def test_the_first_step_has_no_derivative_kick() -> None:
    """NeoRL-2's PID begins its history of errors with 0, so that the first derivative is the whole error over dt."""
    controller = pid(derivative_1=0.1)
    assert acts(controller, error(0.5, 0), BEGIN).tolist() == [0, 0]
    assert acts(controller, error(0.4, 0), GO_ON)[0] == pytest.approx(0.1 * (0.4 - 0.5) / 0.2)


def test_the_integral_begins_anew_with_every_episode() -> None:
    controller = pid(integral_2=1.0)
    first = [acts(controller, error(0, 0.5), begin)[1] for begin in (BEGIN, GO_ON, GO_ON)]
    again = [acts(controller, error(0, 0.5), begin)[1] for begin in (BEGIN, GO_ON, GO_ON)]
    assert first == again == pytest.approx([0.1, 0.2, 0.3])


def test_the_regulators_model_is_the_simulators() -> None:
    """Its holding action keeps both masses at rest in their targets."""
    transition, control, holding = spring_matrices(20.0)
    targets = np.array([1.2, -0.7])
    state = np.concatenate([targets, [0, 0]])
    assert transition @ state + control @ (holding @ targets) == pytest.approx(state)


def test_action_of_is_the_inverse_of_dose() -> None:
    rates = np.array([0.0, 0.005, 0.0211, 1.0, 5.0])
    assert dose(action_of(rates)) == pytest.approx(rates)


def test_the_clinical_controller_keeps_its_limit() -> None:
    task = TASKS["nearreal/glucose-v1"]
    (episode,) = rollout(task, POLICIES["nearreal/insulin-feedback"](task, level="clinical"), [3], lanes=1)
    weight, steady = episode.observations[0, 1], episode.observations[0, 26]
    assert dose(episode.actions).max() <= 1.2 * steady * weight / 6000 * (1 + 1e-5)
    assert episode.rewards.sum() > 150


def test_the_gate_keeper_ends_on_the_target() -> None:
    task = TASKS["nearreal/pipeline-v1"]
    (episode,) = rollout(task, POLICIES[task.expert](task), [1], lanes=1)
    errors = np.abs(episode.observations[:, 0] - episode.observations[:, 1])
    changes = np.flatnonzero(np.diff(episode.observations[:, 1]))
    settled = np.ones(len(errors), bool)
    for change in [0, *changes]:
        settled[change : change + 115] = False  # 90 of flow at 1 a step, and the pipe
    assert errors[settled].max() < 1e-3


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_noise_depends_on_the_seed_of_the_episode_alone(noise: float) -> None:
    task = TASKS["nearreal/spring-v1"]
    together = rollout(task, POLICIES["nearreal/spring-pid"](task, noise=noise), [1, 2, 3, 4], lanes=2)
    alone = rollout(task, POLICIES["nearreal/spring-pid"](task, noise=noise), [4], lanes=2)
    assert np.array_equal(together[3].actions, alone[0].actions)
