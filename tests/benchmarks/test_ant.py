"""The ant that is told a direction: what it observes turns with it, and it is paid for going where it was told."""

import mujoco
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.simulators.ant_direction import AntDirection
from gnomon.benchmarks.simulators.ant_frame import SIZE, in_torso_frame, torso_axes, unit

HEIGHT, UP, JOINTS, VELOCITY = slice(0, 1), slice(1, 4), slice(4, 12), slice(12, 15)
TURNING, RATES, DIRECTION = slice(15, 18), slice(18, 26), slice(26, 29)
HALF = 0.5**0.5


def body(quaternion: tuple[float, ...], velocity: tuple[float, ...] = (0, 0, 0)) -> np.ndarray:
    """[1, 27] as Gymnasium's ant observes itself."""
    return np.array([[0.7, *quaternion, *range(8), *velocity, 0.1, 0.2, 0.3, *range(10, 18)]])


def test_columns_of_an_upright_ant_are_its_own() -> None:
    seen = in_torso_frame(body((1, 0, 0, 0), (1, 2, 3)), np.array([[0.6, 0.8]]))[0]
    assert seen.shape == (SIZE,)
    assert seen[HEIGHT].tolist() == [0.7]
    assert seen[UP].tolist() == [0, 0, 1]
    assert seen[JOINTS].tolist() == list(range(8))
    assert seen[VELOCITY].tolist() == [1, 2, 3]
    assert seen[TURNING].tolist() == [0.1, 0.2, 0.3]
    assert seen[RATES].tolist() == list(range(10, 18))
    assert seen[DIRECTION].tolist() == [0.6, 0.8, 0]


def test_of_an_ant_that_turned_left_north_is_ahead() -> None:
    seen = in_torso_frame(body((HALF, 0, 0, HALF), (0, 2, 0)), np.array([[0, 1]]))[0]
    assert seen[DIRECTION] == pytest.approx([1, 0, 0])
    assert seen[VELOCITY] == pytest.approx([2, 0, 0])
    assert seen[UP] == pytest.approx([0, 0, 1])


def test_of_an_ant_on_its_back_up_is_below() -> None:
    assert in_torso_frame(body((0, 1, 0, 0)), np.array([[1, 0]]))[0, UP] == pytest.approx([0, 0, -1])


QUATERNIONS = st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: sum(part * part for part in q) > 0.01)


@given(QUATERNIONS)
def test_axes_are_mujocos(quaternion: tuple[float, ...]) -> None:
    turned, theirs = np.array(quaternion) / np.linalg.norm(quaternion), np.zeros(9)
    mujoco.mju_quat2Mat(theirs, turned)  # pyright: ignore[reportAttributeAccessIssue]
    assert torso_axes(turned[None])[0] == pytest.approx(theirs.reshape(3, 3), abs=1e-12)


@given(QUATERNIONS, st.floats(-np.pi, np.pi), st.floats(-np.pi, np.pi))
def test_turning_the_world_changes_nothing(quaternion: tuple[float, ...], angle: float, heading: float) -> None:
    """Turn ant, velocity and direction about the vertical by the same angle."""
    turned = np.array(quaternion) / np.linalg.norm(quaternion)
    about_vertical, product = np.array([np.cos(angle / 2), 0, 0, np.sin(angle / 2)]), np.zeros(4)
    mujoco.mju_mulQuat(product, about_vertical, turned)  # pyright: ignore[reportAttributeAccessIssue]
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    velocity, direction = np.array([1.0, 2.0]), np.array([np.cos(heading), np.sin(heading)])
    before = in_torso_frame(body(tuple(turned), (*velocity, 3)), direction[None])
    after = in_torso_frame(body(tuple(product), (*(rotation @ velocity), 3)), (rotation @ direction)[None])
    assert after == pytest.approx(before, abs=1e-9)


def test_a_row_is_the_same_bits_alone_and_among_others() -> None:
    stream = np.random.default_rng(0)
    bodies, directions = stream.normal(size=(10, 27)), unit(stream.normal(size=(10, 2)))
    together = in_torso_frame(bodies, directions)
    assert all(np.array_equal(together[[k]], in_torso_frame(bodies[[k]], directions[[k]])) for k in range(10))


def test_a_unit_vector_has_length_one_and_none_stays_none() -> None:
    assert unit(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [[0.6, 0.8], [0, 0]]


def test_it_is_paid_the_speed_along_the_direction() -> None:
    ant, stream = AntDirection(), np.random.default_rng(1)
    ant.reset(seed=1)
    for _ in range(50):
        position, direction = ant.data.qpos[:2].copy(), ant.direction
        reward = ant.step(stream.uniform(-1, 1, 8))[1]
        assert reward == pytest.approx((ant.data.qpos[:2] - position) @ direction / 0.05)


def test_the_direction_changes_one_step_in_a_hundred_and_is_observed_at_once() -> None:
    ant, changes = AntDirection(), 0
    ant.reset(seed=2)
    for _ in range(1000):
        before = ant.direction
        observation = ant.step(np.zeros(8))[0]
        axes = torso_axes(ant.data.qpos[None, 3:7])[0]
        assert axes @ observation[DIRECTION] == pytest.approx([*ant.direction, 0], abs=1e-6)
        changes += not np.array_equal(before, ant.direction)
    assert 3 < changes < 30


@pytest.mark.parametrize(
    ("height", "quaternion", "is_over"),
    [
        (0.75, (1, 0, 0, 0), False),
        (1.2, (1, 0, 0, 0), True),
        (0.75, (0, 1, 0, 0), True),
        (0.75, (HALF, 0, 0, HALF), False),
    ],
)
def test_it_ends_when_the_ant_jumps_or_lies_on_its_back(
    height: float, quaternion: tuple[float, ...], is_over: bool
) -> None:
    ant = AntDirection()
    ant.reset(seed=0)
    position = np.array([0, 0, height, *quaternion, *np.zeros(8)])
    ant.set_state(position, np.zeros(14))
    assert ant.step(np.zeros(8))[2:4] == (is_over, False)
