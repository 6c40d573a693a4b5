"""Fitted Q evaluation: known values of tabular problems, and seeds that come out the same alone and stacked."""

from pathlib import Path

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.fqe import FQEConfig, fitted_q_evaluation
from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.manifest import Manifest
from gnomon.errors import AlgorithmError, DatasetError, PolicyError, UsageError

DISCOUNT, STATES = 0.9, 3
CONFIG = FQEConfig(hidden=(32, 32), learning_rate=2e-3, discount=DISCOUNT, target_rate=0.05)
BUDGET = Budget(updates=1500, batch_size=64)
NEXT = np.array([[0, 1], [0, 2], [1, 2]])  # state, action → state
REWARD = np.array([[0.1, 0.0], [0.3, 0.2], [0.0, -1.0]])
ENDS = np.array([[False, False], [False, False], [False, True]])


class _Spaces(gymnasium.Env):
    """Nothing but the spaces of a task: what is packed needs no more."""

    observation_space = Box(0, 1, (STATES,))

    def __init__(self, is_discrete: bool) -> None:
        self.action_space = Discrete(2) if is_discrete else Box(-2, 2, (1,))


def task(is_discrete: bool) -> ControlTask:
    name = "discrete" if is_discrete else "continuous"
    return ControlTask(
        id=f"test/{name}-v1",
        summary="For tests.",
        horizon=10,
        metric="return",
        expert="uniform",
        observation={},
        simulator=lambda mode: _Spaces(is_discrete),
    )


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only for a test's time: other tests count the tasks."""
    for one in (task(True), task(False)):
        monkeypatch.setitem(TASKS._all(), one.id, one)


def dataset(states: np.ndarray, actions: np.ndarray, rewards: np.ndarray, ended: np.ndarray, to: np.ndarray) -> Dataset:
    """Episodes of one step; those that do not end are cut."""
    count = len(states)
    observations = np.eye(STATES, dtype=np.float32)[np.stack([states, to], 1).ravel()]
    manifest = Manifest(
        id="test/by-hand-v1",
        task=task(actions.dtype.kind != "f").id,
        origin="built",
        licence="",
        recipe={},
        recipe_hash="",
        content_hash="",
        episodes=count,
        transitions=count,
        statistics={},
        gnomon="",
        versions={},
        platform={},
        files={},
    )
    data = {
        "observations": observations,
        "actions": actions,
        "rewards": rewards.astype(np.float32),
        "success": np.zeros(count, bool),
        "terminated": ended,
        "truncated": ~ended,
        "offsets": np.arange(count + 1),
        "seeds": np.arange(count),
    }
    return Dataset(Path("nowhere"), manifest).holding(data)


def tabular() -> Dataset:
    """Every pair of state and action, 20 times."""
    states, actions = (part.ravel().repeat(20) for part in np.indices((STATES, 2)))
    return dataset(states, actions, REWARD[states, actions], ENDS[states, actions], NEXT[states, actions])


class Numbers:
    """A discrete policy: an action for each state."""

    def __init__(self, *actions: int) -> None:
        self.actions = np.array(actions)

    def act(self, observations, reset):
        return self.actions[observations.argmax(1)]


def tabular_value(policy: Numbers) -> float:
    """Bellman's equation, solved; the mean over states, all of which episodes of `tabular` begin in alike."""
    rows = np.arange(STATES), policy.actions
    follows = np.zeros((STATES, STATES))
    follows[np.arange(STATES), NEXT[rows]] = ~ENDS[rows]
    return float(np.linalg.solve(np.eye(STATES) - DISCOUNT * follows, REWARD[rows]).mean())


@pytest.mark.parametrize("actions", [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)])
def test_discrete_policies_have_their_known_value(actions: tuple[int, ...]) -> None:
    """Values from 0.40 to 1.36; the policy that ends the episode, at a cost of 1, is worth −0.62 and nothing after."""
    policy = Numbers(*actions)
    (found,) = fitted_q_evaluation(tabular(), policy, budget=BUDGET, config=CONFIG)
    assert found == pytest.approx(tabular_value(policy), abs=0.1)


def test_the_known_values_by_hand() -> None:
    """Always action 0: state 0 pays 0.1 for ever; 1 pays 0.3 before; 2 pays nothing before that."""
    stay = 0.1 / (1 - DISCOUNT)
    assert tabular_value(Numbers(0, 0, 0)) == pytest.approx(np.mean([stay, 0.3 + 0.9 * stay, 0.9 * (0.3 + 0.9 * stay)]))
    assert tabular_value(Numbers(1, 1, 1)) == pytest.approx(np.mean([0.9 * (0.2 - 0.9), 0.2 - 0.9, -1]))


class Constant:
    """A continuous policy: one action everywhere."""

    def __init__(self, action: float) -> None:
        self.action = action

    def act(self, observations, reset):
        return np.full((len(observations), 1), self.action, np.float32)


def circle() -> Dataset:
    """States follow each other in a circle; an action in −2 … 2 costs its square."""
    stream = np.random.default_rng(0)
    states = np.arange(600) % STATES
    actions = stream.uniform(-2, 2, (600, 1)).astype(np.float32)
    return dataset(states, actions, states - actions[:, 0] ** 2, np.zeros(600, bool), (states + 1) % STATES)


@pytest.mark.parametrize("action", [0.0, 1.0])
def test_continuous_policies_have_their_known_value(action: float) -> None:
    """The mean state is 1 at every step, so V = (1 − a²) / (1 − γ): 10 and 0."""
    (found,) = fitted_q_evaluation(circle(), Constant(action), budget=BUDGET, config=CONFIG)
    assert found == pytest.approx((1 - action**2) * 10, abs=0.8)


@pytest.mark.parametrize("kind", ["discrete", "continuous"])
def test_a_seed_alone_is_the_seed_beside_others(kind: str) -> None:
    data, policy = (tabular(), Numbers(0, 1, 0)) if kind == "discrete" else (circle(), Constant(0.5))
    budget = Budget(60, 32)
    both = fitted_q_evaluation(data, policy, [3, 5], budget, CONFIG)
    assert both[1] == fitted_q_evaluation(data, policy, [5], budget, CONFIG)[0]
    assert both[0] != both[1]
    assert fitted_q_evaluation(data, policy, [3, 5], budget, CONFIG, stacked=True) == pytest.approx(both, rel=1e-4)


def test_no_estimate_leaves_what_rewards_can_add_up_to() -> None:
    """Rewards of 1 for ever are worth 10; without the clip, early targets of a wide network overshoot."""
    states = np.arange(60) % STATES
    ones = dataset(states, np.zeros(60, np.int64), np.ones(60), np.zeros(60, bool), states)
    (found,) = fitted_q_evaluation(ones, Numbers(0, 0, 0), budget=BUDGET, config=CONFIG)
    assert found == pytest.approx(10, abs=0.3)


def test_the_unit_of_the_reward_does_not_matter() -> None:
    data, policy, budget = circle(), Constant(0.5), Budget(200, 32)
    scaled = data.holding(data.columns | {"rewards": 1024 * data.columns["rewards"]})
    (found,), (expected,) = (fitted_q_evaluation(one, policy, (0,), budget, CONFIG) for one in (scaled, data))
    assert found == pytest.approx(1024 * expected, rel=1e-6)


def test_what_cannot_be_valued_is_one_sentence() -> None:
    budget = Budget(5, 8)
    with pytest.raises(PolicyError, match=r"of shape \[lanes, 1\]"):
        fitted_q_evaluation(circle(), Numbers(0, 0, 0), (0,), budget, CONFIG)
    with pytest.raises(PolicyError, match="must be finite"):
        fitted_q_evaluation(circle(), Constant(np.nan), (0,), budget, CONFIG)
    silent = circle().holding(circle().columns | {"rewards": np.zeros(600, np.float32)})
    with pytest.raises(DatasetError, match="All rewards"):
        fitted_q_evaluation(silent, Constant(0), (0,), budget, CONFIG)
    with pytest.raises(UsageError, match="less than 1"):
        FQEConfig(discount=1.0)
    wild = FQEConfig(hidden=(8,), learning_rate=float("inf"))
    with pytest.raises(AlgorithmError, match="diverged"):
        fitted_q_evaluation(circle(), Constant(0), (0,), budget, wild)
