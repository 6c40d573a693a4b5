"""What an algorithm is: a name, a configuration, and `train`, which turns a dataset into one policy a seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gnomon.benchmarks.contracts import Policy
from gnomon.datasets.dataset import Dataset
from gnomon.errors import UsageError

Metrics = Mapping[str, Sequence[float]]  # name → one value a seed
OnCheckpoint = Callable[[int, Metrics], None]


@dataclass(frozen=True)
class Budget:
    """What a protocol allows: the same for every algorithm that it judges.

    Attributes:
        updates: gradient steps (of the critic, where there is one).
        batch_size: transitions a step.
    """

    updates: int
    batch_size: int


class Algorithm(Protocol):
    """An offline algorithm. A class with this method can be evaluated; it needs no base class and no registration.

    `name` is what tables call it. `presets`, where a class has it, maps the name of a preset to a configuration, which
    the class takes as its one argument; the protocol names the preset (see `configured`).
    """

    name: str

    def train(
        self, dataset: Dataset, seeds: Sequence[int], budget: Budget, on_checkpoint: OnCheckpoint
    ) -> Sequence[Policy]:
        """Learn from the dataset alone.

        Args:
            dataset: its `task` tells the dimensions; `transitions()` and `to_torch()` give the data.
            seeds: one solution is learned for each; nothing may depend on the other seeds of the call.
            budget: how much training is allowed.
            on_checkpoint: called now and then with the number of updates done and one value a seed of each metric.

        Returns:
            The policies of the last update, in the order of the seeds.
        """
        ...


def configured(algorithm: Any, preset: str, family: str = "") -> Algorithm:
    """An instance of an algorithm class, with the preset that the protocol names where the class has presets.

    A preset `<name>/<family>` goes before `<name>` on the tasks of that family.

    Raises:
        UsageError: the class has presets, and not this one.
    """
    presets = getattr(algorithm, "presets", None)
    if not presets:
        return algorithm()
    if preset not in presets:
        raise UsageError(f"{algorithm.name} has no preset {preset!r}; it has {', '.join(presets)}.")
    return algorithm(presets.get(f"{preset}/{family}", presets[preset]))
