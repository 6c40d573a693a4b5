"""The mazes: distances and pairs of cells, what resets draw, and which rewards pay for reaching the goal."""

from collections.abc import Callable

import numpy as np
import pytest

from gnomon.benchmarks.contracts import Episode
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.simulators.maze_map import MazeMap
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.tasks.maze import FAR, NEAR, STITCHED, far_pairs, layout_of, maze_map, near_pairs, walls
from gnomon.datasets.policies import POLICIES
from gnomon.files import hash_of

RADIUS = 0.45  # m, of the goal


def test_distances_and_centres_of_the_u_shaped_maze() -> None:
    """Its seven cells are one corridor: along the first row, down, and back along the third."""
    known = MazeMap(walls("umaze"), size=4)
    along = [known.index[cell] for cell in ((1, 1), (1, 2), (1, 3), (2, 3), (3, 3), (3, 2), (3, 1))]
    assert known.distances[along[0], along].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert known.next_cell[along[-1], along].tolist() == [*along[1:], along[-1]]
    assert known.centres[along[0]].tolist() == [-4, 4]
    assert known.centres[along[3]].tolist() == [4, 0]
    assert known.pairs(6) == [((1, 1), (3, 1)), ((3, 1), (1, 1))]
    assert len(known.pairs(1, 1)) == 12


@pytest.mark.parametrize("name", ["umaze", "medium", "large"])
@pytest.mark.parametrize("size", [1, 4])
def test_centres_are_gymnasium_robotics(name: str, size: int) -> None:
    from gymnasium_robotics.envs.maze.maze_v4 import Maze

    theirs = Maze([[int(wall) for wall in row] for row in walls(name)], size, 0.5)
    known = MazeMap(walls(name), size)
    assert [theirs.cell_rowcol_to_xy(cell).tolist() for cell in known.cells] == known.centres.tolist()


def test_cells_that_are_cut_off_have_no_path() -> None:
    known = MazeMap([[cell == "#" for cell in row] for row in ("#####", "#.#.#", "#####")])
    assert known.distances.tolist() == [[0, -1], [-1, 0]]
    assert known.pairs(1) == []


def test_the_pairs_to_be_judged_on_are_fixed_and_far() -> None:
    """The hashes were taken when the tasks were made: other pairs are other tasks."""
    hashes = {
        "medium": "132b316c5a2812bd13858bc17ec19fac4f75813cfc1e18fe4f92b101aec590b9",
        "large": "9d06e9af1ca39ae56c91fb7807d9801dfaf368f9dffcd3271a0904500079d2d1",
    }
    assert {name: hash_of(far_pairs(name)) for name in STITCHED} == hashes
    for name in STITCHED:
        known, pairs = maze_map(name), far_pairs(name)
        assert len(set(pairs)) == len(pairs) >= 50
        assert min(known.distances[known.index[start], known.index[goal]] for start, goal in pairs) == FAR
        near = [known.distances[known.index[start], known.index[goal]] for start, goal in near_pairs(name)]
        assert (min(near), max(near)) == (1, NEAR)


PARTS = ("position", "goal")


@pytest.mark.parametrize("id", [f"maze/{name}-{kind}-v1" for name in STITCHED for kind in ("near", "stitch")])
def test_a_reset_draws_one_of_the_pairs_by_its_seed(id: str) -> None:
    pairs = (near_pairs if "-near-" in id else far_pairs)(layout_of(TASKS[id]))
    environment, task = TASKS[id].make(), TASKS[id]
    known = maze_map(layout_of(task))

    def drawn(seed: int | None) -> tuple[tuple[int, ...], ...]:
        observation, _ = environment.reset(seed=seed)
        cells = [known.cells[known.cell_of(observation[None, task.observation[part]])[0]] for part in PARTS]
        return tuple(tuple(cell.tolist()) for cell in cells)

    found = [drawn(seed) for seed in range(300)]
    assert set(found) <= set(pairs)
    assert len(set(found)) > 0.9 * 64 * (1 if len(pairs) == 64 else 2)
    assert [drawn(seed) for seed in range(20)] == found[:20]
    assert len({drawn(None) for _ in range(20)}) > 5


@pytest.mark.parametrize("id", ["maze/open-v1", "maze/umaze-dense-v1", "maze/medium-near-v1", "maze/large-v1"])
def test_no_episode_begins_at_its_goal(id: str) -> None:
    environment = TASKS[id].make()
    starts = np.stack([environment.reset(seed=seed)[0] for seed in range(300)])
    assert np.hypot(*(starts[:, 0:2] - starts[:, 4:6]).T).min() > RADIUS


def distances(episode: Episode) -> np.ndarray:
    """[T] to the goal, m, after each step."""
    return np.hypot(*(episode.observations[1:, 0:2].astype(np.float64) - episode.observations[1:, 4:6]).T)


@pytest.fixture(scope="module")
def played() -> dict[str, list[Episode]]:
    task = TASKS["maze/umaze-dense-v1"]
    return {name: rollout(task, POLICIES[name](task), range(20)) for name in ("maze/planner", "uniform")}


def test_the_dense_reward_is_minus_the_distance(played: dict[str, list[Episode]]) -> None:
    for episode in (*played["maze/planner"], *played["uniform"]):
        assert episode.rewards == pytest.approx(-distances(episode), abs=1e-5)
        assert episode.terminated == episode.success[-1] == (distances(episode)[-1] <= RADIUS)


def test_the_packages_dense_reward_would_pay_the_random_policy_more_than_the_planner(
    played: dict[str, list[Episode]],
) -> None:
    def mean(policy: str, reward: Callable[[np.ndarray], np.ndarray]) -> float:
        return float(np.mean([reward(distances(episode)).sum() for episode in played[policy]]))

    exponential = {policy: mean(policy, lambda distance: np.exp(-distance)) for policy in played}
    ours = {policy: mean(policy, np.negative) for policy in played}
    assert exponential == pytest.approx({"maze/planner": 15, "uniform": 49}, rel=0.2)
    assert ours == pytest.approx({"maze/planner": -88, "uniform": -516}, rel=0.2)
