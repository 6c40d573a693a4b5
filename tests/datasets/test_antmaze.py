"""Ant mazes: what their resets draw, where they end, and an ant that finds its way."""

import numpy as np
import pytest

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.simulators.ant_frame import in_torso_frame, unit
from gnomon.benchmarks.simulators.maze_map import MazeMap
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.antmaze import CELL, HORIZONS, PLAY
from gnomon.benchmarks.tasks.maze import layout_of, maze_map, walls
from gnomon.datasets.policies.antmaze import Navigator

MAZES = [f"antmaze/{name}{variant}-v1" for name in HORIZONS for variant in ("", "-play")]
RADIUS = 0.45  # m, of the goal


@pytest.mark.parametrize("name", HORIZONS)
def test_hand_picked_pairs_are_free_cells_a_way_apart(name: str) -> None:
    known, pairs = maze_map(name), PLAY[name]
    distances = [known.distances[known.index[start], known.index[goal]] for start, goal in pairs]
    assert len(set(pairs)) == len(pairs)
    assert min(distances) >= 4, "a cell in a wall has the number -1, which is the last cell"
    assert all(known.index[cell] >= 0 for pair in pairs for cell in pair)


@pytest.mark.parametrize("id", MAZES)
def test_resets(id: str) -> None:
    """By seed; goal and start in free cells, of the list where there is one, and never at the goal."""
    task, environment = TASKS[id], TASKS[id].make()
    known = MazeMap(walls(layout_of(task)), CELL)
    starts = np.stack([environment.reset(seed=seed)[0] for seed in range(60)])
    assert np.array_equal(starts[7], environment.reset(seed=7)[0])
    position, goal = starts[:, task.observation["position"]], starts[:, task.observation["goal"]]
    assert np.hypot(*(position - goal).T).min() > RADIUS
    cells = [known.cells[known.cell_of(place)] for place in (position, goal)]
    drawn = {(tuple(start.tolist()), tuple(end.tolist())) for start, end in zip(*cells, strict=True)}
    if "-play-" in id:
        assert drawn == set(PLAY[layout_of(task)])
    else:
        assert len(drawn) > 15
    centres = np.stack([known.centres[known.cell_of(place)] for place in (position, goal)])
    assert 0.9 < np.abs(np.stack([position, goal]) - centres).max() <= 1 + 1e-5


def test_it_ends_at_the_goal_and_a_fall_does_not_end_it() -> None:
    task = TASKS["antmaze/umaze-v1"]
    environment = task.make()
    start, _ = environment.reset(seed=3)
    ant = environment.simulator.unwrapped.ant_env  # pyright: ignore[reportAttributeAccessIssue]
    beside, on_its_back = ant.data.qpos.copy(), ant.data.qpos.copy()
    on_its_back[3:7] = [0, 1, 0, 0]
    ant.set_state(on_its_back, np.zeros(14))
    assert environment.step(np.zeros(8))[1:4] == (0, False, False)
    beside[:2] = start[task.observation["goal"]] + [0.4, 0]
    ant.set_state(beside, np.zeros(14))
    observation, reward, terminated, truncated, info = environment.step(np.zeros(8))
    assert (reward, terminated, truncated, info["success"]) == (1, True, False, True)
    assert np.hypot(*(observation[:2] - observation[29:31])) <= RADIUS


def test_the_body_is_observed_as_on_open_ground() -> None:
    """The skill reads columns 2 to 28 of the maze as it reads its own ant: 0.75 m up, upright, told the way-point."""
    task = TASKS["antmaze/umaze-v1"]
    start, _ = task.make().reset(seed=1)
    navigator = Navigator(task)
    seen: list[np.ndarray] = []
    inner = navigator.ant.act

    class Watched:
        def act(self, observations: np.ndarray, reset: np.ndarray) -> np.ndarray:
            seen.append(observations)
            return np.asarray(inner(observations, reset))

    navigator.ant = Watched()  # pyright: ignore[reportAttributeAccessIssue]
    navigator.act(start[None], np.array([True]))
    waypoint = navigator.map.waypoints(start[None, 0:2].astype(float), start[None, 29:31])
    expected = in_torso_frame(start[None, 2:29], unit(waypoint - start[None, 0:2]))
    assert seen[0] == pytest.approx(expected, abs=1e-6)
    assert seen[0][0, [0, 3]] == pytest.approx([0.75, 1])


@pytest.mark.slow  # 20 episodes of up to 700 steps of MuJoCo, a few seconds each policy
def test_noise_belongs_to_the_episode_and_the_ant_arrives() -> None:
    task = TASKS["antmaze/umaze-v1"]
    noisy = Navigator(task, noise=0.2)
    episodes = rollout(task, noisy, range(20))
    assert np.mean([episode.success.any() for episode in episodes]) > 0.7
    (alone,) = rollout(task, Navigator(task, noise=0.2), [4], lanes=10)
    assert np.array_equal(alone.actions, episodes[4].actions)
