"""SS-ORL: offline learning from episodes of which only some show their actions (arXiv 2210.06518).

    L(inverse) = E Σ_d [((atanh a − μ) / σ)² / 2 + ln σ],   (μ, σ) of s_{t−1}, s_t, s_{t+1}; where a is known
    a          = tanh μ where the actions are missing

The negative log-likelihood of a normal distribution under tanh, but for its constant; ln σ is −5 … 2. What learns
afterwards takes labelled and true actions alike: `ss-td3-bc` is `gnomon.baselines.offline.td3_bc`, `ss-iql` is
`gnomon.baselines.offline.iql`. Where no actions are missing, they are those. Make such data with:
gnomon datasets subset DATASET action-free PERCENT

Numbers: two networks of two layers of 1024 and a learning rate of 1e-4 are the authors', as is one past step ("multi-
transition" inverse dynamics, k = 1). `small` has two layers of 128. Differences: the observations before and after come
as changes, each in its standard deviation over the data, and the change before an episode's first step is 0 (theirs are
observations side by side, with one of zeros there: in a maze with six labelled episodes that learned nothing); no
dropout of 0.1; no ensemble, as in their default; a tenth as many passes as the protocol allows the policy (`small`:
half), and on top of those, with its batch, where theirs are 100 of 1,024; `ss-iql`, which they do not have, normalises
its observations as `ss-td3-bc` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from gnomon.baselines.algorithm import Budget, Tuning
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.iql import INSIDE, IQL, IQLConfig
from gnomon.baselines.offline.td3_bc import TD3BC, TD3BCConfig
from gnomon.baselines.registry import BASELINES
from gnomon.datasets.dataset import Dataset
from gnomon.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from gnomon.baselines.engine.data import Packed
    from gnomon.baselines.engine.networks import Network
    from gnomon.baselines.engine.trainer import Trainer

LOG_STD = (-5.0, 2.0)
BLOCK = 16_384  # transitions that are labelled together


@dataclass(frozen=True)
class InverseDynamicsConfig:
    """Hyper-parameters of the inverse dynamics."""

    inverse_hidden: tuple[int, ...] = (1024, 1024)
    inverse_learning_rate: float = 1e-4
    inverse_period: int = 10  # passes of the policy for each of the inverse dynamics


@dataclass(frozen=True)
class SSTD3BCConfig(InverseDynamicsConfig, TD3BCConfig):
    """Hyper-parameters of TD3+BC on labelled data."""


@dataclass(frozen=True)
class SSIQLConfig(InverseDynamicsConfig, IQLConfig):
    """Hyper-parameters of IQL on labelled data."""

    normalise: bool = True


def changes(data: "Packed", units: "Tensor", batch: SimpleNamespace, noise: SimpleNamespace, config: Any) -> Metrics:
    """How observations changed before and after those of the batch, in units [observation dimension]."""
    is_later = batch.step > 0
    earlier = data.batch((batch.row - is_later.to(batch.row.dtype)).long()).observations
    steps = batch.observations - earlier, batch.next_observations - batch.observations
    return {"change_before": steps[0] / units, "change": steps[1] / units}


def units_of(data: "Packed") -> "Tensor":
    """[observation dimension] the standard deviation of a change over the data."""
    batch = data.named(data.rows)
    return (batch.next_observations - batch.observations).std(0, correction=0) + 1e-3


def seen_of(batch: SimpleNamespace) -> "tuple[Tensor, ...]":
    """What an action is told by."""
    return batch.observations, batch.change_before, batch.change


def inverse_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: Any
) -> "tuple[Tensor, Metrics]":
    """L(inverse)."""
    mean, spread = networks.inverse(*seen_of(batch))
    low, high = LOG_STD
    log_std = low + (high - low) * (spread.tanh() + 1) / 2
    distance = (batch.actions.clamp(-INSIDE, INSIDE).atanh() - mean) * (-log_std).exp()
    loss = (distance.square() / 2 + log_std).sum(-1).mean()
    return loss, {"inverse loss": loss, "inverse error": (mean.tanh() - batch.actions).square().mean()}


class Semisupervised(OfflineAlgorithm[Any]):
    """An algorithm on data whose missing actions inverse dynamics have filled in."""

    def trainer(  # pyright: ignore[reportIncompatibleMethodOverride] - it has two trainers inside
        self,
        dataset: Dataset,
        seeds: Sequence[int],
        budget: Budget,
        device: str = "cpu",
        configs: Sequence[Any] | None = None,
        by_hand: bool = True,
        stacked: bool | None = None,
    ) -> Any:
        """A trainer of inverse dynamics and policy at its first pass; of the policy alone where no action is missing.

        Raises:
            DatasetError: no episode has its actions.
        """
        from gnomon.datasets.columns import has_actions

        if has_actions(dataset.columns).all():
            return super().trainer(dataset, seeds, budget, device, configs, by_hand, stacked)
        return self._labelling_trainer(dataset, seeds, budget, device, configs, by_hand, stacked)

    def _labelling_trainer(
        self,
        dataset: Dataset,
        seeds: Sequence[int],
        budget: Budget,
        device: str,
        configs: Sequence[Any] | None,
        by_hand: bool,
        stacked: bool | None,
    ) -> Any:
        from gnomon.baselines.engine.trainer import Trainer
        from gnomon.baselines.engine.two_phases import Made, TwoPhaseTrainer

        chosen = self._sweep(configs, len(seeds))
        data, size, total = self.pack(dataset, device), budget.batch_size, budget.updates
        known, unknown = _split(data, dataset)
        passes = self._passes(total)
        makers = Trainer(self.inverse_learner(data), known, seeds, chosen, size, passes, stacked=stacked)
        made = Made(data, len(seeds), len(data))
        policy = Trainer(self.learner_on(data, size), made, seeds, chosen, size, total, by_hand, stacked)
        return TwoPhaseTrainer(makers, passes, policy, made, partial(_labelled, data, unknown, makers))

    def pack(self, dataset: Dataset, device: str) -> "Packed":
        """The data, with zeros for the actions that are missing."""
        import numpy as np

        actions = np.nan_to_num(np.asarray(dataset.columns["actions"]), nan=0.0)
        return super().pack(dataset.holding({**dataset.columns, "actions": actions}), device)

    def inverse_learner(self, data: "Packed") -> Learner:
        """Of mean and spread, which are two networks side by side."""
        sizes = (3 * data.width("observations"), *self.config.inverse_hidden, data.action_size)
        return Learner(
            networks={"inverse": MLP(sizes, ensemble=2)},
            relabel=partial(changes, data, units_of(data)),
            updates=(Update("inverse", inverse_loss, learning_rate="inverse_learning_rate"),),
        )

    def rounds(self, trainer: Any, updates: int, report: int) -> "Iterator[int]":
        """The passes of the inverse dynamics come on top."""
        from gnomon.baselines.engine.two_phases import TwoPhaseTrainer

        is_labelling = isinstance(trainer, TwoPhaseTrainer)
        return super().rounds(trainer, updates + (self._passes(updates) if is_labelling else 0), report)

    def _passes(self, updates: int) -> int:
        return -(-updates // self.config.inverse_period)


def _split(data: "Packed", dataset: Dataset) -> "tuple[Packed, Tensor]":
    """The transitions whose actions are known, and the row numbers of the others."""
    import numpy as np
    import torch

    from gnomon.baselines.engine.data import Packed
    from gnomon.datasets.columns import has_actions

    is_known = np.repeat(has_actions(dataset.columns), np.diff(dataset.columns["offsets"]))
    if not is_known.any():
        raise DatasetError(f"No episode of {dataset.id} has its actions; some must show how they follow from the rest.")
    known, unknown = (torch.from_numpy(np.flatnonzero(part)).to(data.rows.device) for part in (is_known, ~is_known))
    return Packed(data.rows[known], data.places, (data.mean, data.scale), (data.low, data.high)), unknown


def _labelled(data: "Packed", unknown: "Tensor", makers: "Trainer", seed: int) -> "Tensor":
    """[N, width] the data with the actions that a seed's inverse dynamics say."""
    rows, inverse, units = data.rows.clone(), makers.network("inverse", seed), units_of(data)
    for block in unknown.split(BLOCK):
        rows[block, data.places["actions"]] = _told(data, inverse, block, units)
    return rows


def _told(data: "Packed", inverse: "Network", rows: "Tensor", units: "Tensor") -> "Tensor":
    """[len(rows), action dimension] tanh μ."""
    batch = data.batch(rows)
    vars(batch).update(changes(data, units, batch, SimpleNamespace(), None))
    return inverse.member(0)(*seen_of(batch)).tanh()


_COLUMNS = (*OfflineAlgorithm.columns, "row", "step")
_AUTHORS = Tuning(1, 0, "The authors of the labelling and of TD3+BC, on D4RL returns.")
_SMALL = InverseDynamicsConfig((128, 128), 1e-3, 2)


@BASELINES.register("ss-td3-bc")
class SSTD3BC(Semisupervised, TD3BC):  # pyright: ignore[reportIncompatibleVariableOverride]
    """TD3+BC on labelled data."""

    name = "ss-td3-bc"
    columns = _COLUMNS
    presets: ClassVar[Mapping[str, SSTD3BCConfig]] = {
        "published": (published := SSTD3BCConfig()),
        "published/antmaze": replace(published, reward_shift=-1.0),
        "small": (small := replace(published, hidden=(128, 128), learning_rate=1e-3, **vars(_SMALL))),
        "small/antmaze": replace(small, reward_shift=-1.0),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": _AUTHORS,
        "small": replace(_AUTHORS, foreign=_AUTHORS.foreign + " The learning rates are those chosen for TD3+BC."),
    }


@BASELINES.register("ss-iql")
class SSIQL(Semisupervised, IQL):  # pyright: ignore[reportIncompatibleVariableOverride]
    """Implicit Q-learning on labelled data."""

    name = "ss-iql"
    columns = _COLUMNS
    presets: ClassVar[Mapping[str, SSIQLConfig]] = {
        preset: SSIQLConfig(**{**vars(config), "normalise": True}, **(vars(_SMALL) if "small" in preset else {}))
        for preset, config in IQL.presets.items()
        if not preset.endswith("/nearreal")  # which differs from the general one by what all have here
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "The authors of the labelling and of IQL, on D4RL returns."),
        "small": Tuning(
            1, 0, "The authors of IQL, on D4RL returns; with the learning rate that was chosen for TD3+BC."
        ),
    }
