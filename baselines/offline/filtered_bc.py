"""Filtered behaviour cloning: behaviour cloning on the best tenth of the episodes.

The tenth of the episodes with the highest return is kept, whole; of equal returns the earlier. The 10 %BC of the
Decision Transformer (arXiv 2106.01345, §5.1) keeps a tenth of the time steps instead. The rest is
`gnomon.baselines.offline.bc`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.offline.bc import BC, BCConfig
from gnomon.baselines.registry import BASELINES
from gnomon.datasets.dataset import Dataset

if TYPE_CHECKING:
    from gnomon.baselines.engine.data import Packed


@dataclass(frozen=True)
class FilteredBCConfig(BCConfig):
    """Hyper-parameters of filtered behaviour cloning."""

    percent: int = 10


@BASELINES.register("filtered-bc")
class FilteredBC(BC):
    """Behaviour cloning of the best tenth."""

    name = "filtered-bc"
    presets: ClassVar[Mapping[str, FilteredBCConfig]] = {
        "published": (published := FilteredBCConfig()),
        "small": replace(published, hidden=(128, 128), learning_rate=1e-3),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "The authors of the Decision Transformer compared four shares by D4RL returns."),
        "small": Tuning(1, 0, "As published, with the learning rate that was chosen for TD3+BC."),
    }

    def pack(self, dataset: Dataset, device: str) -> "Packed":
        from gnomon.datasets.transforms import transformed

        best = dataset.holding(transformed(dataset, "top-return", self.config.percent))
        return super().pack(best, device)
