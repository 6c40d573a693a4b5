"""What an algorithm is: a name, a configuration, and `train`, which turns a dataset into one policy a seed."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

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
        online_steps: environment steps that an algorithm may take which also acts; none where only the data counts.
    """

    updates: int
    batch_size: int
    online_steps: int = 0

    @property
    def work(self) -> int:
        """What progress is measured by: updates on the data, then steps in the task."""
        return self.updates + self.online_steps


@dataclass(frozen=True)
class Tuning:
    """What was spent on choosing a configuration. An algorithm that declares none is shown as "not declared".

    Attributes:
        configurations: how many were tried, the chosen one among them.
        online_episodes: episodes in the environment that the choice was made by; none where nobody counted them.
        foreign: what others tried before, as one sentence; empty where nothing is known of it.
    """

    configurations: int
    online_episodes: int | None
    foreign: str = ""

    def __post_init__(self) -> None:
        if self.configurations < 1 or (self.online_episodes or 0) < 0:
            raise ValueError(f"at least one configuration is tried, with 0 episodes or more: {self}")


@dataclass(frozen=True)
class Takes:
    """What an algorithm can learn from; grids leave the rest out, and tables call it "not applicable".

    Attributes:
        actions, observations: the kinds that it knows.
        needs: parts of the observation that it cannot do without: a commanded goal, the position that reaches it, or a
            history.
    """

    actions: tuple[Literal["continuous", "discrete"], ...] = ("continuous", "discrete")
    observations: tuple[Literal["vector", "image"], ...] = ("vector", "image")
    needs: tuple[Literal["goal", "position", "history"], ...] = ()


class Algorithm(Protocol):
    """An algorithm. A class with this method can be evaluated; it needs no base class and no registration.

    One that learns from the dataset alone is `offline`. A class that says `kind = "hybrid"` also acts in the task that
    its solutions are judged on, `dataset.task.judged`, for at most `budget.online_steps` steps; it is evaluated under
    protocols that grant such steps.

    `train` may have one parameter more, `device`: the name of a PyTorch device, `cpu` where nobody asks for another.
    `name` is what tables call it. `presets`, where a class has it, maps the name of a preset to a configuration, which
    the class takes as its one argument; the protocol names the preset (see `configured`). `tuning` is a `Tuning`, or
    one for each preset by its name (see `tuning_of`); `takes` a `Takes`.
    """

    name: str

    def train(
        self, dataset: Dataset, seeds: Sequence[int], budget: Budget, on_checkpoint: OnCheckpoint
    ) -> Sequence[Policy]:
        """Learn.

        Args:
            dataset: its `task` tells the dimensions; `transitions()` and `to_torch()` give the data.
            seeds: one solution is learned for each; nothing may depend on the other seeds of the call.
            budget: how much training is allowed.
            on_checkpoint: called now and then with how much of `budget.work` is done and one value a seed of each
                metric.

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


def takes_device(algorithm: Algorithm) -> bool:
    """Whether the `train` of an algorithm can be told where to train: it has a parameter `device`."""
    return "device" in inspect.signature(algorithm.train).parameters


def tuning_of(algorithm: Any, preset: str, family: str = "") -> Tuning | None:
    """What an algorithm class declares of the configuration that a preset names; none where it declares nothing.

    As with presets, `<name>/<family>` goes before `<name>`; a class may also declare one `Tuning` for all.

    Raises:
        UsageError: the declaration is of another type.
    """
    declared = getattr(algorithm, "tuning", None)
    if isinstance(declared, Mapping):
        declared = declared.get(f"{preset}/{family}", declared.get(preset))
    if not isinstance(declared, Tuning | None):
        raise UsageError(f"{algorithm.name}.tuning must be a gnomon.baselines.algorithm.Tuning, not {declared!r}.")
    return declared
