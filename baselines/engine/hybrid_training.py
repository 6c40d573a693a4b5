"""One seed of a hybrid algorithm: passes on a dataset, then steps in a task; scored, and summed up as it goes on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gnomon.baselines.engine.collector import Lane
from gnomon.baselines.engine.data import Packed, pack
from gnomon.baselines.engine.hybrid import HybridAlgorithm
from gnomon.baselines.engine.mixture import Mixture
from gnomon.baselines.engine.online_training import OnlineTraining, return_of, selection_episodes
from gnomon.baselines.engine.trainer import Trainer
from gnomon.benchmarks.contracts import ControlTask, ScoreScale
from gnomon.benchmarks.fixed_point import FixedPointPolicy
from gnomon.benchmarks.policy_file import NetworkPolicy
from gnomon.datasets.dataset import Dataset
from gnomon.errors import AlgorithmError, UsageError

EARLY = 0.1  # share of the steps in which the score may dip


class HybridTraining(OnlineTraining):
    """One seed of a hybrid algorithm: an online training whose first passes are on a dataset.

    Attributes:
        data: the dataset.
        offline: makes the passes of the offline phase; it shares its state with `trainer`.
        record: what the curve sums up: episodes, their summed regret, the score after the offline phase, and the lowest
            of the first steps.
    """

    def __init__(
        self,
        algorithm: HybridAlgorithm[Any],
        task: ControlTask,
        dataset: Dataset,
        seed: int,
        steps: int,
        file: Path,
        goes_on: bool = False,
    ) -> None:
        self.hybrid, self.data = algorithm, packed(algorithm, dataset)
        self.scale = _scale_of(task)
        super().__init__(algorithm, task, seed, steps, file, goes_on)

    def _begun(self, file: Path, capacity: int, keep: bool) -> Mixture:
        sizes = self.data.width("observations"), self.data.action_size
        if sizes != (self.observations, self.actions):
            raise UsageError(f"{self.task.id} has other observations or actions than the data; name its own --task.")
        self.mixture = Mixture(file, capacity, self.data, self.config, keep)
        return self.mixture

    def _trainer(self) -> Trainer:
        config, sizes = self.config, (self.observations, self.actions, self.config.batch_size)
        total = config.offline_passes + int(self.steps * config.passes_per_step)
        shared = [self.seed], [config], config.batch_size, total
        self.offline = Trainer(self.hybrid.offline_learner(*sizes), self.data, *shared)
        return Trainer(self.hybrid.learner(*sizes), self.replay, *shared, state=self.offline.state)

    def begin(self, extra: dict[str, Any]) -> None:
        super().begin(extra)
        self.record = extra.get("record", {"episodes": 0, "regret": 0.0, "offline": None, "lowest": None})
        self.collector.on_end = self._ended
        for number in range(len(self.collector.lanes)):
            self.mixture.unsettle(self.collector.rows_of(number))

    def extra(self) -> dict[str, Any]:
        return super().extra() | {"at": self.at, "record": self.record}

    @property
    def at(self) -> int:
        """Steps in the task; below 0 the passes of the offline phase that are still to come."""
        return self.replay.collected or min(0, self.trainer.state.passes - self.config.offline_passes)

    def round(self, report: int) -> int:
        """Go on to the next report; returns the passes of the offline phase, or the steps, that it took."""
        before, passes = self.at, self.trainer.state.passes
        self._latest = self.trainer if passes >= self.config.offline_passes else self.offline
        if self._latest is self.offline:
            self.offline.advance(min(report - passes % report, self.config.offline_passes - passes))
        else:
            self.advance(min(report - before % report, self.steps - before))
        self._has_learned = self.trainer.state.passes > passes
        return self.at - before

    def learn(self) -> None:
        self.trainer.configure([self.hybrid.at(self.replay.collected / self.steps)])
        super().learn()

    def due(self) -> int:
        waiting = max(self.config.random_steps, self.config.warm_up)
        steps = max(0, self.replay.collected - waiting)
        return self.config.offline_passes + int(steps * self.config.passes_per_step)

    def metrics(self) -> dict[str, float]:
        latest = self._latest.latest() if self._has_learned else {}
        return {name: values[0] for name, values in latest.items()}

    def point(self, folder: Path) -> dict[str, float]:
        """A point of the curve; in the offline phase it has no score but its last one."""
        passes = {"updates": float(self.trainer.state.passes)}
        return passes | (self.score(folder) if self.at >= 0 else self.metrics())

    def judged(self, policy: FixedPointPolicy) -> dict[str, float]:
        """Mean return of a policy without noise on the selection episodes, and what the task's score says of it."""
        episodes = selection_episodes(self.task, policy)
        found = return_of(np.array([episode.total_reward for episode in episodes]))
        if self.scale is None:
            return found
        scores = [self._score(e.total_reward, bool(e.success.any()), e.cost) for e in episodes]
        return found | {"score": float(np.mean(scores))} | self._summed_up(float(np.mean(scores)))

    def _summed_up(self, score: float) -> dict[str, float]:
        record, found = self.record, {}
        if self.at == 0:
            record["offline"] = score
        elif self.at <= EARLY * self.steps:
            record["lowest"] = score if record["lowest"] is None else min(record["lowest"], score)
        if record["episodes"]:
            found["regret"] = record["regret"] / record["episodes"]
        if None not in (record["offline"], record["lowest"]):
            found["dip"] = record["offline"] - record["lowest"]
        return found

    def _ended(self, lane: Lane, rows: range) -> None:
        self.mixture.settle(rows)
        if self.scale is not None:
            self.record["episodes"] += 1
            self.record["regret"] += 1 - self._score(lane.total, lane.success, lane.cost) / 100

    def _score(self, total: float, success: bool, cost: float) -> float:
        """Of one episode."""
        assert self.scale
        if self.task.has_limit and cost > 0:
            return float(self.scale.score(self.scale.random))
        return float(self.scale.score(float(success) if self.task.metric == "success" else total))

    def deterministic_policy(self) -> NetworkPolicy:
        """The policy as it is now, without noise; raises AlgorithmError where it is not finite."""
        if self.trainer.state.diverged(self.trainer.learner)[0]:
            raise AlgorithmError(f"{self.algorithm.name} diverged: the parameters of seed {self.seed} are not finite.")
        layers = [(weight.numpy(), bias.numpy()) for weight, bias in self.trainer.network("actor", 0).layers]
        return network_policy(layers, self.data)


def packed(algorithm: HybridAlgorithm[Any], dataset: Dataset) -> Packed:
    """The data of the offline phase, in the units of the task: what is collected is put beside it."""
    config = algorithm.config
    rewards = {"reward_scale": config.reward_scale, "reward_shift": config.reward_shift}
    discrete = algorithm.head == "argmax"
    return pack(dataset, algorithm.columns, False, discrete=discrete, discount=config.discount, **rewards)


def network_policy(layers: Sequence[tuple[np.ndarray, np.ndarray]], data: Packed) -> NetworkPolicy:
    """The deterministic policy of an actor's layers, of which the last may also say how far actions are spread."""
    weight, bias = layers[-1]
    deciding = [*layers[:-1], (weight[:, : data.action_size], bias[: data.action_size])]
    weights, biases = zip(*deciding, strict=True)
    return NetworkPolicy(data.mean, data.scale, weights, biases, data.low, data.high)


def _scale_of(task: ControlTask) -> ScoreScale | None:
    """The task's scale; none where it was not measured."""
    try:
        return task.scale
    except UsageError:
        return None
