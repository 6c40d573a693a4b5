"""RLPD that sees no dataset: soft actor-critic with RLPD's critics, and its control (arXiv 2302.02948, figure 1).

What RLPD gains over it on the same steps is what the dataset is worth there. Losses, networks and numbers are those of
`gnomon.baselines.hybrid.rlpd`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from gnomon.baselines.hybrid.rlpd import RLPD, RLPDConfig
from gnomon.baselines.registry import BASELINES


@BASELINES.register("rlpd-without-data")
class RLPDWithoutData(RLPD):
    """Reinforcement learning without prior data."""

    name = "rlpd-without-data"
    presets: ClassVar[Mapping[str, RLPDConfig]] = {
        name: replace(config, offline_share=0.0) for name, config in RLPD.presets.items()
    }
