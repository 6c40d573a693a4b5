"""The small discrete tasks: they are the packages' own, show the whole state, and keep nothing between episodes."""

import gymnasium
import numpy as np
import pytest

from gnomon.benchmarks.environment import TaskEnvironment
from gnomon.benchmarks.simulators.minatar import MinAtar
from gnomon.benchmarks.simulators.minigrid import FullView
from gnomon.benchmarks.tasks import TASKS

GAMES = {"breakout": "breakout", "space-invaders": "space_invaders"}
ROOMS = {"lavagap": "MiniGrid-LavaGapS7-v0", "dynamic-obstacles": "MiniGrid-Dynamic-Obstacles-8x8-v0"}


def simulator(environment: TaskEnvironment) -> MinAtar:
    assert isinstance(environment.simulator, MinAtar)
    return environment.simulator


@pytest.mark.parametrize(("name", "game"), GAMES.items())
def test_a_game_is_minatars(name: str, game: str) -> None:
    """The package's own environment with the same random numbers: the same planes, rewards and ends."""
    from minatar import Environment

    environment, theirs = TASKS[f"discrete/{name}-v1"].make(), Environment(game)
    planes = {plane: theirs.env.channels[plane] for plane in TASKS[f"discrete/{name}-v1"].observation}
    assert list(planes.values()) == list(range(theirs.n_channels))
    stream = np.random.default_rng(0)
    for seed in range(3):
        observation, _ = environment.reset(seed=seed)
        theirs.random = theirs.env.random = np.random.RandomState(np.random.MT19937(seed))
        theirs.last_action = 0
        theirs.reset()
        is_over = False
        while not is_over:
            for plane, part in TASKS[f"discrete/{name}-v1"].observation.items():
                assert np.array_equal(observation[part].reshape(10, 10), theirs.state()[:, :, planes[plane]])
            action = int(stream.integers(environment.action_count))
            reward, is_over = theirs.act(theirs.minimal_action_set()[action])
            observation, *mine, _, _ = environment.step(action)
            assert mine == [reward, is_over]


def test_the_last_action_of_an_episode_does_not_stick_to_the_next() -> None:
    environment = TASKS["discrete/breakout-v1"].make()
    simulator(environment).game.sticky_action_prob = 1.0
    simulator(environment).game.last_action = 3  # right
    before, _ = environment.reset(seed=0)
    after = environment.step(2)[0]
    paddle = TASKS["discrete/breakout-v1"].observation["paddle"]
    assert np.array_equal(after[paddle], before[paddle])


def test_all_63_bits_of_a_seed_count() -> None:
    environment = TASKS["discrete/breakout-v1"].make()
    starts = {environment.reset(seed=2**62 + number * 2**32)[0].tobytes() for number in range(20)}
    assert len(starts) == 2, "the ball comes from the left or from the right"


def careful(room: FullView, stream: np.random.Generator) -> int:
    """Goes forward where nothing is in the way, mostly; turns now and then. It reaches the goal at times."""
    ahead = room.grid.get(*room.front_pos)
    is_clear = ahead is None or ahead.type == "goal" or stream.random() < 0.02
    return 2 if is_clear and stream.random() < 0.8 else int(stream.integers(2))


@pytest.mark.parametrize(("name", "id"), ROOMS.items())
def test_a_room_is_minigrids_seen_as_a_whole(name: str, id: str) -> None:
    """The package's environment with the same actions, seen through its own wrapper for the whole room."""
    import minigrid  # noqa: F401 - registers the ids
    from minigrid.core.constants import OBJECT_TO_IDX
    from minigrid.wrappers import FullyObsWrapper

    environment = TASKS[f"discrete/{name}-v1"].make()
    room = environment.simulator
    assert isinstance(room, FullView)
    theirs = FullyObsWrapper(gymnasium.make(id).unwrapped)  # pyright: ignore[reportArgumentType]
    assert TASKS[f"discrete/{name}-v1"].horizon == room.max_steps == theirs.unwrapped.max_steps  # pyright: ignore[reportAttributeAccessIssue]
    stream, ends = np.random.default_rng(0), []
    for seed in range(20):
        mine, seen = environment.reset(seed=seed)[0], theirs.reset(seed=seed)[0]
        is_over, reward, terminated = False, 0.0, False
        while not is_over:
            kinds = seen["image"][1:-1, 1:-1, 0].T
            cells = mine[:-4].reshape(2, *kinds.shape)
            assert np.array_equal(cells[0], kinds == OBJECT_TO_IDX["agent"])
            assert np.array_equal(cells[1] * (1 - cells[0]), kinds == OBJECT_TO_IDX[room.hazard])
            assert mine[-4:].argmax() == seen["direction"]
            assert mine[-4:].sum() == cells[0].sum() == 1
            action = careful(room, stream)
            mine, reward, terminated, truncated, info = environment.step(action)
            seen, their_reward, their_terminated, their_truncated, _ = theirs.step(action)
            assert (reward, terminated) == (float(np.float32(float(their_reward))), their_terminated)
            assert truncated == (their_truncated and not their_terminated)
            assert info["success"] == (reward > 0)
            is_over = terminated or truncated
        ends.append((float(np.sign(reward)), terminated))
    assert (1.0, True) in ends
    assert len(set(ends)) >= 2, "the goal is not the only end"


@pytest.mark.parametrize(("name", "id"), [("cartpole", "CartPole-v1"), ("mountaincar", "MountainCar-v0")])
def test_horizons_are_gymnasiums(name: str, id: str) -> None:
    assert TASKS[f"discrete/{name}-v1"].horizon == gymnasium.spec(id).max_episode_steps


def test_the_car_is_gymnasiums_on_another_scale() -> None:
    environment, theirs = TASKS["discrete/mountaincar-v1"].make(), gymnasium.make("MountainCar-v0")
    pairs = [(environment.reset(seed=5)[0], theirs.reset(seed=5)[0])]
    pairs += [(environment.step(action)[0], theirs.step(action)[0]) for action in [2] * 40 + [0] * 40]
    for mine, seen in pairs:
        assert mine == pytest.approx([(seen[0] + 0.3) / 0.9, seen[1] / 0.07], abs=1e-6)
