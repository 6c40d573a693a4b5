"""The rocket: its flight against Gymnasium's lunar lander, its reward by hand, and its wind."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from gymnasium.envs.box2d import lunar_lander

from gnomon.benchmarks.simulators.rocket import Rocket, engine_powers, rewards, terminated
from gnomon.benchmarks.simulators.transitions import Transitions

NEUTRAL = {"uniform": lambda low=0.0, high=1.0, size=None: np.zeros(size) if size else 0.0, "integers": lambda *_: 0}


def flight(environment: Any, actions: np.ndarray) -> np.ndarray:
    return np.array([environment.step(action)[0] for action in actions])


def test_the_flight_is_that_of_the_lunar_lander(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every random number 0 and no wind, both fly alike until they come near the ground."""
    ours, theirs = Rocket(wind=0.0), lunar_lander.LunarLander(continuous=True)
    ours.np_random = theirs.np_random = SimpleNamespace(**NEUTRAL)  # pyright: ignore[reportAttributeAccessIssue]
    first = ours.reset()[0], theirs.reset()[0]
    assert first[0][:6] == pytest.approx(first[1][:6], abs=1e-6)
    actions = np.random.default_rng(1).uniform(-1, 1, (60, 2)).astype(np.float32)
    assert flight(ours, actions)[:, :6] == pytest.approx(flight(theirs, actions)[:, :6], abs=1e-5)


def test_it_starts_at_the_height_that_is_known() -> None:
    """(13.33 - 3.33 - 0.6) / 6.67 = 1.41 m of scaled height, give or take the push (± 0.004 in NeoRL-2)."""
    starts = np.array([Rocket().reset(seed=seed)[0] for seed in range(50)])
    assert starts[:, 1] == pytest.approx(1.41, abs=0.02)


@pytest.mark.parametrize(
    ("action", "powers"), [((-1, 0.5), (0, 0)), ((0.001, -0.51), (0.5005, 0.51)), ((1, 1), (1, 1)), ((0, -1), (0, 1))]
)
def test_the_throttles(action: tuple[float, float], powers: tuple[float, float]) -> None:
    assert engine_powers([action])[0] == pytest.approx(powers)


def test_the_reward_by_hand() -> None:
    """From (0.3, 0.4) at rest to (0, 0.3) at (0.3, 0.4), leaning 0.1: 50 - 30 - 50 - 10 = -40; fuel 0.3 + 0.024."""
    before, after = np.array([[0.3, 0.4, 0, 0, 0, 0, 0]]), np.array([[0, 0.3, 0.3, 0.4, 0.1, 0, 0]])
    assert rewards(Transitions.of(before, [1.0, -0.8], after)) == pytest.approx(-40.324)


@pytest.mark.parametrize(
    ("end", "reward"),
    [
        ((9, 0.05, 0.49, -1.9, 0.29), 100),
        ((0, 0, 0.5, 0, 0), -100),
        ((0, 0, 0, -2, 0), -100),
        ((0, 0, 0, 0, 0.3), -100),
    ],
)
def test_a_landing_is_worth_100_or_costs_100(end: tuple[float, ...], reward: float) -> None:
    moved = Transitions.of(np.zeros(7), np.zeros(2), [*end, 0, 0])
    assert rewards(moved).tolist() == [reward]
    assert terminated(moved).all()


def test_the_wind_is_the_formula_from_a_phase_of_its_own_every_episode() -> None:
    """In NeoRL-2 the phase is drawn once for each environment and runs on through its episodes."""
    rocket = Rocket(wind=12.0)
    phases = []
    for seed in (1, 2, 3):
        rocket.reset(seed=seed)
        phases.append(rocket.phase)
        observation = rocket.step(np.zeros(2))[0]
        expected = 12 * np.tanh(np.sin(0.02 * phases[-1]) + np.sin(0.01 * np.pi * phases[-1]))
        assert observation[6] == pytest.approx(expected, abs=1e-5)
    assert len(set(phases)) == 3
    rocket.reset(seed=1)
    assert rocket.phase == phases[0]


def test_a_soft_landing_is_a_success() -> None:
    assert {fall(seed) for seed in range(12)} == {(100.0, True), (-100.0, False)}


def fall(seed: int) -> tuple[float, bool]:
    """The last reward and the success of a fall without engines."""
    rocket = Rocket()
    rocket.reset(seed=seed)
    while True:
        _, reward, ended, _, info = rocket.step(np.array([-1.0, 0.0]))
        if ended:
            return reward, info["success"]
