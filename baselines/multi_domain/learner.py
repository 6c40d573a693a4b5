"""What learners of many tasks have in common: a state that stays from one call of `learn` to the next."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from gnomon.baselines.engine.learner import Learner
from gnomon.baselines.engine.matmul import best_backend, matmul_backend
from gnomon.baselines.engine.networks import Network
from gnomon.baselines.engine.state import State
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.engine.transformer import network_of
from gnomon.baselines.multi_domain.rows import MultiDomainRows
from gnomon.benchmarks.contracts import ControlTask
from gnomon.datasets.multi_domain import TaskDescriptor
from gnomon.errors import UsageError


class HasBatchSize(Protocol):
    """A configuration that says how many transitions a pass takes."""

    @property
    def batch_size(self) -> int: ...


Config = TypeVar("Config", bound=HasBatchSize)
Rows = TypeVar("Rows", bound=MultiDomainRows)


class MultiDomainLearner(Generic[Config, Rows]):
    """One learner for all tasks of a view; Adam's moments and the number of passes stay too."""

    def __init__(self, rows: Rows, seed: int, config: Config, learner: Learner) -> None:
        self.rows, self.seed, self.config, self.learner = rows, seed, config, learner
        self.state = State(learner, [seed])

    def learn(self, datasets: Sequence[str], updates: int) -> None:
        """Go on learning from these datasets of the view alone."""
        trainer = Trainer(
            self.learner,
            self.rows.only(datasets),
            [self.seed],
            [self.config],
            self.config.batch_size,
            total=self.state.passes + updates,
            state=self.state,
        )
        with matmul_backend(best_backend()):
            trainer.advance(updates)

    def network(self, name: str) -> Network:
        """A network, as views of its parameters."""
        return network_of(self.learner.networks[name], self.state.tensors[name][0])

    def of_task(self, task: ControlTask) -> tuple[TaskDescriptor, NDArray[np.float32], NDArray[np.float32]]:
        """The descriptor of a task, and the ends of its actions.

        Raises:
            UsageError: the view has no dataset of the task, or its actions are not from −1 to 1.
        """
        found = [one for one in self.rows.view.descriptors if one.task == task.id]
        box = task.make().action_box
        if not found or (box.low != -1).any() or (box.high != 1).any():
            raise UsageError(f"{task.id} is no task of the view, or its actions are not from −1 to 1.")
        return found[0], np.asarray(box.low, np.float32), np.asarray(box.high, np.float32)
