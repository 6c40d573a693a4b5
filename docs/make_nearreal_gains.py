"""Make datasets/policies/nearreal_linear.json: linear feedback for eight tasks by augmented random search.

python docs/make_nearreal_gains.py [TASK …]

The search is Mania, Guy and Recht's (arXiv 1803.07055, Algorithm 2, V2-t): perturb the weights of a linear policy in
random directions, play an episode each way, and step along the best directions, weighted by the difference of returns;
observations are normalised by their running mean and deviation. Seeds are those of the role `train`. Every tenth
iteration the unperturbed policy is judged; the expert is the best of these on fresh episodes, and `medium` the one
nearest to three quarters of it. About ten minutes a task on one core.
"""

import json
import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.environment import TaskEnvironment
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies.nearreal_linear import FILE, features
from gnomon.files import write_atomically


@dataclass(frozen=True)
class Search:
    """Numbers of a search: `directions` are tried and the `best` used; `bonus`, paid for each step, is taken off."""

    iterations: int
    directions: int
    best: int
    step: float
    noise: float
    bonus: float = 0.0


SEARCHES = {
    "nearreal/friction-hopper-v1": Search(600, 8, 4, 0.01, 0.025),
    "nearreal/friction-hopper-slippery-v1": Search(400, 8, 4, 0.01, 0.025),
    "nearreal/friction-hopper-constant-v1": Search(400, 8, 4, 0.01, 0.025),
    "nearreal/safe-cheetah-v1": Search(300, 8, 4, 0.015, 0.03),
    "nearreal/hopper-delayed-v1": Search(1000, 8, 4, 0.01, 0.025, bonus=1.0),
    "nearreal/hopper-masked-v1": Search(600, 8, 4, 0.01, 0.025, bonus=1.0),
    "nearreal/halfcheetah-delayed-v1": Search(300, 8, 4, 0.02, 0.03),
    "nearreal/halfcheetah-masked-v1": Search(300, 8, 4, 0.02, 0.03),
}
JUDGE_EVERY, JUDGED, FINAL = 10, 3, 20  # iterations, episodes, episodes
DECIMALS = 5


@dataclass
class Moments:
    """Running mean and deviation of the features (Welford)."""

    count: float = 0.0
    mean: Any = 0.0
    squares: Any = 0.0

    def add(self, rows: NDArray[np.float64]) -> None:
        count, mean = len(rows), rows.mean(0)
        difference, total = mean - self.mean, self.count + len(rows)
        self.squares = self.squares + rows.var(0) * count + difference**2 * self.count * count / total
        self.mean = self.mean + difference * count / total
        self.count = total

    @property
    def scale(self) -> NDArray[np.float64]:
        deviation = np.sqrt(self.squares / max(self.count, 1))
        return np.where(deviation < 1e-6, 1.0, deviation)


@dataclass
class Player:
    """Plays episodes of one task with linear policies."""

    environment: TaskEnvironment
    bonus: float
    moments: Moments = field(default_factory=Moments)

    def play(self, weights: NDArray, mean: Any, scale: Any, seed: int, bonus: float = 0.0) -> tuple[float, NDArray]:
        """The return of an episode less the bonus, and the features that it saw."""
        observation = previous = self.environment.reset(seed=seed)[0].astype(np.float64)
        seen, total, ended = [], 0.0, False
        while not ended:
            seen.append(features(observation, previous))
            action = np.tanh(weights @ ((seen[-1] - mean) / scale))
            previous = observation
            observation, reward, terminated, truncated, _ = self.environment.step(action)
            observation = observation.astype(np.float64)
            total, ended = total + reward - bonus, terminated or truncated
        return total, np.array(seen)


def search(id: str, numbers: Search) -> dict[str, dict[str, Any]]:
    """The gains of one task: level → weights, normalisation, return, iteration."""
    player, stream = Player(TASKS[id].make(), numbers.bonus), np.random.default_rng(seed_of("train", id, 0))
    size = 2 * player.environment.observation_space.shape[0]  # pyright: ignore[reportOptionalSubscript]
    weights = np.zeros((player.environment.action_box.shape[0], size))
    player.moments.add(player.play(weights + 0.01 * stream.standard_normal(weights.shape), 0.0, 1.0, 1)[1])
    kept: list[dict[str, Any]] = []
    for iteration in range(1, numbers.iterations + 1):
        weights = weights + _step(id, player, numbers, weights, stream, iteration)
        if iteration % JUDGE_EVERY == 0:
            policy = _policy(weights, player.moments, iteration)
            kept.append(policy | {"return": _judge(id, player, policy, JUDGED, iteration)})
            print(id, iteration, round(kept[-1]["return"], 1), flush=True)  # noqa: T201
    return _levels(id, player, kept)


def _step(id: str, player: Player, numbers: Search, weights: NDArray, stream: Any, iteration: int) -> NDArray:
    """The step of one iteration."""
    directions = stream.standard_normal((numbers.directions, *weights.shape))
    mean, scale, returns, seen = player.moments.mean, player.moments.scale, [], []
    for number, direction in enumerate(directions):
        seed = seed_of("train", id, iteration * 1000 + number)
        pair = [
            player.play(weights + sign * numbers.noise * direction, mean, scale, seed, numbers.bonus)
            for sign in (1, -1)
        ]
        returns.append([total for total, _ in pair])
        seen += [rows for _, rows in pair]
    player.moments.add(np.concatenate(seen))
    array = np.array(returns)
    best = np.argsort(-array.max(1))[: numbers.best]
    gain = np.einsum("d,dao->ao", array[best, 0] - array[best, 1], directions[best])
    return numbers.step / (numbers.best * max(array[best].std(), 1e-6)) * gain


def _policy(weights: NDArray, moments: Moments, iteration: int) -> dict[str, Any]:
    """The policy as it is stored, rounded."""
    shown = {"weights": weights, "mean": moments.mean, "scale": moments.scale}
    return {name: np.round(value, DECIMALS).tolist() for name, value in shown.items()} | {"iteration": iteration}


def _judge(id: str, player: Player, policy: dict[str, Any], episodes: int, key: int) -> float:
    """The mean return of a stored policy, bonus included."""
    arrays = (np.array(policy[name]) for name in ("weights", "mean", "scale"))
    weights, mean, scale = arrays
    seeds = [seed_of("train", f"{id} judge {key}", number) for number in range(episodes)]
    return float(np.mean([player.play(weights, mean, scale, seed)[0] for seed in seeds]))


def _levels(id: str, player: Player, kept: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The expert, and the policy on the way to it that is nearest to three quarters of its return."""
    finalists = sorted(kept, key=lambda policy: -policy["return"])[:5]
    returns = [_judge(id, player, policy, FINAL, -1) for policy in finalists]
    expert = finalists[int(np.argmax(returns))] | {"return": max(returns)}
    earlier = [policy for policy in kept if policy["iteration"] <= expert["iteration"]]
    close = sorted(earlier, key=lambda policy: abs(policy["return"] - 0.75 * expert["return"]))[:5]
    returns = [_judge(id, player, policy, FINAL, -1) for policy in close]
    nearest = int(np.argmin(np.abs(np.array(returns) - 0.75 * expert["return"])))
    return {"expert": expert, "medium": close[nearest] | {"return": returns[nearest]}}


def main() -> None:
    """Search for the gains of the named tasks, or of all, and put them into the file."""
    for id in sys.argv[1:] or SEARCHES:
        gains = search(id, SEARCHES[id])
        known = json.loads(FILE.read_text()) if FILE.exists() else {}
        write_atomically(FILE, json.dumps(known | {id: gains}, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
