"""The fusion surrogate: its map and reward by hand, its lag, and what it does not carry over."""

import numpy as np
import pytest

from gnomon.benchmarks.simulators.batch import Batch
from gnomon.benchmarks.simulators.fusion_surrogate import (
    HIGHEST,
    LOWEST,
    PLASMA,
    TARGETS,
    UNEXPLAINED,
    FusionSurrogate,
    steady_state,
)
from gnomon.benchmarks.simulators.transitions import Transitions


def test_the_linear_map_by_hand() -> None:
    """In the middle, 1 MW a beam: 0.741 - 0.614/2 + 0.909, 6.162 - 2.812/2 + 0.273, 1.349 - 0.617/2 - 0.081."""
    middle = (LOWEST + HIGHEST)[None] / 2
    assert steady_state(middle, np.ones((1, 3)))[0] == pytest.approx([1.343, 5.029, 0.9595])


def test_a_control_moves_what_it_should() -> None:
    """The plasma current over its range: -1.316, -5.351 and -0.042."""
    low, high = LOWEST[None].copy(), LOWEST[None].copy()
    high[0, 0] = HIGHEST[0]
    difference = steady_state(high, np.zeros((1, 3))) - steady_state(low, np.zeros((1, 3)))
    assert difference[0] == pytest.approx([-1.316, -5.351, -0.042])


@pytest.mark.parametrize(
    ("errors", "reward"), [((0.2, 0.5, 0.05), 0.0), ((0.2, 0, 0), 0.549306), ((0.6, 1.5, 0.15), -1.098612)]
)
def test_the_reward_by_hand(errors: tuple[float, ...], reward: float) -> None:
    """-ln 1, -ln √(1/3), -ln 3; against the target that was seen before the step."""
    before, after = np.zeros((1, 15)), np.zeros((1, 15))
    before[0, TARGETS], after[0, TARGETS] = 2.0, 99.0
    after[0, PLASMA] = 2.0 + np.array(errors)
    assert FusionSurrogate().rewards(Transitions.of(before, np.zeros(6), after)) == pytest.approx(reward, abs=1e-6)


def test_the_plasma_goes_63_percent_of_the_way_in_a_step() -> None:
    dynamics = FusionSurrogate(offset=0.0)
    state = {name: np.array([value]) for name, value in dynamics.start(np.random.default_rng(0)).items()}
    state["flicker"] = np.zeros((1, 100, 3))
    aim = steady_state(HIGHEST[None], state["heating"])
    path = [state["plasma"]]
    for _ in range(4):
        state = dynamics.advance(state, np.ones((1, 6)))
        path.append(state["plasma"])
    shares = [(path[k] - aim) / (path[0] - aim) for k in range(5)]
    assert np.array(shares)[:, 0, 0] == pytest.approx(np.exp(-np.arange(5.0)))


def test_the_hidden_offset_is_as_large_as_what_the_fit_left() -> None:
    batch = Batch(FusionSurrogate())
    batch.reset(range(2000))
    assert batch.state["offset"].std(0) == pytest.approx(UNEXPLAINED, rel=0.1)


def test_nothing_of_an_episode_is_left_in_the_next() -> None:
    """NeoRL-2's keeps controls, targets and heating, and its fresh simulators begin in one state."""
    batch = Batch(FusionSurrogate())
    batch.reset([0])
    batch.step(np.ones((1, 6)))
    assert np.array_equal(batch.reset([7]), Batch(FusionSurrogate()).reset([7]))
    starts = batch.reset(range(100))
    assert all(len(np.unique(column)) == 100 for column in starts.T)
