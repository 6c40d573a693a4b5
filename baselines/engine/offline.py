"""What the offline algorithms of the engine have in common: dataset in, one policy a seed out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from gnomon.baselines.algorithm import Budget, OnCheckpoint, Takes
from gnomon.baselines.engine.learner import Learner
from gnomon.datasets.dataset import Dataset
from gnomon.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from gnomon.baselines.engine.data import Packed
    from gnomon.baselines.engine.trainer import Trainer
    from gnomon.benchmarks.contracts import Policy
    from gnomon.benchmarks.policy_file import Head, Layers

Config = TypeVar("Config")
REPORT = 1000  # passes between two reports
_REWARDS = ("reward_scale", "reward_shift", "return_range")
_OF_THE_DATA = (*_REWARDS, "discount")  # what packing reads of a configuration


class OfflineAlgorithm(Generic[Config]):
    """An algorithm that declares a learner, and whose network `actor` is a policy.

    Attributes:
        name: what tables call it.
        presets: name → configuration; `published/antmaze` is taken before `published` on tasks of that family.
        head: how the outputs of `actor` become an action (see `gnomon.benchmarks.policy_file`). Under `tanh`, outputs
            beyond the action dimensions are logarithmic standard deviations, which the policy leaves out.
        columns: of the data that the losses read (see `gnomon.baselines.engine.data.pack`).
        takes: vectors, and the actions that `head` makes, where a class does not say otherwise.
        engine: what `train` chose, for a record: the library of matrix products, and the device.
    """

    name: ClassVar[str]
    presets: ClassVar[Mapping[str, Any]]
    head: "ClassVar[Head]" = "tanh"
    columns: ClassVar[tuple[str, ...]] = ("observations", "actions", "rewards", "next_observations", "terminated")
    takes: ClassVar[Takes]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "takes" not in vars(cls):
            cls.takes = Takes(("continuous" if cls.head == "tanh" else "discrete",), ("vector",))

    def __init__(self, config: Config | None = None) -> None:
        self.config: Config = self.presets["published"] if config is None else config
        self.engine: dict[str, str] = {}

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        """Networks, losses and schedule for the sizes of a task; of discrete actions, the size is their number."""
        raise NotImplementedError

    def learner_on(self, data: "Packed", batch_size: int) -> Learner:
        """The learner for packed data."""
        return self.learner(data.width("observations"), data.action_size, batch_size)

    def pack(self, dataset: Dataset, device: str) -> "Packed":
        """The data that batches are drawn from."""
        from gnomon.baselines.engine.data import pack

        numbers = {name: getattr(self.config, name) for name in _OF_THE_DATA if hasattr(self.config, name)}
        normalise, discrete = getattr(self.config, "normalise", False), self.head != "tanh"
        return pack(dataset, self.columns, normalise, device, discrete, **numbers)

    def trainer(
        self,
        dataset: Dataset,
        seeds: Sequence[int],
        budget: Budget,
        device: str = "cpu",
        configs: Sequence[Config] | None = None,
        by_hand: bool = True,
        stacked: bool | None = None,
    ) -> "Trainer":
        """A trainer of this algorithm at its first pass; with `configs`, one a seed, it is a sweep."""
        from gnomon.baselines.engine.trainer import Trainer

        chosen = self._sweep(configs, len(seeds))
        data = self.pack(dataset, device)
        learner = self.learner_on(data, budget.batch_size)
        return Trainer(learner, data, seeds, chosen, budget.batch_size, budget.updates, by_hand, stacked)

    def _sweep(self, configs: Sequence[Config] | None, seeds: int) -> list[Config]:
        """One configuration a seed, the algorithm's own where none are given.

        A stack shares its shapes, its schedule and its data: only other numbers may differ.
        """
        if not configs:
            return [self.config] * seeds
        if len(configs) != seeds:
            raise UsageError(f"A sweep needs one configuration a seed: {len(configs)} were given for {seeds} seeds.")
        for name, value in vars(self.config).items():
            in_data = name in _REWARDS or (name == "discount" and "monte_carlo" in self.columns)
            shared = not isinstance(value, float) or in_data
            if shared and any(getattr(config, name) != value for config in configs):
                raise UsageError(f"The configurations of a sweep must have the same {name}; train them one by one.")
        return list(configs)

    def rounds(self, trainer: "Trainer", updates: int, report: int) -> Iterator[int]:
        """Train until so many updates are done; yields the passes of each round."""
        return rounds_of(trainer, updates, report)

    def train(
        self,
        dataset: Dataset,
        seeds: Sequence[int],
        budget: Budget,
        on_checkpoint: OnCheckpoint,
        device: str = "cpu",
    ) -> "list[Policy]":
        """Learn from the dataset (see `gnomon.baselines.algorithm.Algorithm`)."""
        from gnomon.baselines.engine.matmul import best_backend, matmul_backend

        trainer = self.trainer(dataset, seeds, budget, device)
        self.engine = {"matmul": best_backend(), "device": device}
        with matmul_backend(self.engine["matmul"]):
            for _ in self.rounds(trainer, budget.updates, REPORT):
                on_checkpoint(trainer.state.passes, trainer.latest())
        return [self.policy(trainer, seed) for seed in range(len(seeds))]

    def policy(self, trainer: "Trainer", seed: int) -> "Policy":
        """The deterministic policy of a seed, with the normaliser inside."""
        from gnomon.baselines.engine.data import Packed
        from gnomon.benchmarks.policy_file import NetworkPolicy

        data = trainer.data
        assert isinstance(data, Packed)
        arrays = [(weight.cpu().numpy(), bias.cpu().numpy()) for weight, bias in trainer.network("actor", seed).layers]
        weights, biases = zip(*self.deciding(arrays, data), strict=True)
        return NetworkPolicy(data.mean, data.scale, weights, biases, data.low, data.high, self.head)

    def save(self, policy: Any, path: "Path") -> None:
        """Write what `policy` made."""
        from gnomon.benchmarks.policy_file import save_policy

        save_policy(policy, path)

    def deciding(self, layers: "Layers", data: "Packed") -> "Layers":
        """The layers of `actor`, with those outputs of the last one that an action is decided by."""
        weight, bias = layers[-1]
        return [*layers[:-1], (weight[:, : data.action_size], bias[: data.action_size])]


def rounds_of(trainer: "Trainer", passes: int, report: int) -> Iterator[int]:
    """Train until so many passes are done; yields the passes of each round, a report's or what was left."""
    while trainer.state.passes < passes:
        count = min(report - trainer.state.passes % report, passes - trainer.state.passes)
        trainer.advance(count)
        yield count
