"""One seed of an online algorithm: it collects, learns, is scored, and can say how to go on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gnomon.baselines.engine import streams
from gnomon.baselines.engine.checkpoint import begin_with
from gnomon.baselines.engine.collector import Actions, Collector, Lane
from gnomon.baselines.engine.learner import Draw
from gnomon.baselines.engine.online import OnlineAlgorithm
from gnomon.baselines.engine.replay import Replay
from gnomon.baselines.engine.trainer import Trainer
from gnomon.benchmarks.contracts import ControlTask, Episode, Policy
from gnomon.benchmarks.fixed_point import FixedPointPolicy, save_fixed_point
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.errors import GnomonError, UsageError

SELECTION_EPISODES = 20  # that each checkpoint of an online algorithm is scored on


class OnlineTraining:
    """One seed of an online algorithm: it collects, learns, and can say how to go on."""

    def __init__(
        self,
        algorithm: OnlineAlgorithm[Any],
        task: ControlTask,
        seed: int,
        steps: int,
        file: Path,
        goes_on: bool = False,
        initial: Path | None = None,
    ) -> None:
        self.algorithm, self.config, self.task, self.seed, self.steps = algorithm, algorithm.config, task, seed, steps
        self.environment = task.make()
        if (algorithm.head == "argmax") != (self.environment.action_count > 0):
            kind = "discrete" if self.environment.action_count else "continuous"
            raise UsageError(f"{task.id} has {kind} actions, which {algorithm.name} is not for.")
        self.observations = int(np.prod(self.environment.observation_space.shape or ()))
        self.actions = self.environment.action_count or len(self.environment.action_box.low)
        self.replay = self._begun(file, steps + self.config.environments, goes_on)
        self.trainer = self._trainer()
        self.random_steps = 0 if initial else self.config.random_steps
        if initial:
            begin_with(self.trainer.state, initial)
        self._uniform_key = streams.keys_of([seed], "random actions")
        self._key = streams.keys_of([seed], "exploration")

    def _begun(self, file: Path, capacity: int, keep: bool) -> Replay:
        size = 0 if self.environment.action_count else self.actions
        return Replay(file, capacity, self.observations, size, keep, self.config.reward_scale)

    def _trainer(self) -> Trainer:
        learner = self.algorithm.learner(self.observations, self.actions, self.config.batch_size)
        passes = int(self.steps * self.config.passes_per_step)
        return Trainer(learner, self.replay, [self.seed], [self.config], self.config.batch_size, passes)

    def begin(self, extra: dict[str, Any]) -> None:
        """Start, or go on with what `extra` returned."""
        count = self.config.environments
        self.replay.size = self.replay.kept + max(0, extra.get("at", 0))
        lanes = [Lane(**lane) for lane in extra.get("lanes", ())] or [Lane(number) for number in range(count)]
        key = f"{self.task.id} {self.algorithm.name} {self.seed}"
        self.collector = Collector(
            self.task, key, self.replay, lanes, extra.get("begun", count), extra.get("returns", [])
        )

    def extra(self) -> dict[str, Any]:
        """JSON values to go on from."""
        collector = self.collector
        lanes = [asdict(lane) for lane in collector.lanes]
        return {"at": self.replay.collected, "lanes": lanes, "begun": collector.begun, "returns": collector.returns}

    def advance(self, steps: int) -> None:
        """Take so many environment steps, or a few more, and make the passes that are due."""
        end = self.replay.collected + steps
        while self.replay.collected < end:
            self.collector.step(self._chosen())
            self.learn()

    def learn(self) -> None:
        """Make the passes that are due."""
        self.trainer.advance(max(0, self.due() - self.trainer.state.passes))

    def due(self) -> int:
        """Passes that belong to the steps that were taken."""
        return int((self.replay.collected - self.config.random_steps) * self.config.passes_per_step)

    @torch.no_grad()
    def _chosen(self) -> Actions:
        lanes, at = self.config.environments, torch.tensor([self.replay.collected])
        if self.replay.collected < self.random_steps:
            return self._random(streams.drawn(Draw("uniform", (lanes, self.actions)), self._uniform_key, at)[0, 0])
        outputs = self.trainer.network("actor", 0)(torch.from_numpy(self.collector.observations))
        drawn = streams.drawn(self.algorithm.exploration(lanes, self.actions), self._key, at)[0, 0]
        return self.algorithm.explore(outputs, drawn, self.replay.collected / self.steps).numpy()

    def _random(self, uniform: torch.Tensor) -> Actions:
        if self.environment.action_count:
            return (uniform[:, 0] * self.actions).long().clamp(max=self.actions - 1).numpy()
        return (2 * uniform - 1).numpy()

    def policy(self) -> FixedPointPolicy:
        """The policy as it is now; sampled where it is a distribution."""
        return self.algorithm.policy(self.trainer.network("actor", 0), self.environment)

    def score(self, folder: Path) -> dict[str, float]:
        """Write the policy, and score it: mean return of the selection episodes and of those of the training.

        Where its parameters do not fit the fixed-point form, there is no policy and no return of it.
        """
        folder.mkdir(exist_ok=True)
        scored = self.metrics()
        if collected := self.collector.drain():
            scored["collected return"] = float(np.mean(collected))
        try:
            policy = self.policy()
        except GnomonError:
            return scored
        save_fixed_point(policy, folder / f"{self.replay.collected:09d}.safetensors")
        return self.judged(policy) | scored

    def metrics(self) -> dict[str, float]:
        """Of the last pass."""
        point = self.trainer.latest() if self.trainer.state.passes else {}
        return {name: values[0] for name, values in point.items()}

    def judged(self, policy: FixedPointPolicy) -> dict[str, float]:
        """Mean return of a policy on the selection episodes, in the mode of collection, and its standard error."""
        return return_of(selection_returns(self.task, policy))

    def rounding(self) -> dict[str, float]:
        """Mean returns of the last policy, rounded to the fixed-point form and not, on the selection episodes."""
        layers = [(w.double().numpy(), b.double().numpy()) for w, b in self.trainer.network("actor", 0).layers]
        try:
            rounded = self.policy()
        except GnomonError:
            return {}
        exact = _Unrounded(replace(rounded, stochastic=rounded.head == "normal"), layers)
        return {
            "rounded": float(selection_returns(self.task, rounded).mean()),
            "not rounded": float(selection_returns(self.task, exact).mean()),
            "episodes": SELECTION_EPISODES,
        }


@dataclass(frozen=True)
class _Unrounded:
    """A policy whose outputs are those of the network before it was rounded; its noise is the same."""

    policy: FixedPointPolicy
    layers: Sequence[tuple[np.ndarray, np.ndarray]]

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.policy.start_episodes(lanes, seeds)

    def act(self, observations: np.ndarray, reset: np.ndarray) -> np.ndarray:
        hidden = observations.astype(np.float64)
        for weight, bias in self.layers[:-1]:
            hidden = np.maximum(hidden @ weight + bias, 0)
        return self.policy.actions_of(hidden @ self.layers[-1][0] + self.layers[-1][1])


def selection_returns(task: ControlTask, policy: Policy, episodes: int = SELECTION_EPISODES) -> np.ndarray:
    """[episodes] returns in the mode of collection, on the episodes that checkpoints are compared by."""
    if isinstance(policy, FixedPointPolicy):
        policy = replace(policy, stochastic=policy.head == "normal")
    return np.array([episode.total_reward for episode in selection_episodes(task, policy, episodes)])


def return_of(returns: np.ndarray) -> dict[str, float]:
    """The mean of returns [episodes], and its standard error."""
    return {"return": float(returns.mean()), "standard error": float(returns.std(ddof=1) / len(returns) ** 0.5)}


def selection_episodes(task: ControlTask, policy: Policy, episodes: int = SELECTION_EPISODES) -> list[Episode]:
    """The episodes that checkpoints are compared by."""
    return rollout(task, policy, [seed_of("validate", task.id, index) for index in range(episodes)])
