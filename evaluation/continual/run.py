"""Following a sequence of tasks with one learner, and what it could do at every turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask, Policy
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.store import facts_of
from gnomon.evaluation.continual.metrics import average_performance, forgetting, forward_transfer
from gnomon.evaluation.continual.protocol import ContinualProtocol, TaskSequence
from gnomon.evaluation.judges.control import judge

EXPERT = 100.0  # the score that counts as a performance of 1


class ContinualLearner(Protocol):
    """What learns in sequence; it keeps what it is between the calls."""

    def learn(self, datasets: Sequence[str], updates: int) -> None:
        """Go on learning, for so many updates, from these datasets alone."""
        ...

    def policy(self, task: ControlTask) -> Policy:
        """What it would do now in a task of the sequence."""
        ...


@dataclass(frozen=True)
class Performance:
    """What a learner could do along a sequence of P + N tasks; performance is a hundredth of the score.

    Attributes:
        sequence: what was learned.
        stages: [1 + N, P + N] performance on every task after pretraining, and at the end of each stage.
        curves: [N, points] performance on the task that was being learned.
    """

    sequence: TaskSequence
    stages: NDArray[np.float64]
    curves: NDArray[np.float64]

    @property
    def _first(self) -> int:
        return len(self.sequence.pretraining)

    def average_performance(self) -> float:
        """On the tasks of the sequence, at its end."""
        return float(average_performance(self.stages[-1, self._first :]))

    def forgetting(self) -> float:
        """Of the tasks of the sequence, on average."""
        fine_tuned = self.stages[1:, self._first :]
        return float(forgetting(fine_tuned.diagonal(), fine_tuned[-1]).mean())

    def pretraining_forgetting(self) -> float:
        """Of the tasks that were learned before the sequence, on average; what L2M (arXiv 2306.14884) is about."""
        return float(forgetting(self.stages[0, : self._first], self.stages[-1, : self._first]).mean())

    def forward_transfer(self, from_nothing: NDArray[np.float64]) -> float:
        """On average; `from_nothing` [N, points] are the curves of learning each task alone."""
        return float(forward_transfer(self.curves, from_nothing).mean())


def follow(learner: ContinualLearner, sequence: TaskSequence, protocol: ContinualProtocol) -> Performance:
    """Learn a sequence, and judge what was learned by the rules."""
    tasks = [TASKS[facts_of(dataset).task] for dataset in sequence.datasets]
    measure = partial(_performance, learner, protocol)
    if sequence.pretraining:
        learner.learn(sequence.pretraining, protocol.pretraining_updates)
    stages, curves = [[measure(task) for task in tasks]], []
    for number, dataset in enumerate(sequence.fine_tuning, len(sequence.pretraining)):
        curve = []
        for updates in _portions(protocol.stage.updates, protocol.points):
            learner.learn((dataset,), updates)
            curve.append(measure(tasks[number]))
        stages.append([curve[-1] if one is tasks[number] else measure(one) for one in tasks])
        curves.append(curve)
    return Performance(sequence, np.array(stages), np.array(curves).reshape(-1, protocol.points))


def _portions(updates: int, count: int) -> list[int]:
    """The updates between one point of a stage and the next.

    >>> _portions(10, 4)
    [2, 3, 2, 3]
    """
    return np.diff([updates * point // count for point in range(count + 1)]).tolist()


def _performance(learner: ContinualLearner, protocol: ContinualProtocol, task: ControlTask) -> float:
    outcomes = judge(learner.policy(task), task, protocol.stage)
    return float(task.score(np.mean([outcome.value for outcome in outcomes])) / EXPERT)
