"""What the hybrid algorithms have in common: passes on a dataset first, then steps in its task with passes on both.

    offline phase   `offline_passes` passes on the dataset alone
    warm-up         `warm_up` steps with the policy, or `random_steps` with random actions, without a pass
    online phase    `passes_per_step` passes a step, on batches with a share `offline_share` of the dataset

The parameters, the moments of Adam and the number of passes go on from one phase to the next.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from gnomon.baselines.algorithm import Budget, OnCheckpoint, Takes
from gnomon.baselines.engine.learner import Learner
from gnomon.baselines.engine.online import OnlineAlgorithm, OnlineConfig
from gnomon.datasets.dataset import Dataset

if TYPE_CHECKING:
    from gnomon.baselines.engine.hybrid_training import HybridTraining
    from gnomon.benchmarks.contracts import Policy

POINTS = 20  # of the curve in each phase; in the online one, the policy is scored at each


@dataclass(frozen=True)
class HybridConfig(OnlineConfig):
    """Hyper-parameters that hybrid algorithms share; `batch_size` is that of both phases."""

    environments: int = 1
    random_steps: int = 0
    warm_up: int = 0
    offline_passes: int = 0
    offline_share: float = 0.5  # of a batch of the online phase; with 0, the dataset is dropped
    reward_shift: float = 0.0  # as `reward_scale`, of the data and of the task alike


Config = TypeVar("Config", bound=HybridConfig)


class HybridAlgorithm(OnlineAlgorithm[Config]):
    """An online algorithm whose `learner` is that of the online phase.

    Attributes:
        columns: of the data that the losses read (see `gnomon.baselines.engine.data.pack`).
        engine: what `train` chose, for a record.
    """

    kind = "hybrid"
    takes: ClassVar[Takes] = Takes(("continuous",), ("vector",))
    columns: ClassVar[tuple[str, ...]] = ("observations", "actions", "rewards", "next_observations", "terminated")

    def offline_learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        """The learner of the offline phase, with the same networks and targets."""
        return self.learner(observation_size, action_size, batch_size)

    def at(self, progress: float) -> Any:
        """The configuration of the online phase, after a share of its steps."""
        return self.config

    def within(self, budget: Budget) -> "HybridAlgorithm[Any]":
        """The algorithm with a protocol's batches, and as many passes in its offline phase, if it has one."""
        passes = budget.updates if self.config.offline_passes else 0
        return type(self)(replace(self.config, batch_size=budget.batch_size, offline_passes=passes))

    def train(
        self, dataset: Dataset, seeds: Sequence[int], budget: Budget, on_checkpoint: OnCheckpoint
    ) -> "list[Policy]":
        """Learn from the dataset, then by acting (see `gnomon.baselines.algorithm.Algorithm`).

        Metrics are those of `gnomon baselines train` (`gnomon.baselines.train_hybrid`), `score`, `regret` and `dip`
        among them.
        """
        from gnomon.baselines.engine.hybrid_training import HybridTraining
        from gnomon.baselines.engine.matmul import best_backend, matmul_backend

        self.engine = {"matmul": best_backend(), "device": "cpu"}
        algorithm, task, steps = self.within(budget), dataset.task.judged, budget.online_steps
        with matmul_backend(self.engine["matmul"]), tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{seed}.npy" for seed in seeds]
            trainings = [
                HybridTraining(algorithm, task, dataset, seed, steps, file)
                for seed, file in zip(seeds, files, strict=True)
            ]
            for points in _rounds(trainings, steps, Path(folder)):
                names = {name for point in points for name in point}
                metrics = {name: [point.get(name, nan) for point in points] for name in sorted(names)}
                on_checkpoint(algorithm.config.offline_passes + trainings[0].at, metrics)
            return [training.deterministic_policy() for training in trainings]


def _rounds(trainings: "Sequence[HybridTraining]", steps: int, folder: Path) -> Iterator[list[Mapping[str, float]]]:
    """Move every training on to its next point, in turn; yields these points."""
    for training in trainings:
        training.begin({})
    while trainings[0].at < steps:
        length = steps if trainings[0].at >= 0 else trainings[0].config.offline_passes
        for training in trainings:
            training.round(max(1, length // POINTS))
        yield [training.point(folder) for training in trainings]
