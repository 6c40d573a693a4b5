"""Cal-QL: CQL that never pushes a policy's value below what the data returned (arXiv 2303.05479).

In CQL's gap, Q_i(s, a_k) of the actions of π(s) and π(s') is replaced by max(Q_i(s, a_k), G) (equation 5.1), where G is
the discounted return of the data from that transition on; uniform actions are pushed as before. Everything else is
`gnomon.baselines.offline.cql`, with ξ, τ and the rewards of its AntMaze configuration.

Numbers: the authors' for AntMaze (α 5, multiplier with τ 0.8, critics of four layers, policy of two, rewards 10 r − 5)
and for Adroit (α 1, three and two layers of 512, rewards 10 r + 5), chosen by them on online returns; mazes and
whatever else they did not judge take those of AntMaze, whose reward is the same. Difference: where an episode was cut,
G goes on with the least reward of the data for ever (the authors do so where an episode failed and rewards are sparse).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.offline.cql import CQL, CQLConfig
from gnomon.baselines.registry import BASELINES


@BASELINES.register("cal-ql")
class CalQL(CQL):
    """Calibrated Q-learning."""

    name = "cal-ql"
    columns = (*CQL.columns, "monte_carlo")
    presets: ClassVar[Mapping[str, CQLConfig]] = {
        "published": (
            published := replace(
                CQL.presets["published/antmaze"],
                hidden=(256, 256),
                critic_hidden=(256,) * 4,
                is_calibrated=True,
            )
        ),
        "published/adroit": replace(
            published,
            hidden=(512, 512),
            critic_hidden=(512,) * 3,
            conservatism=1.0,
            has_multiplier=False,
            reward_shift=5.0,
        ),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := replace(CQL.presets["small/antmaze"], is_calibrated=True)),
        "small/adroit": replace(small, conservatism=1.0, has_multiplier=False, reward_shift=5.0),
        "small/nearreal": replace(small, normalise=True),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, on D4RL returns."),
        "small": Tuning(1, 0, "Its authors, on D4RL returns; with the learning rate that was chosen for TD3+BC."),
    }
